"""What the records of a dataset are worth, in the terminal and as a page."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tunedrop.cli.terminal import coloured, wrapped
from tunedrop.cost import training_cost
from tunedrop.dataset.report import ValidationReport
from tunedrop.recipe import Recipe
from tunedrop.report.bars import Bar
from tunedrop.report.card import card

if TYPE_CHECKING:
    from tunedrop.quality.curation import Curation

_CELLS = 24
_INDENT = " " * 9


def curation_of(recipe: Recipe) -> "Curation":
    """Judges records as the service does; what it takes is imported only now."""
    from tunedrop.quality.curation import Curation

    return Curation(recipe)


def without_quality(report: ValidationReport, curation: "Curation | None") -> ValidationReport:
    """The report with the validator's own findings alone."""
    codes = {each.code for each in curation.report.findings} if curation and curation.report else ()
    return msgspec.structs.replace(
        report,
        findings=tuple(each for each in report.findings if each.code not in codes),
        counts={code: count for code, count in report.counts.items() if code not in codes},
    )


def record_of(
    report: ValidationReport, recipe: Recipe, curation: "Curation", name: str
) -> dict[str, Any]:
    """What a run's record and its quality report would say of the dataset."""
    cost = training_cost(recipe, report.training_tokens, report.records.train)
    quality = msgspec.json.decode(curation.report.to_json()) if curation.report else {}
    dataset = {**report.to_object(), "tokens": report.training_tokens}
    return {
        "name": name,
        "recipe": recipe.name,
        "snapshot": msgspec.to_builtins(recipe),
        "dataset": {**dataset, "quality": {"dropped": dict(curation.dropped)}},
        "cost": {"training_usd_estimate": cost.usd, "why": cost.why},
        "quality": quality,
    }


def write_page(record: dict[str, Any], file: str) -> None:
    """The data card as a page of its own."""
    from tunedrop.report.page import render_card

    Path(file).write_text(render_card(record), encoding="utf-8")


def show_quality(record: dict[str, Any]) -> None:
    """The data card in the terminal."""
    for line in _lines(record):
        print(line)


def _lines(record: dict[str, Any]) -> Iterator[str]:
    shown = card(record)
    if shown is None or not shown["is_measured"]:
        return
    yield wrapped(shown["verdict"])
    for number, each in enumerate(shown["first"], 1):
        yield wrapped(each["way_out"] or each["what"], "   ", f"{number}. ")
    yield ""
    for finding in shown["quality_findings"]:
        yield from _finding(finding)
    for title, rows in (
        ("Records", shown["sides"]),
        ("Left out", shown["dropped"]),
        ("Labels", shown["labels"]),
        ("Languages", shown["languages"]),
        ("Groups of duplicates", _with_alike(shown["groups"])),
    ):
        yield from _bars(title, rows)
    for each in shown["lengths"]:
        yield wrapped(each.description)
    yield ""


def _with_alike(groups: Sequence[tuple[Bar, str]]) -> list[Bar]:
    return [replace(row, name=f"{row.name} ({alike})", share="") for row, alike in groups]


def _finding(found: dict[str, Any]) -> Iterator[str]:
    label = coloured(f"{found['severity']:8}", "red" if found["severity"] == "error" else "yellow")
    yield f"{label} {found['code']}"
    yield wrapped(found["message"], _INDENT)
    for each in found["examples"]:
        yield wrapped(each, f"{_INDENT}  ", f"{_INDENT}- ")
    yield wrapped(found["hint"], _INDENT)


def _bars(title: str, rows: Sequence[Bar]) -> Iterator[str]:
    if not rows:
        return
    width = max(len(each.name) for each in rows)
    yield coloured(title, "dim")
    for each in rows:
        drawn = each.text(_CELLS)
        yield f"  {each.name:{width}}  {each.amount:>7}  {each.share:>5}  {drawn}".rstrip()
    yield ""
