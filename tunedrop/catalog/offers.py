"""Which models offer what: by method, by the records that they take, active ones apart."""

from typing import get_args

from tunedrop.catalog.loading import all_models
from tunedrop.catalog.models import BaseModel, DatasetFormat, Method

METHODS: tuple[Method, ...] = get_args(Method)

# Formats that one dialogue can be written in; every other format takes records of its own.
_DIALOGUES = frozenset({"prompt-completion", "anthropic-messages", "bedrock-conversation-2024"})

# What to do instead of a method that no active model offers.
_SUBSTITUTES: dict[str, str] = {
    "continued_pre_training": (
        "the substitute is supervised tuning on new data: write examples of what the model shall "
        "know and do (instruction_tuning, or domain_adaptation)"
    )
}


def offering(method: str) -> tuple[BaseModel, ...]:
    """The active models that offer a method."""
    return tuple(
        model for model in all_models() if model.lifecycle.takes_jobs and model.offers(method)
    )


def is_offered(method: str) -> bool:
    """Whether any active model offers a method."""
    return bool(offering(method))


def substitute(method: str) -> str:
    """What to do instead of a method that nobody offers, in words; "" where nothing comes near."""
    return _SUBSTITUTES.get(method, "")


def takers(model: BaseModel, method: str) -> tuple[BaseModel, ...]:
    """Every other model, active or not, that takes the same records for a method."""
    taken = _formats(model.customization(method).dataset_format)
    return tuple(
        each
        for each in all_models()
        if each.id != model.id
        and each.offers(method)
        and each.customization(method).dataset_format in taken
        and each.output_modalities == model.output_modalities
        and set(model.input_modalities) <= set(each.input_modalities)
    )


def alternatives(model: BaseModel, method: str) -> tuple[BaseModel, ...]:
    """Active models that offer the method and take the same records."""
    return tuple(each for each in takers(model, method) if each.lifecycle.takes_jobs)


def _formats(written: DatasetFormat) -> frozenset[str]:
    return _DIALOGUES if written in _DIALOGUES else frozenset({written})
