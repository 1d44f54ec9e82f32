"""Which loss curves are accepted, and the words for those that are not."""

import math
import time
from dataclasses import dataclass

import pytest

from tunedrop.errors import ModelRejectedError
from tunedrop.training.curves import Point, TrainingCurves
from tunedrop.training.metric_files import judge


@dataclass(frozen=True)
class Limits:
    max_validation_loss: float | None = None


def curve(*values: float, per_epoch: int = 1) -> tuple[Point, ...]:
    return tuple(
        Point(step=at, epoch=math.ceil(at / per_epoch), loss=value)
        for at, value in enumerate(values, start=1)
    )


def refusal(
    training: tuple[Point, ...] = (),
    validation: tuple[Point, ...] = (),
    limit: float | None = None,
    notes: tuple[str, ...] = (),
) -> str:
    curves = TrainingCurves(training=training, validation=validation, notes=notes)
    with pytest.raises(ModelRejectedError) as caught:
        judge(curves, Limits(limit))
    return str(caught.value)


def test_falling_losses_are_accepted_with_their_course() -> None:
    curves = TrainingCurves(training=curve(2.5, 1.75, 1.2), validation=curve(2.4, 1.9))
    verdict = judge(curves, Limits(2.5))
    assert verdict.sentence == (
        "Training loss fell from 2.50 to 1.20; validation loss fell from 2.40 to 1.90 (limit 2.50)."
    )
    assert verdict.summary == {
        "training": {"first": 2.5, "final": 1.2, "best": 1.2, "best_step": 3},
        "validation": {"first": 2.4, "final": 1.9, "best": 1.9, "best_step": 2},
    }


def test_nothing_to_judge_is_said_and_accepted_without_a_limit() -> None:
    verdict = judge(TrainingCurves(notes=("Bedrock wrote no training losses.",)), Limits())
    assert verdict.sentence == "Bedrock wrote no training losses."
    assert (verdict.summary, verdict.perplexity) == ({}, "")


@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_a_loss_that_is_no_number_is_divergence_with_its_step(broken: float) -> None:
    words = refusal(training=curve(2.5, 2.0, broken))
    assert f"Training diverged: the training loss is {broken} at step 3 (epoch 3)" in words
    assert "lower learning rate" in words


def test_a_loss_that_explodes_is_divergence_with_its_numbers() -> None:
    words = refusal(training=curve(*[2.5] * 10, *[2.0] * 20, *[6.0] * 10))
    assert "began at 2.50, was 2.00 at its best and ended at 6.00" in words


def test_forty_thousand_steps_are_judged_at_once() -> None:
    long = TrainingCurves(training=curve(*[1 + 1 / at for at in range(1, 40_001)]))
    began = time.perf_counter()
    judge(long, Limits())
    assert time.perf_counter() - began < 1


def test_noise_of_single_steps_is_no_divergence() -> None:
    noisy = curve(0.9, 0.5, 1.1, 0.6, 0.8, 1.0)
    assert judge(TrainingCurves(training=noisy), Limits()).summary["training"]["final"] == 1.0


def test_validation_that_turned_is_overfitting_with_the_epochs_to_try() -> None:
    words = refusal(training=curve(2.5, 1.0, 0.3, 0.1), validation=curve(2.0, 1.5, 1.8, 2.1))
    assert words == (
        "The model overfitted: validation loss was best at step 2 (epoch 2) with 1.50 and ended "
        "40% higher at 2.10, while training loss fell from 2.50 to 0.1. "
        "Try 2 epochs, a lower learning rate, or more records."
    )


def test_validation_that_exploded_while_training_fell_is_overfitting() -> None:
    validation = curve(1.0, 0.8, 0.6, 0.7, 0.9, 1.1, 1.3, 1.5)
    training = curve(2.0, 1.7, 1.4, 1.1, 0.8, 0.5, 0.3, 0.1)
    words = refusal(training=training, validation=validation)
    assert words.startswith("The model overfitted: validation loss was best at step 3 (epoch 3)")
    assert words.endswith("Try 3 epochs, a lower learning rate, or more records.")
    assert refusal(validation=validation).startswith("Training diverged: the validation loss")


