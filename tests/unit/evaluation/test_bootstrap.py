"""The interval around a mean difference."""

import random
import time
from statistics import fmean

import pytest

from tunedrop.evaluation.bootstrap import corpus_interval, paired_interval
from tunedrop.evaluation.labels import macro_f1


def noise(count: int, *, mean: float = 0.0, seed: int = 0) -> list[float]:
    generator = random.Random(seed)
    return [generator.gauss(mean, 1.0) for _ in range(count)]


def test_the_same_seed_gives_the_same_interval() -> None:
    differences = noise(50)
    assert paired_interval(differences, seed=7) == paired_interval(differences, seed=7)
    assert paired_interval(differences, seed=7) != paired_interval(differences, seed=8)


def test_bounds_lie_where_theory_puts_them() -> None:
    interval = paired_interval(noise(1_000, mean=0.5), seed=1)
    assert interval.low == pytest.approx(interval.mean - 1.96 / 1_000**0.5, abs=0.012)
    assert interval.high == pytest.approx(interval.mean + 1.96 / 1_000**0.5, abs=0.012)


@pytest.mark.parametrize("count", [8, 15])
def test_small_samples_are_covered_as_often_as_promised(count: int) -> None:
    intervals = [paired_interval(noise(count, seed=seed), seed=seed) for seed in range(200)]
    covered = sum(interval.low <= 0 <= interval.high for interval in intervals)
    assert covered >= 0.90 * 200


@pytest.mark.parametrize("differences", [[0.25], [0.0, 0.0, 0.0]])
def test_nothing_to_resample_is_a_point(differences: list[float]) -> None:
    interval = paired_interval(differences, seed=1)
    assert interval.low == interval.mean == interval.high == differences[0]


def test_two_differences_are_no_certainty() -> None:
    interval = paired_interval([0.1, 0.9], seed=1)
    assert (interval.low, interval.high) == pytest.approx((0.1, 0.9))


def test_a_thousand_pairs_take_well_under_a_second() -> None:
    began = time.perf_counter()
    paired_interval(noise(1_000), seed=1)
    assert time.perf_counter() - began < 1


def test_a_statistic_of_whole_sets_is_bounded_as_its_mean_would_be() -> None:
    mine, theirs = noise(300, mean=0.5), noise(300, seed=1)
    paired = paired_interval([a - b for a, b in zip(mine, theirs, strict=True)], seed=3)
    corpus = corpus_interval(mine, theirs, fmean, seed=3)
    assert (corpus.mean, corpus.low, corpus.high) == pytest.approx(
        (paired.mean, paired.low, paired.high)
    )


def test_two_models_that_answer_alike_differ_by_nothing() -> None:
    outcomes = [("a", "a"), ("b", "a")] * 10
    interval = corpus_interval(outcomes, outcomes, macro_f1, seed=1)
    assert (interval.low, interval.mean, interval.high) == (0, 0, 0)


def test_a_model_that_knows_the_rare_label_is_surely_better_by_macro_f1() -> None:
    right = ["often"] * 45 + ["rare"] * 15
    mine = [(label, label) for label in right]
    theirs = [(label, "often") for label in right]
    interval = corpus_interval(mine, theirs, macro_f1, seed=1)
    assert 0.4 < interval.low < interval.mean < interval.high
