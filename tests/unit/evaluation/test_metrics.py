"""Metrics against their definitions."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunedrop.evaluation.metrics import (
    TEXT_METRICS,
    chrf,
    common_subsequence_length,
    exact_match,
    rouge_l,
    words,
)

# Made by sacrebleu 2.6.0, rouge-score 0.1.2 (without stemming) and scikit-learn 1.9.1.
REFERENCE = json.loads((Path(__file__).parent / "reference_scores.json").read_text())


def textbook_length(left: list[str], right: list[str]) -> int:
    """The dynamic programme of any textbook."""
    row = [0] * (len(right) + 1)
    for mine in left:
        above = row
        row = [0]
        for at, theirs in enumerate(right):
            row.append(above[at] + 1 if mine == theirs else max(row[at], above[at + 1]))
    return row[-1]


SHORT_TEXTS = st.lists(st.sampled_from("abcd"), max_size=80)


@given(left=SHORT_TEXTS, right=SHORT_TEXTS)
def test_bit_parallel_subsequence_equals_the_textbook(left: list[str], right: list[str]) -> None:
    assert common_subsequence_length(left, right) == textbook_length(left, right)


@pytest.mark.parametrize(
    ("reference", "answer", "expected"),
    [
        ("police killed the gunman", "police kill the gunman", 0.75),
        ("police killed the gunman", "the gunman kill police", 0.5),
        ("The cat sat.", "the CAT sat", 1.0),
        ("one two three four", "two", 0.4),
        ("one", "two", 0.0),
        ("", "two", 0.0),
        ("one", "", 0.0),
        ("...", "...", 0.0),
    ],
)
def test_rouge_l_is_the_f1_of_the_longest_common_subsequence(
    reference: str, answer: str, expected: float
) -> None:
    assert rouge_l(reference, answer) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't pay $5.50!", ["don", "t", "pay", "5", "50"]),
        ("Käse für Ärzte", ["käse", "für", "ärzte"]),
        ("Где дела_тут", ["где", "дела", "тут"]),
        ("東京タワー2号", ["東", "京", "タ", "ワ", "ー", "2", "号"]),
        ("  ", []),
    ],
)
def test_words_of_any_script(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_composed_and_decomposed_letters_are_the_same_word() -> None:
    assert rouge_l("caf\u00e9", "cafe\u0301") == 1.0


@pytest.mark.parametrize(
    ("reference", "answer", "expected"),
    [
        ("billing", " billing\n", 1.0),
        ("a  b", "a b", 1.0),
        ("billing", "Billing", 0.0),
        ("billing", "billing.", 0.0),
    ],
)
def test_exact_match_forgives_white_space_only(
    reference: str, answer: str, expected: float
) -> None:
    assert exact_match(reference, answer) == expected


@pytest.mark.parametrize("case", REFERENCE["texts"], ids=lambda case: case["reference"])
def test_texts_score_as_the_kept_libraries_say(case: dict[str, Any]) -> None:
    pair = case["reference"], case["answer"]
    assert chrf(*pair) == pytest.approx(case["chrf"], abs=1e-6)
    assert "rouge_l" not in case or rouge_l(*pair) == pytest.approx(case["rouge_l"], abs=1e-6)


@given(st.text(), st.text())
def test_every_metric_lies_between_nothing_and_all(reference: str, answer: str) -> None:
    assert all(0 <= score(reference, answer) <= 1 + 1e-9 for score in TEXT_METRICS.values())


@given(st.text())
def test_a_text_matches_itself(text: str) -> None:
    assert exact_match(text, text) == 1
    assert chrf(text, text) == pytest.approx(1.0 if text.split() else 0.0)
