"""One synth of each stage for all tests of the templates, with an asset that was not bundled."""

from pathlib import Path

import pytest
from synthesized import Synthesized
from synthesizing import synthesize


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("source")
    (directory / "lambdas.py").write_text("")
    return directory


@pytest.fixture(scope="session")
def dev(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesize(source, tmp_path_factory.mktemp("dev"))


@pytest.fixture(scope="session")
def prod(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesize(source, tmp_path_factory.mktemp("prod"), stage="prod")


@pytest.fixture(scope="session")
def data(dev: Path) -> Synthesized:
    return Synthesized.read(dev, "tunedrop-dev-data")


@pytest.fixture(scope="session")
def service(dev: Path) -> Synthesized:
    return Synthesized.read(dev, "tunedrop-dev-service")