def test_overfitting_within_one_epoch_does_not_advise_the_same_epochs_again() -> None:
    words = refusal(validation=curve(2.0, 1.5, 1.8, 2.1, per_epoch=4))
    assert words.endswith("Try a lower learning rate, or more records.")


def test_validation_that_levels_off_is_accepted() -> None:
    levelled = TrainingCurves(validation=curve(2.0, 1.5, 1.49, 1.52))
    assert judge(levelled, Limits()).summary["validation"]["best"] == 1.49


@pytest.mark.parametrize(
    ("training", "validation", "advice"),
    [
        (curve(2.5, 0.4), curve(3.2, 3.19), "the model recites its examples"),
        (curve(3.5, 3.0), curve(3.9, 3.2), "more epochs"),
        (curve(3.3, 3.2), curve(3.21, 3.2), "both losses levelled off"),
    ],
)
def test_a_loss_over_the_limit_says_by_how_much_and_what_the_curves_advise(
    training: tuple[Point, ...], validation: tuple[Point, ...], advice: str
) -> None:
    words = refusal(training=training, validation=validation, limit=2.5)
    assert "above the recipe's limit of 2.50 (evaluation.max_validation_loss)" in words
    assert "28%" in words
    assert advice in words


def test_a_limit_without_validation_losses_is_a_refusal_that_says_why() -> None:
    words = refusal(training=curve(2.5), limit=2.5, notes=("Bedrock wrote no validation losses.",))
    assert "at most 2.50, but there is none to judge: Bedrock wrote no validation losses." in words
    assert "data.validation_share" in words


# Plateaus and perplexity


def falling(*, flat_from: int, steps: int = 60) -> tuple[Point, ...]:
    return curve(*[3.0 - 2.0 * min(at, flat_from) / flat_from for at in range(1, steps + 1)])


def test_a_loss_that_levels_off_is_said_with_its_step() -> None:
    sentence = judge(TrainingCurves(training=falling(flat_from=20)), Limits()).sentence
    assert "Training loss levelled off from step" in sentence
    step = int(sentence.rpartition("from step ")[2].split()[0])
    assert 15 <= step <= 22


@pytest.mark.parametrize("flat_from", [50, 60])
def test_a_loss_that_still_falls_has_not_levelled_off(flat_from: int) -> None:
    curves = TrainingCurves(training=falling(flat_from=flat_from))
    assert "levelled off" not in judge(curves, Limits()).sentence


def test_a_loss_that_never_moved_asks_for_a_higher_learning_rate() -> None:
    unmoved = TrainingCurves(training=curve(*[2.5, 2.51] * 20))
    assert "hardly moved: a higher learning rate" in judge(unmoved, Limits()).sentence
    words = refusal(training=unmoved.training, validation=curve(2.6, 2.6), limit=2.0)
    assert "Try a higher learning rate or more epochs: training loss hardly moved." in words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((12.2, 4.05), "Bedrock's perplexity on the validation set fell from 12.20 to 4.05."),
        ((4.0, 9.0), "Bedrock's perplexity on the validation set rose from 4.00 to 9.00."),
        ((4.0,), "Bedrock's perplexity on the validation set is 4.00."),
        ((None, math.inf), ""),
    ],
)
def test_perplexity_is_told_where_bedrock_gives_one(
    given: tuple[float | None, ...], words: str
) -> None:
    points = tuple(
        Point(step=at, epoch=at, loss=1.0, perplexity=each) for at, each in enumerate(given, 1)
    )
    verdict = judge(TrainingCurves(validation=points), Limits())
    assert verdict.perplexity == words
    assert verdict.sentence.endswith(words)


def test_perplexity_of_the_training_set_stands_in_where_there_is_no_validation() -> None:
    points = (Point(step=1, epoch=1, loss=1.0, perplexity=8.0),)
    verdict = judge(TrainingCurves(training=points), Limits())
    assert verdict.perplexity == "Bedrock's perplexity on the training set is 8.00."
    assert verdict.summary["training"]["final_perplexity"] == 8.0
