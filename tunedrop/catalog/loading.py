"""Reads models.json once and on demand."""

import difflib
from functools import cache
from pathlib import Path

import msgspec

from tunedrop.catalog.models import AccountQuotas, BaseModel, Catalog
from tunedrop.errors import InvalidInputError


@cache
def catalog() -> Catalog:
    """Every fact, as shipped in models.json."""
    return msgspec.json.decode((Path(__file__).parent / "models.json").read_bytes(), type=Catalog)


def all_models() -> tuple[BaseModel, ...]:
    """Every base model, retired ones too."""
    return catalog().models


def account_quotas() -> AccountQuotas:
    """Bedrock's account-wide quotas: code and default."""
    return catalog().account_quotas


def base_model(model_id: str) -> BaseModel:
    """The entry of a base model; `InvalidInputError` with near matches for an unknown id."""
    for model in all_models():
        if model.id == model_id:
            return model
    raise InvalidInputError(f'The catalog knows no base model "{model_id}". {_known(model_id)}')


def _known(given: str) -> str:
    """The id that may be meant, by itself or by the model's name; else all of them."""
    ids = {each.id: each.id for each in all_models()}
    names = {each.name.lower(): each.id for each in all_models()}
    if near := difflib.get_close_matches(given.lower(), {**ids, **names}, n=1, cutoff=0.6):
        return f'Did you mean "{(ids | names)[near[0]]}"? `tunedrop models` lists them all.'
    listed = ", ".join(
        each.id if each.lifecycle.takes_jobs else f"{each.id} (retired)" for each in all_models()
    )
    return f"It knows: {listed}."
