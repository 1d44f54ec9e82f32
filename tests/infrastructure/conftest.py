"""One synth of each stage for all tests of the templates, with an asset that was not bundled."""

from pathlib import Path

import pytest
from synthesized import Synthesized
from synthesizing import synthesize

from tests.once import once


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("source")
    (directory / "lambdas.py").write_text("")
    return directory


@pytest.fixture(scope="session")
def dev(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once("dev", tmp_path_factory, lambda place: synthesize(source, place))


@pytest.fixture(scope="session")
def prod(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once("prod", tmp_path_factory, lambda place: synthesize(source, place, stage="prod"))


@pytest.fixture(scope="session")
def data(dev: Path) -> Synthesized:
    return Synthesized.read(dev, "tunedrop-dev-data")


@pytest.fixture(scope="session")
def service(dev: Path) -> Synthesized:
    return Synthesized.read(dev, "tunedrop-dev-service")
