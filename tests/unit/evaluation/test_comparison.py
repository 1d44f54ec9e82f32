"""Decisions between models, and their words."""

import re
from dataclasses import dataclass, field

import pytest

from tunedrop.evaluation.comparison import Comparison, compare
from tunedrop.evaluation.examples import example, extremes
from tunedrop.evaluation.metrics import TEXT_METRICS

REFERENCE = "the customer wants a refund for the broken lamp"
GOOD = "the customer wants a refund for the lamp"
FAIR = "the customer wants money"
POOR = "hello"


@dataclass(frozen=True)
class Goals:
    metrics: dict[str, float] = field(default_factory=dict)
    beat: str | None = None
    on_tie: str = "keep"


def contest(
    custom: list[str], base: list[str], goals: Goals, champion: list[str] | None = None
) -> Comparison:
    answers = {"custom": custom, "base": base}
    if champion is not None:
        answers["champion"] = champion
    scored = {
        model: [
            {name: score(REFERENCE, text) for name, score in TEXT_METRICS.items()} for text in row
        ]
        for model, row in answers.items()
    }
    return compare([REFERENCE] * len(custom), answers, goals, scored=scored, seed=1)


def test_a_model_that_answers_better_beats_the_base() -> None:
    comparison = contest([GOOD, FAIR] * 20, [POOR] * 40, Goals(beat="base"))
    assert comparison.accepted
    assert "On 40 test records the custom model beats the base model: rouge_l" in comparison.verdict
    assert "against 0.000" in comparison.verdict
    assert comparison.metrics[0].gain.low > 0


def test_a_model_that_answers_worse_is_rejected_with_the_numbers() -> None:
    comparison = contest([POOR] * 40, [GOOD, FAIR] * 20, Goals(beat="base", on_tie="promote"))
    assert not comparison.accepted
    assert "is worse than the base model: rouge_l 0.000" in comparison.verdict


@pytest.mark.parametrize(("on_tie", "accepted"), [("keep", False), ("promote", True)])
def test_a_tie_is_decided_by_the_recipe(on_tie: str, accepted: bool) -> None:
    mine, theirs = [GOOD, POOR] * 20, [POOR, GOOD] * 20
    comparison = contest(mine, theirs, Goals(beat="base", on_tie=on_tie))
    assert comparison.accepted is accepted
    assert "cannot be told apart from the base model" in comparison.verdict
    assert f"evaluation.on_tie: {on_tie}" in comparison.verdict


def test_the_champion_is_beaten_where_there_is_one() -> None:
    goals = Goals(beat="champion")
    comparison = contest([FAIR] * 40, [POOR] * 40, goals, champion=[GOOD] * 40)
    assert not comparison.accepted
    assert "is worse than the champion" in comparison.verdict
    assert comparison.record()["metrics"]["rouge_l"]["against"] == "champion"


def test_without_a_champion_the_base_model_is_to_be_beaten() -> None:
    comparison = contest([GOOD] * 40, [POOR] * 40, Goals(beat="champion"))
    assert comparison.accepted
    assert "There is no champion to compare it with" in comparison.verdict


def test_a_metric_below_its_minimum_is_rejected_by_how_much() -> None:
    comparison = contest([FAIR] * 40, [POOR] * 40, Goals(metrics={"rouge_l": 0.9}, beat="base"))
    assert not comparison.accepted
    assert re.search(r"is 0\.\d+ below the recipe's minimum of 0.9", comparison.verdict)


def test_a_recipe_that_asks_for_nothing_accepts_and_still_measures() -> None:
    comparison = contest([POOR] * 40, [GOOD] * 40, Goals())
    assert comparison.accepted
    assert set(comparison.record()["metrics"]) == {"rouge_l", "chrf", "exact_match"}
    assert "asks for no model to be beaten" in comparison.verdict


def test_named_metrics_decide_together_and_one_loss_loses() -> None:
    custom, base = [f"{REFERENCE} and so on"] * 20 + [GOOD] * 20, [REFERENCE] * 20 + [POOR] * 20
    goals = Goals(metrics={"rouge_l": 0.1, "exact_match": 0.0}, beat="base")
    comparison = contest(custom, base, goals)
    decided = {each.name: each.contest for each in comparison.metrics if each.decides}
    assert decided == {"rouge_l": "won", "exact_match": "lost"}
    assert not comparison.accepted


def test_five_records_prove_nothing_and_that_is_said() -> None:
    comparison = contest([GOOD] * 5, [POOR] * 5, Goals(beat="base"))
    assert not comparison.accepted
    assert "it takes at least 6 test records" in comparison.verdict


def test_a_small_test_set_says_what_it_cannot_see() -> None:
    comparison = contest([GOOD, FAIR] * 6, [POOR] * 12, Goals(beat="base"))
    assert comparison.accepted
    assert "The test set is small: differences below 0." in comparison.verdict


@pytest.mark.parametrize(("goals", "accepted"), [(Goals(), True), (Goals(beat="base"), False)])
def test_nothing_answered_is_rejected_only_where_something_is_asked(
    goals: Goals, accepted: bool
) -> None:
    comparison = contest([], [], goals)
    assert comparison.accepted is accepted
    assert "models were not compared" in comparison.verdict
    assert comparison.record()["metrics"] == {}


def test_examples_are_the_greatest_gains_and_the_greatest_losses() -> None:
    assert extremes([3, -2, 0, 9, 1, -7, 2, 8], float) == [9, 8, 3, 0, -2, -7]
    assert extremes([1, 2, 3, 4], float) == [4, 3, 2, 1]
    assert extremes([], float) == []


def test_long_texts_are_cut_in_examples_and_what_is_no_text_is_left_out() -> None:
    shown = example({"prompt": "p", "custom": "a" * 9_000, "base": None, "refused": {}})
    assert set(shown) == {"prompt", "custom"}
    assert len(shown["custom"]) < 1_600
    assert shown["custom"].endswith("[...]")
