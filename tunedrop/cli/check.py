"""`tunedrop check`: validates a dataset on this machine with the code that the service runs."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import msgspec

from tunedrop import recipe as recipes
from tunedrop.catalog import base_model
from tunedrop.cli import quality
from tunedrop.cli.durations import usual_duration
from tunedrop.cli.excerpts import Place, excerpts
from tunedrop.cli.findings_table import findings_table
from tunedrop.cli.given import Given, RequestRefusedError, given
from tunedrop.cli.media import media_of
from tunedrop.cli.progress import ProgressBar
from tunedrop.cli.recipes import find_recipe
from tunedrop.cli.terminal import coloured, is_terminal, wrapped
from tunedrop.cost import training_cost
from tunedrop.dataset.curator import Curator
from tunedrop.dataset.findings import Finding
from tunedrop.dataset.report import RecordCounts, ValidationReport, counted
from tunedrop.dataset.validation import validate
from tunedrop.errors import InvalidInputError
from tunedrop.recipe import Recipe

if TYPE_CHECKING:
    from tunedrop.catalog.models import Method

_DEFAULT_METHOD = "instruction_tuning"
_LABEL = 11


def run(options: argparse.Namespace) -> int:
    """0: fit, warnings allowed; 1: errors were found."""
    recipe = _recipe(options)
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
    try:
        recipe = recipes.with_overrides(recipe, found.request.hyperparameters)
    except InvalidInputError as error:
        raise RequestRefusedError(f"{found.file or found.place.uri}: {error}") from error
    if missing := found.missing:
        return _is_later_checked(found, recipe, missing)
    curation = quality.curation_of(recipe) if asked.quality else None
    report = check(found, recipe, asked, curation)
    name = found.file or found.place.uri
    card = quality.record_of(report, recipe, curation, name) if curation else {}
    if asked.page:
        quality.write_page(card, asked.page)
    if asked.as_json:
        told = {**_for_machines(report, recipe), **({"quality": card["quality"]} if card else {})}
        print(msgspec.json.encode(told).decode())
    else:
        for line in quality.quality_lines(card):
            print(line)
        _show(quality.without_quality(report, curation), recipe, found)
    return report.fit


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


def _is_later_checked(found: Given, recipe: Recipe, missing: Sequence[str]) -> bool:
    """A run request alone may name files that lie in S3 already."""
    if len(missing) < len(found.request.paths) or not found.is_request:
        raise InvalidInputError(
            f"{found.file or found.place.uri} names {', '.join(missing)}, which is not in "
            f"{found.place.uri}. Put the file there, or correct the name."
        )
    print(
        f"{found.file} is a run request that {recipe.name or recipe.base_model} takes. The "
        f"datasets that it names are checked when it runs: {', '.join(found.request.paths)}."
    )
    return True


def _for_machines(report: ValidationReport, recipe: Recipe) -> dict[str, Any]:
    """The report as the service keeps it, with what people are told of cost and time."""
    cost = training_cost(recipe, report.training_tokens, report.records.train)
    return {
        **report.to_object(),
        "training_cost": {"usd": cost.usd, "why": cost.why},
        "usual_duration": usual_duration(recipe.base_model),
    }


def _show(report: ValidationReport, recipe: Recipe, found: Given) -> None:
    def pieces(shown: Sequence[Finding]) -> Mapping[Place, str]:
        return _pieces(found, shown) if is_terminal() else {}

    for line in findings_table(report, pieces):
        print(line)
    if report.counts:
        print()
    verdict = coloured("Fit", "green") if report.fit else coloured("Not fit", "red")
    print(
        f"{verdict} for {recipe.base_model} ({recipe.name or recipe.method}): "
        f"{counted(report.errors, 'error')}, {counted(report.warnings, 'warning')}."
    )
    for label, words in _numbers(report, recipe):
        print(wrapped(words, " " * _LABEL, f"{label:{_LABEL}}"))


def _numbers(report: ValidationReport, recipe: Recipe) -> list[tuple[str, str]]:
    """What the dataset amounts to; nothing is estimated where no record is left."""
    counts = report.records
    notes = _notes(recipe)
    if not counts.train + counts.validation + counts.test:
        return notes
    cost = training_cost(recipe, report.training_tokens, report.records.train)
    price = "unknown" if cost.usd is None else f"about {cost.usd:,.2f} US dollars"
    return [
        (
            "Records",
            f"{counts.train:,} to train, {counts.validation:,} to validate, {counts.test:,} to "
            f"test, {counts.rejected:,} rejected{_out(counts)}",
        ),
        ("Tokens", f"about {report.training_tokens:,} to train on ({report.token_method})"),
        ("Cost", f"{price} for training: {cost.why}"),
        ("Duration", usual_duration(recipe.base_model)),
        *notes,
    ]


def _out(counts: RecordCounts) -> str:
    """What is in no file, where records were judged by what they say."""
    return "".join(
        f", {count:,} {words}"
        for count, words in ((counts.dropped, "dropped"), (counts.left_out, "left out"))
        if count
    )


def _notes(recipe: Recipe) -> list[tuple[str, str]]:
    model = base_model(recipe.base_model)
    if model.lifecycle.takes_jobs:
        return []
    others = ", ".join(each.id for each in recipes.alternatives(model, recipe.method)) or "none"
    told = f"{recipes.retirement(model)}; active models that take the same records: {others}"
    return [("Note", told)]


def _pieces(found: Given, shown: Sequence[Finding]) -> Mapping[Place, str]:
    pieces: dict[Place, str] = {}
    for source in (each for files in found.sources.values() for each in files):
        about = [each for each in shown if each.file == source.name and each.line]
        if about:
            pieces.update(excerpts(source, about))
    return pieces


def show_refusal(error: RequestRefusedError, *, as_json: bool = False) -> None:
    """A run request that is wrong, in the form of a finding."""
    hint = "Correct the run request; docs/datasets.md lists its keys."
    if not as_json:
        print(wrapped(str(error), " " * 13, f"{coloured('error   ', 'red')} "))
        print(wrapped(hint, " " * 9))
        return
    found = {"code": "run-request", "severity": "error", "line": None, "field": None}
    told = {
        "fit": False,
        "records": {"train": 0, "validation": 0, "test": 0, "rejected": 0},
        "tokens": 0,
        "counts": {"run-request": 1},
        "findings": [{**found, "message": str(error), "hint": hint}],
    }
    print(msgspec.json.encode(told).decode())
