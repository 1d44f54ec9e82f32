"""The data card: what a dataset is worth, what to do first, and what was made of it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tunedrop.quality.growth import growth_advice
from tunedrop.report import formatting
from tunedrop.report.bars import Bar, bars, share
from tunedrop.report.duplicates import groups, repeats
from tunedrop.report.findings import DONE, do_first, finding, quality_findings
from tunedrop.report.histogram import Histogram, histogram
from tunedrop.report.reading import Facts, Record, known, section, text
from tunedrop.report.sides import SIDES, moved, sides

_LEFT_OUT = "What is left out, and the rule that asks for it"
_ACCOUNTED = f"{_LEFT_OUT}; each record is in dataset/rejected.jsonl with its line"
_REDACTED = "What placeholders stand for now; the same datum always has the same"
_MOST_BARS = 12
_NOTABLE_DRIFT = 0.2
_DRIFT = {
    "prompt_lengths": "Lengths of prompts",
    "completion_lengths": "Lengths of completions",
    "languages": "Languages",
    "labels": "Labels",
    "words": "Words",
}


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
        "verdict": _verdict(run, dataset, quality),
        "first": do_first(dataset, quality),
        "done": [each["message"] for each in shown if each["status"] == DONE],
        "facts": _facts(run, dataset, quality),
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
        "estimate": _cost(run),
        "drift": _drift(section(quality, "drift")),
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
    is_written = bool(run.get("run_id"))
    yield Plot(_ACCOUNTED if is_written else _LEFT_OUT, "Rule", "Records", bars(left_out))
    yield Plot(_REDACTED, "Kind", "Data", bars(section(dataset, "redacted").items()))


def dropped(run: Record) -> dict[str, int]:
    """How many records were left out, by the rule that asked for it."""
    dataset = section(run, "dataset")
    found = section(dataset, "quality", "dropped") or section(dataset, "dropped")
    return {code: int(number) for code, number in found.items() if number}


def _verdict(run: Record, dataset: Record, quality: Record) -> str:
    errors = int(dataset.get("errors") or 0)
    is_refused = run.get("outcome") == "DatasetRejected" or dataset.get("fit") is False
    said = "The dataset was not accepted." if is_refused else "The dataset can be trained on."
    if not quality:
        return f"{said} What its records are worth was not measured."
    worth = _worth(dataset, quality)
    nothing = (
        " Nothing was found that speaks against it."
        if not errors and not quality.get("findings")
        else ""
    )
    return f"{said} {worth}{nothing}".strip()


def _worth(dataset: Record, quality: Record) -> str:
    """How much is there without repetition, of the records in which nothing is wrong."""
    measured, kept = _measured(quality), int(quality.get("effective_records") or 0)
    total = sum(int(each) for each in section(dataset, "records").values())
    verb = "is" if measured == 1 else "are"
    valid = f"{formatting.count(measured)} of {formatting.count(total)} records {verb} valid"
    if measured < total and measured < 2:  # noqa: PLR2004
        return f"{valid}."
    if measured < total:
        amount = f"without repetition they amount to {formatting.count(kept)}"
        return f"{valid}; {'none repeats another' if kept == measured else amount}."
    if kept < measured:
        of_all = f"{formatting.count(kept)} of {formatting.count(measured)} records"
        return f"Without repetition it amounts to {of_all}."
    return f"None of its {formatting.count(measured)} records repeats another." * (measured > 1)


def _measured(quality: Record) -> int:
    """The records that the quality checks saw: all that are valid."""
    return int(section(quality, "summary").get("records") or 0)


def _facts(run: Record, dataset: Record, quality: Record) -> Facts:
    facts = [
        ("Tokens to train on, about", _counted(dataset.get("tokens"))),
        ("Training, estimated", _estimated(run)),
    ]
    if quality:
        ratio = formatting.decimal(quality.get("compression_ratio")) or 0.0
        distinct = formatting.decimal(quality.get("distinct_share")) or 0.0
        kept = formatting.decimal(quality.get("effective_records")) or 0.0
        facts += [
            ("Without repetition", share(kept, _measured(quality))),
            ("Different word pairs", share(distinct, 1)),
            ("Compressible (zlib)", f"{ratio:.1f} times" if ratio else ""),
            ("Labels", _counted(section(quality, "labels").get("count"))),
        ]
    return known(facts)


def _growth(run: Record, dataset: Record, quality: Record) -> list[str]:
    """What more records would do; nothing is published of images."""
    formats = {each.get("format") for each in dataset.get("files") or ()}
    if not quality or "image-caption" in formats:
        return []
    method = text(section(run, "snapshot").get("method"))
    rare = [text(each) for each in section(quality, "labels").get("rare") or ()]
    return growth_advice(
        method, _measured(quality), int(quality.get("effective_records") or 0), rare
    )


def _counted(value: Any) -> str:
    return formatting.count(value) if value is not None else ""


def _estimated(run: Record) -> str:
    cost = section(run, "cost")
    return formatting.dollars(cost.get("training_usd_estimate")) if cost else ""


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
    outputs = section(dataset, "outputs")
    return bars(
        (words, int(section(outputs, role).get("tokens") or 0))
        for role, words in SIDES.items()
        if section(outputs, role).get("tokens")
    )


def _cost(run: Record) -> Facts:
    cost, budget = section(run, "cost"), section(run, "snapshot", "budget").get("training_usd")
    if not cost:
        return []
    estimate = formatting.decimal(cost.get("training_usd_estimate"))
    limit = formatting.decimal(budget)
    told = "" if limit is None else formatting.dollars(limit)
    if limit and estimate is not None:
        told = f"{told}, of which training takes {share(estimate, limit) or '0%'}"
    return known(
        [
            ("Training estimate", formatting.dollars(cost.get("training_usd_estimate"))),
            ("How that is reckoned", cost.get("why")),
            ("Budget for training", told),
        ]
    )


def _drift(found: Record) -> list[tuple[str, str, str]]:
    return list(_drift_rows(found))


def _drift_rows(found: Record) -> Iterator[tuple[str, str, str]]:
    for name, words in _DRIFT.items():
        distance = formatting.decimal(found.get(name))
        if distance is not None:
            verdict = "different" if distance >= _NOTABLE_DRIFT else "much alike"
            yield words, f"{distance:.2f}", verdict
