"""Every key and every name of a run."""

from datetime import UTC, datetime

import pytest

from tunedrop.layout import (
    RunLayout,
    answer_key,
    attempt_name,
    is_run_id,
    make_run_id,
    run_of_attempt,
)

DROP = {
    "recipe": "support",
    "bucket": "datasets",
    "key": "datasets/support/a.jsonl",
    "version_id": "v1",
    "dropped_at": datetime(2026, 11, 22, 23, 59, tzinfo=UTC),
}
LAYOUT = RunLayout(recipe="support", run_id="support-20261122-0123456789ab")


def test_a_run_id_is_recipe_date_and_twelve_digits() -> None:
    recipe, date, digits = make_run_id(**DROP).split("-")
    assert (recipe, date) == ("support", "20261122")
    assert len(digits) == 12
    assert int(digits, 16)


def test_the_same_version_always_has_the_same_name() -> None:
    assert make_run_id(**DROP) == make_run_id(**DROP)


@pytest.mark.parametrize(
    "change", [{"bucket": "other"}, {"key": "datasets/support/b.jsonl"}, {"version_id": "v2"}]
)
def test_another_object_version_has_another_name(change: dict[str, str]) -> None:
    assert make_run_id(**{**DROP, **change}) != make_run_id(**DROP)


def test_parts_of_the_name_do_not_run_into_one_another() -> None:
    one = make_run_id(**{**DROP, "key": "ab", "version_id": "c"})
    assert one != make_run_id(**{**DROP, "key": "a", "version_id": "bc"})


def test_the_longest_recipe_leaves_room_for_the_attempt() -> None:
    run_id = make_run_id(**{**DROP, "recipe": "r" * 31})
    assert is_run_id(run_id)
    assert len(attempt_name(run_id, 2)) <= 63


@pytest.mark.parametrize("name", ["a", "support-20261122-abc", "My-Run", "0", "a" * 60])
def test_bedrock_can_carry_this_name(name: str) -> None:
    assert is_run_id(name)


@pytest.mark.parametrize(
    "name", ["", "a b", "a_b", "a--b", "-a", "a-", "a" * 61, "a.b", "é", "a\n"]
)
def test_bedrock_cannot_carry_this_name(name: str) -> None:
    assert not is_run_id(name)


def test_the_run_is_read_off_the_name_of_its_attempt() -> None:
    assert run_of_attempt(attempt_name("support-20261122-abc", 2)) == "support-20261122-abc"


def test_the_answer_lies_under_the_dropped_key() -> None:
    assert answer_key("datasets/support/a b+c.jsonl") == "answers/datasets/support/a b+c.jsonl.json"


def test_everything_of_a_run_lies_under_its_root() -> None:
    root = "runs/support/support-20261122-0123456789ab/"
    assert LAYOUT.record == f"{root}run.json"
    assert LAYOUT.report == f"{root}report.html"
    assert LAYOUT.dataset("train.jsonl") == f"{root}dataset/train.jsonl"
    assert LAYOUT.evaluation("metrics.json") == f"{root}evaluation/metrics.json"


def test_what_bedrock_writes_lies_apart_so_that_it_can_expire() -> None:
    assert LAYOUT.training_output == "training/support/support-20261122-0123456789ab/"


def test_answer_to_a_key_too_long_for_s3_has_a_key_of_its_own_that_is_not() -> None:
    keys = {answer_key(f"datasets/{'é' * 500}{end}") for end in ("a", "b")}
    assert len(keys) == 2
    assert all(len(key.encode()) <= 1024 for key in keys)
