"""Which findings lead: what hurts a model most, before what touches the most records."""

from collections.abc import Mapping
from typing import Any

GRAVE = ("error", "fatal")

# A test that lies and data that leak; wrong answers; half answers; too much of the same; waste.
_WORST_FIRST = (
    ("leakage", "secret", "personal-data"),
    ("same-completion", "label-noise", "contradiction", "similar-labels"),
    (
        "possible-secret",
        "truncated-completion",
        "trivial-completion",
        "answer-in-prompt",
        "common-prompt",
        "wrong-language",
        "uncovered-test-set",
    ),
    (
        "possible-personal-data",
        "near-duplicate",
        "exact-duplicate",
        "label-imbalance",
        "rare-label",
    ),
    ("boilerplate",),
)
PLACES = {code: place for place, codes in enumerate(_WORST_FIRST) for code in codes}
# What the validator warns of, its place in a file known, stands with the half answers.
_OF_OTHERS = 2

Weight = tuple[bool, int, int]


def weight(found: Mapping[str, Any], counts: Mapping[str, Any]) -> Weight:
    """Findings in ascending order of this lead to what hurts less."""
    code = found["code"]
    place = PLACES.get(code, _OF_OTHERS)
    return found["severity"] not in GRAVE, place, -int(counts.get(code, 1))
