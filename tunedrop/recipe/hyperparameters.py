"""From neutral hyperparameters to Bedrock's keys, within the ranges of the catalog."""

from collections.abc import Iterator
from decimal import Decimal

from tunedrop.catalog import BaseModel, base_model
from tunedrop.catalog.models import Customization, Hyperparameter
from tunedrop.recipe.model import Hyperparameters, Recipe

Value = int | float | str
NEUTRAL_NAMES = ("epochs", "steps", "learning_rate", "batch_size", "warmup_steps")
# How long a job trains: always sent, so that its cost is what was reckoned.
_LENGTH = ("epochs", "steps")


def hyperparameter_problems(
    given: Hyperparameters, model: BaseModel, customization: Customization
) -> Iterator[str]:
    """Everything that the base model would refuse, in words."""
    specs = customization.hyperparameters
    for name, value in _neutral(given):
        spec = next((each for each in specs if each.name == name), None)
        yield from _problems(f"hyperparameters.{name}", value, spec, model, customization)
    for key, value in given.bedrock.items():
        spec = next((each for each in specs if each.bedrock_key == key), None)
        path = f"hyperparameters.bedrock.{key}"
        yield from _problems(path, value, spec, model, customization)
        if spec and spec.name and getattr(given, spec.name) is not None:
            yield f"{path} and hyperparameters.{spec.name} are the same; give one of them"


def bedrock_hyperparameters(recipe: Recipe) -> dict[str, str]:
    """What a customization job is created with: the given values, and always how long it trains."""
    customization = base_model(recipe.base_model).customization(recipe.method)
    given: dict[str, Value] = {**recipe.hyperparameters.bedrock}
    neutral = dict(_neutral(recipe.hyperparameters))
    for spec in customization.hyperparameters:
        if spec.name in neutral:
            given[spec.bedrock_key] = neutral[spec.name]
        elif (spec.required or spec.name in _LENGTH) and spec.default is not None:
            given.setdefault(spec.bedrock_key, _typed(spec, spec.default))
        elif spec.required and spec.automatic is not None:
            given.setdefault(spec.bedrock_key, spec.automatic)
    return {key: _text(value) for key, value in given.items()}


def effective(recipe: Recipe, name: str) -> float | None:
    """The value that a job will use for a neutral name: given, or the base model's default.

    None where Bedrock chooses.
    """
    customization = base_model(recipe.base_model).customization(recipe.method)
    for spec in customization.hyperparameters:
        if spec.name == name:
            given = bedrock_hyperparameters(recipe).get(spec.bedrock_key, spec.default)
            return None if given is None or given == spec.automatic else float(given)
    return None


def _neutral(given: Hyperparameters) -> Iterator[tuple[str, Value]]:
    for name in NEUTRAL_NAMES:
        value = getattr(given, name)
        if value is not None:
            yield name, value


def _problems(
    path: str,
    value: Value,
    spec: Hyperparameter | None,
    model: BaseModel,
    customization: Customization,
) -> Iterator[str]:
    if spec is None:
        yield f"{path} is not a hyperparameter of {model.name}; it takes {_known(customization)}"
    elif not spec.accepts(value):
        yield f"{path} is {value}; {model.name} takes {spec.range}"


def _known(customization: Customization) -> str:
    return ", ".join(
        f"{each.name or f'bedrock.{each.bedrock_key}'} {each.range}"
        for each in customization.hyperparameters
    )


def _typed(spec: Hyperparameter, value: float | str) -> Value:
    return int(value) if spec.type == "integer" else value


def _text(value: Value) -> str:
    """Bedrock takes strings; no exponents, as in its documentation."""
    return f"{Decimal(repr(value)):f}" if isinstance(value, float) else str(value)
