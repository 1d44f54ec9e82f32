"""The guard against forgetting."""

import pytest

from tunedrop.evaluation.general import GeneralCheck, check_general

REFERENCE = "the capital of France is Paris"


def check(custom: str, base: str, count: int = 40, allowed: float = 0.02) -> GeneralCheck:
    answers = [[text] * count for text in (REFERENCE, custom, base)]
    return check_general(*answers, allowed=allowed, seed=1)


def test_a_model_that_forgot_is_refused_by_how_much() -> None:
    found = check("lamp refund", REFERENCE)
    assert not found.accepted
    assert "(-1.000, 95% interval -1.000 to -1.000)" in found.verdict
    assert "lost more than the 0.02 that the recipe allows" in found.verdict
    assert "Try fewer epochs" in found.verdict


@pytest.mark.parametrize(("allowed", "accepted"), [(0.1, False), (0.5, True)])
def test_the_recipe_says_how_much_may_be_lost(allowed: float, accepted: bool) -> None:
    assert check("the capital is Paris", REFERENCE, allowed=allowed).accepted is accepted


def test_a_model_that_lost_nothing_passes() -> None:
    found = check(REFERENCE, REFERENCE)
    assert found.accepted
    assert "has not surely lost more" in found.verdict


def test_a_loss_that_may_be_noise_is_not_held_against_the_model() -> None:
    references = [REFERENCE] * 20
    custom = [REFERENCE] * 18 + ["no"] * 2
    found = check_general(references, custom, references, allowed=0.02, seed=1)
    assert found.gain is not None
    assert found.gain.mean < -0.02 < found.gain.high
    assert found.accepted


def test_five_records_prove_no_loss_and_that_is_said() -> None:
    found = check("no", REFERENCE, count=5)
    assert found.accepted
    assert "too few to see a loss, it takes at least 6" in found.verdict
    assert "gain" not in found.record()


def test_nothing_answered_is_said_too() -> None:
    assert check("", "", count=0).record()["records"] == 0
