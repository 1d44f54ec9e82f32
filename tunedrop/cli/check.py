"""`tunedrop check`: validates a dataset on this machine with the code that the service runs."""

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import msgspec

from tunedrop import recipe as recipes
from tunedrop.catalog import base_model
from tunedrop.cli import quality
from tunedrop.cli.durations import usual_duration
from tunedrop.cli.given import Given, RequestRefusedError, given
from tunedrop.cli.media import media_of
from tunedrop.cli.progress import ProgressBar
from tunedrop.cli.recipes import find_recipe
from tunedrop.cli.verdict import show, show_labelled, show_refusal
from tunedrop.cost import training_cost
from tunedrop.dataset.curator import Curator
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.validation import validate
from tunedrop.errors import InvalidInputError
from tunedrop.recipe import Recipe

if TYPE_CHECKING:
    from tunedrop.catalog.models import Method

_DEFAULT_METHOD = "instruction_tuning"


def run(options: argparse.Namespace) -> int:
    """0: fit, warnings allowed; 1: errors were found."""
    recipe = _recipe(options)
    if options.report:
        quality.check_page(options.report)
    try:
        found = given(options.file)
        asked = Asked(
            as_json=options.json,
            in_s3=options.media,
            quality=options.quality or bool(options.report),
            page=options.report,
        )
        return 0 if is_fit(found, recipe, asked) else 1
    except RequestRefusedError as error:
        show_refusal(error, as_json=options.json)
        return 1


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How to check: with media in S3, with what the records are worth, and how to tell it.

    `page` is the file to write the data card to, "" for none.
    """

    as_json: bool = False
    in_s3: bool = False
    quality: bool = False
    page: str = ""


def is_fit(found: Given, recipe: Recipe, asked: Asked | None = None) -> bool:
    """Check what was given, and say what was found."""
    asked = asked or Asked()
    recipe = planned(found, recipe)
    if found.is_request and len(found.missing) == len(found.request.paths):
        _tell_later(found, recipe)
        return True
    found.check_complete()
    curation = quality.curation_of(recipe) if asked.quality else None
    report = check(found, recipe, asked, curation)
    card = quality.record_of(report, recipe, curation, found.name) if curation else {}
    if asked.page:
        quality.write_page(card, asked.page)
    if asked.as_json:
        told = {**_for_machines(report, recipe), **({"quality": card["quality"]} if card else {})}
        print(msgspec.json.encode(told).decode())
    else:
        quality.show_quality(card)
        show(quality.without_quality(report, curation), recipe, found)
        if not curation and report.records.total:
            show_labelled([("Quality", quality.outlook(recipe))])
    return report.fit


def planned(found: Given, recipe: Recipe) -> Recipe:
    """The recipe with what the run request changes; a `RequestRefusedError` where it may not."""
    try:
        return recipes.with_overrides(recipe, found.request.hyperparameters)
    except InvalidInputError as error:
        raise RequestRefusedError(f"{found.name}: {error}") from error


def check(
    found: Given, recipe: Recipe, asked: Asked, curator: Curator | None = None
) -> ValidationReport:
    """Validate all files in one pass, with a progress bar on a terminal."""
    with ProgressBar(found.bytes) as bar, media_of(found, recipe, in_s3=asked.in_s3) as media:
        return validate(
            bar.watched(found.sources),
            recipe,
            media=media,
            curator=curator,
            fingerprint=bool(asked.page),
        )


def _recipe(options: argparse.Namespace) -> Recipe:
    """The recipe that was named, or one that asks nothing beyond a base model and a method."""
    if options.recipe and options.method:
        raise InvalidInputError("--method goes with --base-model; a recipe names its own method.")
    if options.recipe:
        return find_recipe(options.recipe, options.stage)
    model = base_model(options.base_model)
    default = _DEFAULT_METHOD if _DEFAULT_METHOD in model.methods else model.methods[0]
    method = options.method or default
    if not model.offers(method):
        raise InvalidInputError(f"{recipes.not_offered(model, method)}.")
    return Recipe(
        name="",
        base_model=model.id,
        method=cast("Method", method),
        allow_overrides=("hyperparameters",),
    )


def _tell_later(found: Given, recipe: Recipe) -> None:
    """A run request alone may name files that lie in S3 already."""
    print(
        f"{found.file} is a run request that {recipe.name or recipe.base_model} takes. What it "
        f"names is not in {found.place.uri}, so it was not checked; a run of it looks in S3: "
        f"{', '.join(found.request.paths)}."
    )


def _for_machines(report: ValidationReport, recipe: Recipe) -> dict[str, Any]:
    """The report as the service keeps it, with what people are told of cost and time."""
    cost = training_cost(recipe, report.training_tokens, report.records.train)
    return {
        **report.to_object(),
        "training_cost": {"usd": cost.usd, "why": cost.why},
        "usual_duration": usual_duration(recipe.base_model),
    }
