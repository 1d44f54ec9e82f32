"""Recipes in and out: YAML or a mapping in, JSON for the parameter store out, and back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tunedrop.catalog import base_model
from tunedrop.errors import InvalidInputError
from tunedrop.recipe.checks import problems as recipe_problems
from tunedrop.recipe.model import Deployment, Hyperparameters, Recipe
from tunedrop.recipe.reading import read_struct

_GRACE = {"on_demand": "24h", "provisioned": "1h", "none": "24h"}


def load(
    source: str | Mapping[str, Any],
    name: str | None = None,
    *,
    where: str | None = None,
    allow_retired: bool = False,
    allow_unserved: bool = False,
) -> Recipe:
    """Read and check a recipe; `InvalidInputError` names every problem.

    `name` is what the recipe must be called (its file's name); `where` is how messages name it.
    Methods that no run serves are for checking datasets alone.
    """
    where = where or (f"recipe {name}" if name else "the recipe")
    problems: list[str] = []
    recipe = read_struct(Recipe, _filled_in(_mapping(source, where)), problems)
    if name is not None and recipe.name != name and not problems:
        problems.append(f'name is "{recipe.name}"; it must be that of its file, "{name}"')
    if recipe.base_model and recipe.method:
        problems += recipe_problems(
            recipe, allow_retired=allow_retired, allow_unserved=allow_unserved
        )
    _refuse(where, problems)
    return recipe


def load_directory(path: Path | str, *, allow_retired: bool = False) -> tuple[Recipe, ...]:
    """Every recipe of a folder, by name."""
    return tuple(
        load(
            file.read_text(encoding="utf-8"),
            file.stem,
            where=f"{file.parent.name}/{file.name}",
            allow_retired=allow_retired,
        )
        for file in sorted(Path(path).glob("*.yaml"))
    )


def to_json(recipe: Recipe) -> str:
    """The recipe as JSON, defaults left out, keys in a fixed order."""
    return msgspec.json.encode(recipe).decode()


def from_json(text: str | bytes) -> Recipe:
    """A recipe that `to_json` wrote; it was checked when it was loaded."""
    try:
        return msgspec.json.decode(text, type=Recipe)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InvalidInputError(
            "The recipe's parameter does not hold a recipe of this version; deploy the service "
            f"again ({error})."
        ) from error


def with_overrides(recipe: Recipe, hyperparameters: Mapping[str, Any]) -> Recipe:
    """The recipe with a run's own hyperparameters, where the recipe allows them."""
    if not hyperparameters:
        return recipe
    where = f"run of recipe {recipe.name}" if recipe.name else "the run request"
    if "hyperparameters" not in recipe.allow_overrides:
        raise InvalidInputError(
            f"{where}: the recipe allows no overrides of hyperparameters; leave them out of the "
            "run request, or ask the recipe's keepers for `allow_overrides: [hyperparameters]`."
        )
    problems: list[str] = []
    given = read_struct(Hyperparameters, hyperparameters, problems, "hyperparameters.")
    changed = msgspec.structs.replace(
        recipe, hyperparameters=_merged(recipe.hyperparameters, given)
    )
    problems += recipe_problems(changed, allow_retired=True, allow_unserved=True)
    _refuse(where, problems)
    return changed


def _mapping(source: str | Mapping[str, Any], where: str) -> Mapping[str, Any]:
    if not isinstance(source, str):
        return source
    from tunedrop.recipe.yaml_text import parse_mapping

    return parse_mapping(source, where)


def _filled_in(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Defaults that depend on the base model, written where the recipe is silent."""
    section = given.get("deployment", {})
    if not isinstance(section, Mapping):
        return given
    mode = section.get("mode") or _default_mode(given.get("base_model"))
    grace = _GRACE.get(str(mode), Deployment().grace)
    return {**given, "deployment": {"mode": mode, "grace": grace, **section}}


def _default_mode(model_id: object) -> str:
    try:
        serving = base_model(str(model_id)).serving
    except InvalidInputError:
        return "on_demand"
    return "on_demand" if serving.on_demand else "provisioned" if serving.provisioned else "none"


def _merged(recipe: Hyperparameters, given: Hyperparameters) -> Hyperparameters:
    changes = {
        key: value
        for key, value in msgspec.structs.asdict(given).items()
        if value is not None and key != "bedrock"
    }
    return msgspec.structs.replace(recipe, **changes, bedrock={**recipe.bedrock, **given.bedrock})


def _refuse(where: str, problems: list[str]) -> None:
    if not problems:
        return
    if len(problems) == 1:
        raise InvalidInputError(f"{where}: {problems[0]}.")
    listed = "".join(f"\n- {each}." for each in problems)
    raise InvalidInputError(f"{where} has {len(problems)} problems:{listed}")
