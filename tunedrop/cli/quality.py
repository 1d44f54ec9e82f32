"""What the records of a dataset are worth, in the terminal and as a page."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tunedrop.cli.terminal import Colour, coloured, wrapped
from tunedrop.cost import training_cost
from tunedrop.dataset.findings import Finding
from tunedrop.dataset.handling import acts
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.target import Target
from tunedrop.errors import InvalidInputError
from tunedrop.recipe import Recipe
from tunedrop.report.card import Plot, card

if TYPE_CHECKING:
    from tunedrop.quality.curation import Curation

_CELLS = 24
_INDENT = " " * 9
_COLOURS: dict[str, Colour] = {"error": "red", "fatal": "red", "done": "green"}


def curation_of(recipe: Recipe) -> "Curation":
    """Judges records as the service does; what it takes is imported only now."""
    from tunedrop.quality.curation import Curation

    return Curation(recipe)


def outlook(recipe: Recipe) -> str:
    """What a run looks at beyond the format, and what the recipe has done about it."""
    does = [f"{verb}s {', '.join(keys)}" for verb, keys in acts(recipe.data).items() if keys]
    return (
        "a run also looks at duplicates, contradictions, labels, leaks, personal data and secrets; "
        f"{recipe.name or 'a recipe without a data section'} "
        f"{'; '.join(does) or 'reports what it finds'}. --quality shows it now"
    )


def without_quality(report: ValidationReport, curation: "Curation | None") -> ValidationReport:
    """The report with the validator's own findings; it counts none that asks nothing more."""
    judged = curation.report.findings if curation and curation.report else ()
    settled = curation.report.settled if curation and curation.report else ()
    codes = {each.code for each in judged}
    return msgspec.structs.replace(
        report,
        warnings=report.warnings - len([each for each in judged if _is_settled(each, settled)]),
        findings=tuple(each for each in report.findings if each.code not in codes),
        counts={code: count for code, count in report.counts.items() if code not in codes},
    )


def _is_settled(found: Finding, settled: Sequence[str]) -> bool:
    return found.severity == "warning" and found.code in settled


def record_of(
    report: ValidationReport, recipe: Recipe, curation: "Curation", name: str
) -> dict[str, Any]:
    """What a run's record and its quality report would say of the dataset."""
    cost = training_cost(recipe, report.training_tokens, report.records.train)
    target = Target.of(recipe)
    quality = msgspec.json.decode(curation.report.to_json()) if curation.report else {}
    section = {
        "dropped": dict(curation.dropped),
        "moved": curation.moved,
        "tokens": {side: target.tokens(size) for side, size in curation.characters.items()},
    }
    dataset = {**report.to_object(), "tokens": report.training_tokens}
    return {
        "name": name,
        "recipe": recipe.name,
        "snapshot": msgspec.to_builtins(recipe),
        "dataset": {**dataset, "quality": section},
        "cost": {"training_usd_estimate": cost.usd, "why": cost.why},
        "quality": quality,
    }


def check_page(file: str) -> None:
    """Refuse a place that no page can be written to, before a long look at the records."""
    page = Path(file)
    if page.is_dir():
        raise InvalidInputError(f"{file} is a folder; name a file for the data card with --report.")
    if not page.parent.is_dir():
        raise InvalidInputError(
            f"There is no folder {page.parent} for the data card; make it, or name another file "
            "with --report."
        )


def write_page(record: dict[str, Any], file: str) -> None:
    """The data card as a page of its own."""
    from tunedrop.report.page import render_card

    Path(file).write_text(render_card(record), encoding="utf-8")


def show_quality(record: dict[str, Any]) -> None:
    """The data card in the terminal."""
    for line in _lines(record):
        print(line)


def _lines(record: dict[str, Any]) -> Iterator[str]:
    """What the page says, in its order and words: paragraphs, with an empty line after each."""
    shown = card(record)
    if shown is None or not shown["is_measured"]:
        return
    for paragraph in _paragraphs(shown):
        if lines := list(paragraph):
            yield from (*lines, "")


def _paragraphs(shown: dict[str, Any]) -> Iterator[Iterable[str]]:
    yield (wrapped(shown["verdict"]), *_to_do(shown))
    yield _facts(shown)
    yield (line for each in shown["quality_findings"] for line in _finding(each))
    yield (wrapped(each.description) for each in shown["lengths"])
    yield from map(_plot, shown["plots"])
    yield (wrapped(shown[each]) for each in ("moved", "coverage", "drift_words") if shown[each])
    yield _groups(shown)
    if shown["growth"]:
        yield coloured("What more records would do", "dim"), wrapped(" ".join(shown["growth"]))


def _to_do(shown: dict[str, Any]) -> Iterator[str]:
    if shown["first"]:
        yield coloured("Do first", "dim")
    for number, each in enumerate(shown["first"], 1):
        yield wrapped(each["way_out"] or each["what"], "   ", f"{number}. ")
        if each["way_out"]:
            yield wrapped(f"{each['severity']}: {each['what']}", "   ")
    if shown["done"]:
        yield coloured("What is taken care of", "dim")
    for each in shown["done"]:
        yield wrapped(each, "   ", " - ")


def _facts(shown: dict[str, Any]) -> Iterator[str]:
    width = max((len(name) for name, _ in shown["facts"]), default=0)
    for name, value in shown["facts"]:
        yield f"{name:{width}}  {value}"


def _finding(found: dict[str, Any]) -> Iterator[str]:
    colour = _COLOURS.get(found["status"], "yellow")
    yield f"{coloured(format(found['status'], '8'), colour)} {found['code']}"
    yield wrapped(found["message"], _INDENT)
    if found["hint"]:
        yield wrapped(found["hint"], _INDENT)
    for each in found["examples"]:
        yield wrapped(each, f"{_INDENT}  ", f"{_INDENT}- ")


def _plot(plot: Plot) -> Iterator[str]:
    width = max(len(each.name) for each in plot.rows)
    yield coloured(wrapped(plot.title), "dim")
    for each in plot.rows:
        drawn = each.text(_CELLS)
        yield f"  {each.name:{width}}  {each.amount:>7}  {each.share:>5}  {drawn}".rstrip()


def _groups(shown: dict[str, Any]) -> Iterator[str]:
    if shown["groups"]:
        yield coloured("Groups of duplicates", "dim")
    for each in shown["groups"]:
        yield wrapped(
            f"{each.members}: {each.size} records, two of them {each.alike}", "    ", "  "
        )
