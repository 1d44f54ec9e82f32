"""What the report page shows of the test of a deployment."""

from collections.abc import Sequence
from typing import Any

from tunedrop.report import formatting
from tunedrop.report.interval import intervals
from tunedrop.report.reading import Facts, Record, known, section, text

_ON_A_SIDE = 3
_MODEL_NAMES = {"custom": "Custom model", "base": "Base model", "champion": "Champion"}


def evaluation(run: Record) -> dict[str, Any] | None:
    """The test of the deployment; None where there was none."""
    found = section(run, "evaluation")
    if not found:
        return None
    metrics = section(found, "metrics")
    models = [name for name in _MODEL_NAMES if any(name in row for row in metrics.values())]
    return {
        "verdict": text(found.get("verdict")),
        "records": formatting.count(found.get("records")),
        "models": [_MODEL_NAMES[name] for name in models],
        "rows": [
            {
                "name": name,
                "scores": [formatting.score(row.get(model)) for model in models],
                "minimum": formatting.score(row["minimum"]) if "minimum" in row else "",
                "against": _MODEL_NAMES.get(row.get("against", "base"), "Base model").lower(),
                "interval": interval,
            }
            for (name, row), interval in zip(metrics.items(), intervals(metrics), strict=True)
        ],
        "asked": text(found.get("asked")),
        "general": _general(section(found, "general")),
        "general_metric": text(section(found, "general").get("metric") or "rouge_l"),
        "confusion": _confusion(section(found, "confusion")),
        "examples": _examples(found.get("examples") or []),
    }


def _examples(given: Sequence[Record]) -> list[dict[str, Any]]:
    """The records with the largest gains and those with the largest losses, side by side."""
    gains, losses = given[:_ON_A_SIDE], given[_ON_A_SIDE:]
    sides = (
        ("Largest gains" if _reaches(gains, 1) else "Smallest losses", gains),
        ("Largest losses" if _reaches(losses, -1) else "Smallest gains", losses),
    )
    return [
        {"title": title, "records": [_example(each) for each in side]}
        for title, side in sides
        if side
    ]


def _reaches(side: Sequence[Record], sign: int) -> bool:
    """Whether any of these is what its side is named after; where nothing is known, they are."""
    gains = [formatting.decimal(each.get("gain")) for each in side]
    return any(gain is None or gain * sign > 0 for gain in gains)


def _example(example: Record) -> dict[str, Any]:
    names = {"prompt": "Prompt", "reference": "Reference", **_MODEL_NAMES}
    gain = formatting.score(example["gain"], sign=True) if "gain" in example else ""
    texts = [(names[name], text(example[name])) for name in names if name in example]
    return {"gain": f"rouge_l {gain}" if gain else "", "texts": texts}


def _general(found: Record) -> Facts:
    """What the custom model lost on the general test set."""
    if not found:
        return []
    bounds = [formatting.score(found.get(name), sign=True) for name in ("low", "high")]
    interval = f" ({bounds[0]} to {bounds[1]})" if "low" in found else ""
    gain = f"{formatting.score(found.get('gain'), sign=True)}{interval}" if "gain" in found else ""
    return known(
        [
            ("Records", formatting.count(found.get("records"))),
            ("Custom model", formatting.score(found.get("custom"))),
            ("Base model", formatting.score(found.get("base"))),
            ("Difference", gain),
            ("Loss allowed", formatting.score(found.get("allowed_loss"))),
        ]
    )


def _confusion(found: Record) -> dict[str, Any] | None:
    """The confusion matrix: rows by the right label, columns by the one that was given."""
    if not found:
        return None
    labels, given = found.get("labels") or [], found.get("given") or []
    return {
        "given": [text(label) for label in given],
        "rows": [
            {
                "right": text(label),
                "cells": [
                    {"count": formatting.count(count), "is_hit": column == label}
                    for column, count in zip(given, row, strict=False)
                ],
            }
            for label, row in zip(labels, found.get("counts") or [], strict=False)
        ],
    }
