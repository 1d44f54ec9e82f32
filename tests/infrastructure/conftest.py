"""One synth for all tests of the templates, with an asset that was not bundled."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from synthesized import Synthesized

from stacks.application import application

if TYPE_CHECKING:
    from aws_cdk.aws_lambda import Code

RECIPES = Path(__file__).parent / "recipes"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("infrastructure"))


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("source")
    (directory / "lambdas.py").write_text("")
    return directory


def unbundled(source: Path) -> "Code":
    # Imported here, once `stacks` has said which Node.js the library is to start.
    from aws_cdk.aws_lambda import Code

    return Code.from_asset(str(source))


def synthesize(source: Path, directory: Path, **context: Any) -> Path:
    app = application(
        context={"recipes": str(RECIPES), **context},
        outdir=str(directory),
        code=unbundled(source),
    )
    app.synth()
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
