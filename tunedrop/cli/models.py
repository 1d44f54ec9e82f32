"""`tunedrop models`: the base models, what each accepts, where, until when, and what it costs."""

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from tunedrop.catalog import (
    METHODS,
    all_models,
    base_model,
    catalog,
    is_offered,
    substitute,
    wording,
)
from tunedrop.catalog.models import BaseModel, Customization, Lifecycle
from tunedrop.cli.columns import table
from tunedrop.cli.terminal import coloured, wrapped

_LABEL = 16
_INDENT = " " * _LABEL


def run(options: argparse.Namespace) -> int:
    """Show every base model, or one of them in detail."""
    named = base_model(options.model) if options.model else None
    if options.json:
        told = _plain(named) if named else _catalog()
        print(msgspec.json.encode(told).decode())
        return 0
    for line in _detail(named) if named else _overview():
        print(line)
    return 0


def _plain(model: BaseModel) -> dict[str, Any]:
    """The whole entry, and what follows from it."""
    entry: dict[str, Any] = msgspec.to_builtins(model)
    return {**entry, "takes_jobs": model.lifecycle.takes_jobs, "methods": model.methods}


def _catalog() -> dict[str, Any]:
    return {
        "facts_as_of": catalog().facts_as_of,
        "models": [_plain(model) for model in all_models()],
        "not_offered": [
            {"method": method, "substitute": substitute(method)}
            for method in METHODS
            if not is_offered(method)
        ],
    }


def _overview() -> Iterator[str]:
    active = [model for model in all_models() if model.lifecycle.takes_jobs]
    retired = [model for model in all_models() if not model.lifecycle.takes_jobs]
    yield from table(_ACTIVE_HEADS, [row for model in active for row in _active_rows(model)])
    yield ""
    yield coloured("Retired: these take no new customization jobs.", "yellow")
    yield from table(_RETIRED_HEADS, [row for model in retired for row in _retired_rows(model)])
    yield ""
    yield from map(wrapped, _remarks())


_ACTIVE_HEADS = ("ACTIVE MODEL", "METHODS", "RECORDS AS", "REGIONS", "UNTIL", "TRAINING", "SERVED")
_RETIRED_HEADS = ("RETIRED MODEL", "RECORDS AS", "REGIONS", "DATES")


def _active_rows(model: BaseModel) -> Iterator[Sequence[str]]:
    """A row for each way of customizing it; what they have in common stands in the first."""
    common = (f"{model.id}\n  {model.name}", ",\n".join(model.regions), "open")
    for how in model.customizations:
        named, regions, until = common
        served = (
            ",\n".join(wording.modes(model)).replace(", ", ",\n")
            if how.served
            else "checked only:\nno runs yet"
        )
        price = wording.training_price(how).replace(" per ", "\nper ")
        methods = ",\n".join(how.methods)
        yield (named, methods, how.dataset_format, regions, until, price, served)
        common = ("", "", "")


def _retired_rows(model: BaseModel) -> Iterator[Sequence[str]]:
    common = (model.id, ", ".join(model.regions), _dates(model.lifecycle))
    for how in model.customizations:
        named, regions, dates = common
        yield (named, how.dataset_format, regions, dates)
        common = ("", "", "")


def _dates(life: Lifecycle) -> str:
    legacy = f"Legacy {life.legacy_date}" if life.legacy_date else "Legacy"
    return f"{legacy}, end {life.end_of_life_date}" if life.end_of_life_date else legacy


def _remarks() -> Iterator[str]:
    yield from wording.nobody_offers()
    yield from wording.nobody_serves()
    yield (
        f"Facts as of {catalog().facts_as_of}; a run asks Bedrock itself, and its answer wins. "
        "`tunedrop models MODEL` tells methods, limits, hyperparameters and sources of one model."
    )


def _detail(model: BaseModel) -> Iterator[str]:
    yield f"{model.name} by {model.provider}: {model.id}"
    for label, text in wording.about(model):
        yield _row(label, text)
    for how in model.customizations:
        yield ""
        yield how.customization_type
        for label, text in wording.takes(how):
            yield _row(label, text)
        yield from _hyperparameters(how)
    yield ""
    yield "Sources"
    for fact in model.facts:
        note = f". {fact.note}" if fact.note else ""
        yield _row(fact.about.replace("_", " "), f"{fact.source} ({fact.as_of}){note}")


def _hyperparameters(how: Customization) -> Iterator[str]:
    label = "parameters"
    for name, values, note in wording.hyperparameters(how):
        yield _row(label, f"{name}: {values}" + (f". {note}" if note else ""))
        label = ""


def _row(label: str, text: str) -> str:
    return wrapped(text, _INDENT + "  ", f"  {label:{_LABEL}}")
