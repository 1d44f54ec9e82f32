"""The data card: what a dataset is worth, what to do first, and what was made of it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tunedrop.quality.growth import growth_advice
from tunedrop.report import formatting
from tunedrop.report.bars import Bar, bars
from tunedrop.report.duplicates import groups, repeats
from tunedrop.report.estimate import cost_bars, cost_facts, cost_title
from tunedrop.report.findings import DONE, do_first, finding, quality_findings
from tunedrop.report.histogram import Histogram, histogram
from tunedrop.report.likeness import coverage, drift, drift_words
from tunedrop.report.reading import Record, section, text
from tunedrop.report.sides import SIDES, moved, sides
from tunedrop.report.worth import facts, measured, verdict

_LEFT_OUT = "What is left out, and the rule that asks for it"
_ACCOUNTED = f"{_LEFT_OUT}; each record is in dataset/rejected.jsonl with its line"
_REDACTED = "What placeholders stand for now; the same datum always has the same"
_MOST_BARS = 12


class Plot(NamedTuple):
    """Amounts as bars: what is counted of what, under a title."""

    title: str
    what: str
    counted: str
    rows: tuple[Bar, ...]


def card(run: Record) -> dict[str, Any] | None:
    """Everything that page and terminal show of a dataset; None where there is none.

    The quality report stands at `quality`, beside the run record's own sections.
    """
    dataset, quality = section(run, "dataset"), section(run, "quality")
    if not dataset:
        return None
    shown = quality_findings(quality)
    codes = {each["code"] for each in shown}
    others = [finding(each) for each in dataset.get("findings") or [] if each["code"] not in codes]
    counts = {c: n for c, n in section(dataset, "counts").items() if c not in codes}
    return {
        "verdict": verdict(run, dataset, quality),
        "first": do_first(dataset, quality),
        "done": [each["message"] for each in shown if each["status"] == DONE],
        "facts": facts(run, dataset, quality),
        "growth": _growth(run, dataset, quality),
        "quality_findings": shown,
        "moved": moved(dataset),
        "findings": others,
        "counts": [(code, formatting.count(number)) for code, number in counts.items()],
        "found": sum(int(number) for number in counts.values()),
        "is_measured": bool(quality),
        **_pictures(run, dataset, quality),
    }


def _pictures(run: Record, dataset: Record, quality: Record) -> dict[str, Any]:
    return {
        "lengths": _lengths(section(quality, "summary")),
        "plots": [plot for plot in _plots(run, dataset, quality) if plot.rows],
        "groups": groups(quality),
        "groups_in_all": int(section(quality, "duplicates").get("groups") or 0),
        "estimate": cost_facts(run),
        "drift": drift(quality),
        "drift_words": drift_words(quality),
        "coverage": coverage(quality),
    }


def _plots(run: Record, dataset: Record, quality: Record) -> Iterator[Plot]:
    """Amounts as bars, in the order in which page and terminal show them."""
    labels = section(quality, "labels")
    left_out = sorted(dropped(run).items(), key=lambda each: -each[1])
    yield Plot("What became of the records", "Records", "Number", sides(dataset))
    yield Plot(
        "Labels", "Label", "Records", _most(labels.get("labels") or (), labels.get("left_out") or 0)
    )
    spoken = _languages(section(quality, "summary", "languages"))
    yield Plot("Languages", "Language", "Records", spoken)
    yield Plot("Repetition", "Records", "Number", repeats(quality))
    yield Plot("Tokens, estimated", "Records", "Tokens", _tokens(dataset))
    yield Plot(cost_title(run), "Training", "US dollars", cost_bars(run))
    is_written = bool(run.get("run_id"))
    yield Plot(_ACCOUNTED if is_written else _LEFT_OUT, "Rule", "Records", bars(left_out))
    yield Plot(_REDACTED, "Kind", "Data", bars(section(dataset, "redacted").items()))


def dropped(run: Record) -> dict[str, int]:
    """How many records were left out, by the rule that asked for it."""
    dataset = section(run, "dataset")
    found = section(dataset, "quality", "dropped") or section(dataset, "dropped")
    return {code: int(number) for code, number in found.items() if number}


def _growth(run: Record, dataset: Record, quality: Record) -> list[str]:
    """What more records would do; nothing is published of images."""
    formats = {each.get("format") for each in dataset.get("files") or ()}
    if not quality or "image-caption" in formats:
        return []
    method = text(section(run, "snapshot").get("method"))
    rare = [text(each) for each in section(quality, "labels").get("rare") or ()]
    return growth_advice(
        method, measured(quality), int(quality.get("effective_records") or 0), rare
    )


def _lengths(summary: Record) -> list[Histogram]:
    pictures = (
        histogram("prompts", summary.get("prompt_lengths")),
        histogram("completions", summary.get("completion_lengths")),
    )
    return [each for each in pictures if each]


def _most(labels: Any, left_out: int) -> tuple[Bar, ...]:
    """The most frequent labels, and the others as one."""
    amounts = [(text(name), int(number)) for name, number in labels]
    rest = amounts[_MOST_BARS:]
    shown = amounts[:_MOST_BARS]
    if rest:
        others = f"({formatting.count(len(rest) + left_out)} more labels)"
        shown.append((others, sum(number for _, number in rest)))
    return bars(shown)


def _languages(found: Mapping[str, int]) -> tuple[Bar, ...]:
    """Only where there is more than one."""
    spoken = sorted(found.items(), key=lambda each: -each[1])
    return bars(spoken[:_MOST_BARS]) if len(spoken) > 1 else ()


def _tokens(dataset: Record) -> tuple[Bar, ...]:
    """By side: as written, or before that as validation reckons them."""
    outputs = section(dataset, "outputs")
    reckoned = section(dataset, "quality", "tokens")
    amounts = [
        (words, int(section(outputs, role).get("tokens") or reckoned.get(role) or 0))
        for role, words in SIDES.items()
    ]
    return bars((words, tokens) for words, tokens in amounts if tokens)
