"""The hyperparameters of a job: checked against the model's keys and ranges, defaults filled in."""

from collections.abc import Mapping

from localcloud.bedrock.catalog import Customization, FoundationModel, Hyperparameter
from localcloud.bedrock.errors import invalid

# The learner's own where a family leaves the batch size to Bedrock.
_BATCH_SIZE = 8


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


def epochs(values: Mapping[str, str]) -> int:
    """How often the training data is passed."""
    return int(values.get("epochCount", "1"))


def batch_size(values: Mapping[str, str]) -> int:
    """Records per step."""
    return int(values.get("batchSize", _BATCH_SIZE))


def learning_rate_ratio(customization: Customization, values: Mapping[str, str]) -> float:
    """The learning rate in units of the model's default."""
    if "learningRateMultiplier" in values:
        return float(values["learningRateMultiplier"])
    for each in customization.hyperparameters:
        if each.bedrock_key == "learningRate" and each.default:
            return float(values["learningRate"]) / each.default
    return 1.0


def _check(known: Hyperparameter, value: str) -> None:
    try:
        number = int(value) if known.type == "integer" else float(value)
    except ValueError as error:
        raise invalid(
            f"Invalid value '{value}' for hyperparameter {known.bedrock_key}: it must be of type "
            f"{known.type}"
        ) from error
    if not known.minimum <= number <= known.maximum:
        raise invalid(
            f"Invalid value '{value}' for hyperparameter {known.bedrock_key}: it must be between "
            f"{known.minimum:g} and {known.maximum:g}"
        )


def _text(known: Hyperparameter) -> str:
    if known.type == "integer":
        return str(int(known.default or 0))
    return f"{known.default:g}"
