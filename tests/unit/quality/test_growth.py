"""Growth advice: published numbers with their source, held against what a dataset amounts to."""

from typing import get_args

import pytest

from tunedrop.catalog.models import Method
from tunedrop.quality.growth import growth_advice


def advice(method: str, effective: int, records: int = 0, labels: tuple[str, ...] = ()) -> str:
    return " ".join(growth_advice(method, records or effective, effective, labels))


@pytest.mark.parametrize("method", get_args(Method))
def test_every_method_has_its_numbers_with_their_source(method: str) -> None:
    assert "AWS " in advice(method, 300)
    assert "guide" in advice(method, 300)


@pytest.mark.parametrize(
    ("effective", "told"),
    [
        (150, "50 more records would reach the least of that."),
        (199, "1 more record would reach the least of that."),
        (1_215, "785 more records would reach what is advised;"),
        (2_000, "More of the same would do little:"),
    ],
)
def test_it_says_how_far_a_dataset_is_from_what_is_advised(effective: int, told: str) -> None:
    said = advice("instruction_tuning", effective)
    assert f"here are {effective:,} without repetition" in said
    assert told in said


def test_a_single_record_is_told_in_the_singular() -> None:
    assert "here is 1 without repetition." in advice("instruction_tuning", 1)


def test_repetition_and_rare_labels_say_which_records_would_help() -> None:
    said = advice("transfer_learning", 500, 540, ("refund", "fraud", "other", "praise"))
    assert "More like the 40 records that repeat others would add nothing." in said
    assert "the labels of fewer than ten records, refund, fraud, other, …: Amazon Comp" in said
    assert "nothing" not in advice("transfer_learning", 500)


def test_facts_are_not_to_be_learned_by_tuning() -> None:
    assert "for new facts AWS advises" in advice("domain_adaptation", 500)
    assert "tens of billions of tokens" in advice("continued_pre_training", 500)
    assert advice("guessing", 500) == ""
