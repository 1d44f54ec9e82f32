"""Labels: recognized in answers, and scored against scikit-learn."""

import json
from pathlib import Path
from typing import Any

import pytest

from tunedrop.evaluation.labels import OTHER, Labels, confusion, macro_f1

REFERENCE = json.loads((Path(__file__).parent / "reference_scores.json").read_text())
TICKETS = ["Billing", "Delivery", "Not urgent", "Urgent"]


def labels(*references: str) -> Labels:
    found = Labels.of([*(references or TICKETS)] * 3)
    assert found is not None
    return found


@pytest.mark.parametrize("case", REFERENCE["labels"], ids=lambda case: str(case["macro_f1"]))
def test_macro_f1_is_what_scikit_learn_says(case: dict[str, Any]) -> None:
    outcomes = list(zip(case["true"].split(), case["given"].split(), strict=True))
    assert macro_f1(outcomes) == pytest.approx(case["macro_f1"], abs=1e-6)


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("Billing", "Billing"),
        (" billing.\n", "Billing"),
        ("The category of this ticket is: **Delivery**.", "Delivery"),
        ("It is not urgent.", "Not urgent"),
        ("Billing or delivery", OTHER),
        ("Rebilling", OTHER),
        ("I do not know", OTHER),
        ("", OTHER),
    ],
)
def test_an_answer_gives_the_only_label_that_it_mentions(answer: str, label: str) -> None:
    assert labels().read(answer) == label


@pytest.mark.parametrize(
    "references",
    [
        [f"a different answer {number}" for number in range(40)],
        ["x" * 81] * 40,
        ["yes"],
        [],
    ],
    ids=["too many", "too long", "only once", "none"],
)
def test_free_texts_are_no_labels(references: list[str]) -> None:
    assert Labels.of(references) is None


def test_a_confusion_matrix_counts_right_by_given_and_what_is_no_label() -> None:
    outcomes = labels().outcomes(
        ["Billing", "Billing", "Urgent"], ["Billing", "Delivery", "who knows"]
    )
    assert confusion(outcomes) == {
        "labels": ["Billing", "Urgent"],
        "given": ["Billing", "Urgent", "Delivery", OTHER],
        "counts": [[1, 0, 1, 0], [0, 0, 0, 1]],
    }


def test_an_answer_that_is_no_label_is_a_miss_and_no_label_of_its_own() -> None:
    assert macro_f1([("a", "a"), ("a", OTHER)]) == pytest.approx(2 / 3)
