"""Finds a recipe by its file, its name in recipes/, or as deployed."""

from pathlib import Path

from tunedrop import recipe as recipes
from tunedrop.errors import InvalidInputError
from tunedrop.recipe import Recipe

_FOLDER = Path("recipes")


def find_recipe(name: str, stage: str) -> Recipe:
    """The recipe; one that is nowhere is an `InvalidInputError`."""
    for file in (Path(name), _FOLDER / f"{name}.yaml"):
        if file.is_file():
            return _load(file)
    if name.endswith((".yaml", ".yml")) or "/" in name:
        raise InvalidInputError(f"There is no recipe file {name}.")
    return _deployed_recipe(name, stage)


def _load(file: Path) -> Recipe:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{file} is not UTF-8 text; save it as UTF-8.") from error
    return recipes.load(text, file.stem, where=str(file), allow_retired=True, allow_unserved=True)


def _deployed_recipe(name: str, stage: str) -> Recipe:
    from tunedrop.cli.stage import deployed

    here = ", ".join(sorted(file.stem for file in _FOLDER.glob("*.yaml"))) or "none"
    nowhere = f'There is no recipe "{name}": no file of that name, none in recipes/ (there: {here})'
    try:
        text = deployed(stage).parameters.recipe(name)
    except InvalidInputError as error:
        raise InvalidInputError(f"{nowhere}, and no deployed one to be read. {error}") from error
    if text is None:
        raise InvalidInputError(f'{nowhere}, and none deployed in the stage "{stage}".')
    return recipes.from_json(text)
