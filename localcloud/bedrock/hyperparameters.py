"""The hyperparameters of a job: checked against the model's keys and ranges, defaults filled in."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from localcloud.bedrock.catalog import Customization, FoundationModel, Hyperparameter
from localcloud.bedrock.errors import invalid

# The learner's own where a family leaves them to Bedrock, or is told to choose.
_BATCH_SIZE = 8
_EPOCHS = 5
_STEPS = 500


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a job trains; `steps` where it counts those and not its passes over the data."""

    epochs: int
    steps: int | None
    batch_size: int
    learning_rate_ratio: float
    patience: int | None
    threshold: float
    held_out: float


def checked(
    model: FoundationModel, customization: Customization, given: Mapping[str, str]
) -> dict[str, str]:
    """The given values with the defaults of the others; ValidationException for a wrong one."""
    known = {each.bedrock_key: each for each in customization.hyperparameters}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise invalid(
            f"Invalid hyperparameters: {', '.join(unknown)}. The hyperparameters of model "
            f"{model.id} are: {', '.join(known)}"
        )
    for key, value in given.items():
        _check(known[key], value)
    missing = [key for key, each in known.items() if each.required and key not in given]
    if missing:
        raise invalid(f"Missing required hyperparameters: {', '.join(missing)}")
    defaults = {key: _text(each) for key, each in known.items() if each.default is not None}
    return {**defaults, **given}


def plan(
    customization: Customization, values: Mapping[str, str], records: int, *, validated: bool
) -> Plan:
    """What the values mean for so many records; `validated`: the job has validation data."""
    batch = batch_size(values)
    steps = int(_number(values, "stepCount", _STEPS)) if "stepCount" in values else None
    passes = _number(values, "epochCount", _EPOCHS) if steps is None else steps * batch / records
    return Plan(
        epochs=max(1, round(passes)),
        steps=steps,
        batch_size=batch,
        learning_rate_ratio=_learning_rate_ratio(customization, values),
        patience=int(values["earlyStoppingPatience"]) if _stops_early(values) else None,
        threshold=_number(values, "earlyStoppingThreshold", 0.0),
        held_out=0.0 if validated else _number(values, "evalPercentage", 0.0) / 100,
    )


def batch_size(values: Mapping[str, str]) -> int:
    """Records per step."""
    return int(_number(values, "batchSize", _BATCH_SIZE))


def _stops_early(values: Mapping[str, str]) -> bool:
    return "earlyStoppingPatience" in values


def _number(values: Mapping[str, str], key: str, otherwise: float) -> float:
    """The value of a key; the learner's own where there is none, or only "auto"."""
    try:
        return float(values.get(key, otherwise))
    except ValueError:
        return otherwise


def _learning_rate_ratio(customization: Customization, values: Mapping[str, str]) -> float:
    """The learning rate in units of the model's default."""
    if "learningRateMultiplier" in values:
        return float(values["learningRateMultiplier"])
    for each in customization.hyperparameters:
        if each.bedrock_key == "learningRate" and isinstance(each.default, float) and each.default:
            return _number(values, "learningRate", each.default) / each.default
    return 1.0


def _check(known: Hyperparameter, value: str) -> None:
    if known.automatic is not None and value == known.automatic:
        return
    if known.type == "enum":
        if value not in known.values:
            raise invalid(
                f"Invalid value '{value}' for hyperparameter {known.bedrock_key}: it must be one "
                f"of {', '.join(known.values)}"
            )
        return
    try:
        number = int(value) if known.type == "integer" else float(value)
    except ValueError as error:
        raise invalid(
            f"Invalid value '{value}' for hyperparameter {known.bedrock_key}: it must be of type "
            f"{known.type}"
        ) from error
    least = -math.inf if known.minimum is None else known.minimum
    most = math.inf if known.maximum is None else known.maximum
    if not least <= number <= most:
        raise invalid(
            f"Invalid value '{value}' for hyperparameter {known.bedrock_key}: it must be between "
            f"{least:g} and {most:g}"
        )


def _text(known: Hyperparameter) -> str:
    if isinstance(known.default, str):
        return known.default
    if known.type == "integer":
        return str(int(known.default or 0))
    return f"{known.default:g}"
