"""What a validation found, and what the dataset amounts to, in the terminal."""

from collections.abc import Mapping, Sequence

import msgspec

from tunedrop import recipe as recipes
from tunedrop.catalog import base_model
from tunedrop.cli.durations import usual_duration
from tunedrop.cli.excerpts import Place, excerpts
from tunedrop.cli.findings_table import findings_table
from tunedrop.cli.given import Given, RequestRefusedError
from tunedrop.cli.terminal import coloured, is_terminal, wrapped
from tunedrop.cost import dollars, training_cost
from tunedrop.dataset.findings import Finding
from tunedrop.dataset.report import RecordCounts, ValidationReport, counted
from tunedrop.recipe import Recipe

_LABEL = 11


def show(report: ValidationReport, recipe: Recipe, found: Given) -> None:
    """Findings, verdict and amounts."""

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
    show_labelled(_numbers(report, recipe))


def show_labelled(facts: Sequence[tuple[str, str]]) -> None:
    """Facts one below the other; those without words are left out."""
    for label, words in facts:
        if words:
            print(wrapped(words, " " * _LABEL, f"{label:{_LABEL}}"))


def _numbers(report: ValidationReport, recipe: Recipe) -> list[tuple[str, str]]:
    """What the dataset amounts to; nothing is estimated where no record is left."""
    counts = report.records
    if not counts.train + counts.validation + counts.test:
        return _notes(recipe)
    return [
        (
            "Records",
            f"{counts.train:,} to train, {counts.validation:,} to validate, {counts.test:,} to "
            f"test, {counts.rejected:,} rejected{_out(counts)}",
        ),
        ("Tokens", f"about {report.training_tokens:,} to train on ({report.token_method})"),
        *estimates(recipe, report.training_tokens, counts.train),
    ]


def estimates(recipe: Recipe, tokens: int, records: int) -> list[tuple[str, str]]:
    """What training on so much costs and takes."""
    cost = training_cost(recipe, tokens, records)
    return [
        ("Cost", f"{dollars(cost.usd)} for training: {cost.why}"),
        ("Duration", usual_duration(recipe.base_model)),
        *_notes(recipe),
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
