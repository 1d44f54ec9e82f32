"""Splits: decided by content, stable as datasets grow, and never empty where it can be helped."""

import json

import pytest
from dataset_builders import TITAN, file_of, pairs, recipe_for
from prepared import prepared_files

from tunedrop.dataset.records import Record, Turn
from tunedrop.dataset.splits import SplitCounter, split_key, text_key
from tunedrop.dataset.validation import validate


def side_of(count: int, model: str = TITAN) -> dict[str, str]:
    """Which side each prompt of a dataset of `count` records falls on."""
    files, _ = prepared_files(pairs(count), recipe_for(model))
    return {
        json.loads(line)["prompt"]: name
        for name in ("train.jsonl", "validation.jsonl", "test.jsonl")
        for line in files.get(name, b"").splitlines()
    }


def test_key_is_of_content_and_not_of_format() -> None:
    record = Record(None, (Turn("user", "one"), Turn("assistant", "two")))
    assert split_key(record) == text_key("", "one", "two") != text_key("", "onet", "wo")


def test_record_keeps_its_side_when_the_dataset_grows() -> None:
    small, large = side_of(300), side_of(900)
    assert all(large[prompt] == side for prompt, side in small.items())


def test_equal_records_fall_on_the_same_side() -> None:
    files, _ = prepared_files(pairs(100) + pairs(100), recipe_for(TITAN))
    sides = [set(files[f"{name}.jsonl"].splitlines()) for name in ("train", "validation", "test")]
    assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])


@pytest.mark.parametrize("count", range(10, 26))
def test_small_dataset_has_a_test_and_a_validation_record(count: int) -> None:
    counts = validate({"train": [file_of(pairs(count))]}, recipe_for(TITAN)).records
    assert counts.test >= 1
    assert counts.validation >= 1
    assert counts.train >= count // 2


def test_guaranteed_record_is_the_one_with_the_smallest_key() -> None:
    counter = SplitCounter(
        test_share=1e-9, validation_share=0, min_test=1, min_validation=1, max_validation=None
    )
    keys = [text_key("", f"prompt {number}") for number in range(10)]
    for key in keys:
        counter.add(key)
    split = counter.split(10, 1)
    assert (split.train, split.test) == (9, 1)
    assert split.plan.bounds()[0] == min(keys) + 1


def test_no_record_is_guaranteed_at_the_cost_of_the_minimum() -> None:
    counter = SplitCounter(
        test_share=1e-9, validation_share=1e-9, min_test=1, min_validation=1, max_validation=None
    )
    for number in range(8):
        counter.add(text_key("", f"prompt {number}"))
    split = counter.split(8, 8)
    assert (split.train, split.validation, split.test) == (8, 0, 0)


@pytest.mark.parametrize("count", range(20, 60, 3))
def test_recipe_that_compares_gets_the_test_records_that_it_takes(count: int) -> None:
    report = validate({"train": [file_of(pairs(count))]}, recipe_for(evaluation={"beat": "base"}))
    assert report.fit
    assert report.records.test >= 6
    assert report.records.train + report.records.validation + report.records.test == count
