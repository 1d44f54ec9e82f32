"""One synth of each stage for all tests of the templates, with an asset that was not bundled."""

import fcntl
from collections.abc import Callable
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
    return once("dev", tmp_path_factory, lambda place: synthesize(source, place))


@pytest.fixture(scope="session")
def prod(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once("prod", tmp_path_factory, lambda place: synthesize(source, place, stage="prod"))


def once(name: str, factory: pytest.TempPathFactory, make: Callable[[Path], Path]) -> Path:
    """Made by the first of the workers that needs it, which all have their folders in one."""
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    place, done = shared / name, shared / f"{name}.done"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(place)
            done.touch()
    return place


@pytest.fixture(scope="session")
def data(dev: Path) -> Synthesized:
    return Synthesized.read(dev, "tunedrop-dev-data")


@pytest.fixture(scope="session")
def service(dev: Path) -> Synthesized:
    return Synthesized.read(dev, "tunedrop-dev-service")
