"""Whether Bedrock lets a base model be customized here and now: its word wins over the catalog."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tunedrop.availability import LiveModels
from tunedrop.catalog import BaseModel, takers
from tunedrop.errors import RunRefusedError
from tunedrop.recipe import Recipe, not_served

_ACTIVE = "ACTIVE"
_CHANGE = "Change base_model in the recipe and deploy it."


def check_base_model(live: LiveModels, model: BaseModel, recipe: Recipe, region: str) -> str:
    """Refuse a base model that takes no job of the recipe's here and now.

    Returns what the run's record should note: that Bedrock offers what the catalog calls retired.
    """
    how = model.customization(recipe.method)
    if not how.served:
        raise RunRefusedError(f"{not_served(model, recipe.method)}. Change the recipe's method.")
    offered = live.trainable(how.customization_type)
    lifecycle = live.lifecycle(model.id)
    dates = _dates(model, lifecycle)
    instead = _instead(model, recipe.method, region, offered)
    if model.id not in offered:
        raise RunRefusedError(
            f"Bedrock offers no {how.customization_type} of {model.id} in {region} now ({dates}). "
            f"{instead} {_CHANGE}"
        )
    if lifecycle.get("status") != _ACTIVE:
        raise RunRefusedError(
            f"Bedrock has declared {model.id} {lifecycle.get('status')}: it takes no new "
            f"customization jobs ({dates}). {instead} {_CHANGE}"
        )
    if model.lifecycle.takes_jobs:
        return ""
    return (
        f"The catalog calls {model.id} {model.lifecycle.status}; Bedrock offers "
        f"{how.customization_type} of it in {region} as {_ACTIVE}, and its word counts."
    )


def _instead(model: BaseModel, method: str, region: str, offered: Mapping[str, str]) -> str:
    """The models that take the same records: those offered here, else those of other Regions."""
    here = [each for each in takers(model, method) if offered.get(each.id) == _ACTIVE]
    if here:
        listed = ", ".join(each.id for each in here)
        return f"Active models in {region} that take the same records: {listed}."
    elsewhere = [
        f"{each.id} ({', '.join(each.regions)})"
        for each in takers(model, method)
        if each.lifecycle.takes_jobs and region not in each.regions
    ]
    others = f"; in other Regions there are {', '.join(elsewhere)}" if elsewhere else ""
    rest = ", ".join(sorted(each for each, status in offered.items() if status == _ACTIVE))
    return (
        f"No active model that takes the same records is offered in {region}{others}. Active "
        f"there for other records: {rest or 'none'}."
    )


def _dates(model: BaseModel, lifecycle: dict[str, Any]) -> str:
    """Bedrock's dates, where it tells none the catalog's."""
    known = model.lifecycle
    told = {
        "legacy since": _day(lifecycle.get("legacyTime")) or known.legacy_date,
        "end of life": _day(lifecycle.get("endOfLifeTime")) or known.end_of_life_date,
    }
    dates = [f"{what} {date}" for what, date in told.items() if date]
    if not dates:
        dates = ["no end of life is known", f"it is customized in {', '.join(model.regions)}"]
    return ", ".join(dates)


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None
