"""What a dataset is worth in a sentence and a few numbers."""

from typing import Any

from tunedrop.report import formatting
from tunedrop.report.bars import share
from tunedrop.report.reading import Facts, Record, known, section


def verdict(run: Record, dataset: Record, quality: Record) -> str:
    """Whether it can be trained on, and how much of it says something of its own."""
    errors = int(dataset.get("errors") or 0)
    is_refused = run.get("outcome") == "DatasetRejected" or dataset.get("fit") is False
    said = "The dataset was not accepted." if is_refused else "The dataset can be trained on."
    if not quality:
        return f"{said} What its records are worth was not measured."
    nothing = (
        " Nothing was found that speaks against it."
        if not errors and not quality.get("findings")
        else ""
    )
    return f"{said} {_worth(dataset, quality)}{nothing}".strip()


def measured(quality: Record) -> int:
    """The records that the quality checks saw: all that are valid."""
    return int(section(quality, "summary").get("records") or 0)


def facts(run: Record, dataset: Record, quality: Record) -> Facts:
    """The numbers, with their names."""
    found = [
        ("Tokens to train on, about", _counted(dataset.get("tokens"))),
        ("Training, estimated", _estimated(run)),
    ]
    if quality:
        ratio = formatting.decimal(quality.get("compression_ratio")) or 0.0
        labels = section(quality, "labels")
        found += [
            ("Without repetition", _share(quality.get("effective_records"), measured(quality))),
            ("Different word pairs", _share(quality.get("distinct_share"), 1)),
            ("Compressible (zlib)", f"{ratio:.1f} times" if ratio else ""),
            ("Labels", _counted(labels.get("count"))),
            ("Same prompt, same label", _share(labels.get("agreement"), 1, missing="")),
        ]
    return known(found)


def _worth(dataset: Record, quality: Record) -> str:
    """How much is there without repetition, of the records in which nothing is wrong."""
    valid, kept = measured(quality), int(quality.get("effective_records") or 0)
    total = sum(int(each) for each in section(dataset, "records").values())
    if valid < total:
        said = f"{formatting.count(valid)} of {formatting.count(total)} records are valid"
        amount = f"without repetition they amount to {formatting.count(kept)}"
        return f"{said}; {'none repeats another' if kept == valid else amount}."
    if kept < valid:
        of_all = f"{formatting.count(kept)} of {formatting.count(valid)} records"
        return f"Without repetition it amounts to {of_all}."
    return f"None of its {formatting.count(valid)} records repeats another." * (valid > 1)


def _share(part: Any, whole: float, missing: str = "0%") -> str:
    number = formatting.decimal(part)
    return missing if number is None else share(number, whole)


def _counted(value: Any) -> str:
    return formatting.count(value) if value is not None else ""


def _estimated(run: Record) -> str:
    cost = section(run, "cost")
    return formatting.dollars(cost.get("training_usd_estimate")) if cost else ""
