"""Synthesizes the app for tests: recipes of their own, and an asset that was not bundled."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stacks.application import application

if TYPE_CHECKING:
    from aws_cdk import App
    from aws_cdk.aws_lambda import Code

RECIPES = Path(__file__).parent / "recipes"


def unbundled(source: Path) -> "Code":
    # Imported here, once `stacks` has said which Node.js the library is to start.
    from aws_cdk.aws_lambda import Code

    return Code.from_asset(str(source))


def app_of(source: Path, directory: Path, **context: Any) -> "App":
    return application(
        context={"recipes": str(RECIPES), **context},
        outdir=str(directory),
        code=unbundled(source),
    )


def synthesize(source: Path, directory: Path, **context: Any) -> Path:
    app_of(source, directory, **context).synth()
    return directory
