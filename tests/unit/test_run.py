"""The record of a run, as data and back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.unit.run_builders import NOW, job, recipe, run
from tunedrop.run import Promotion, Wait, moment, plain, run_from, timestamp


def test_a_run_survives_the_way_through_plain_data() -> None:
    before = run(job=job(), wait=Wait(token="t", since="s"), former_jobs=(job(attempt=1),))
    assert run_from({"pk": "run#x", **plain(before)}) == before


def test_what_is_empty_is_not_written() -> None:
    written = plain(run())
    assert not {"job", "outcome", "promotion", "wait", "again"} & set(written)


def test_the_plan_is_the_recipe_as_it_was() -> None:
    planned = recipe(hyperparameters={"epochs": 3}, deployment={"grace": "2h"})
    assert run_from(plain(run(planned))).plan == planned


def test_numbers_from_the_table_are_read_whatever_their_type() -> None:
    stored = {**plain(run()), "promotion": {"version": 2.0, "promoted_at": "x"}}
    assert run_from(stored).promotion == Promotion(version=2, promoted_at="x")


def test_the_layout_is_that_of_recipe_and_run() -> None:
    assert run().layout.root == "runs/support/support-20261122-0123456789ab/"


def test_runs_are_ordered_by_their_drop_and_then_by_their_start() -> None:
    later_drop = run(dropped_at=timestamp(NOW + timedelta(seconds=1)), started_at=timestamp(NOW))
    later_start = run(started_at=timestamp(NOW + timedelta(milliseconds=1)))
    assert run().order < later_start.order < later_drop.order


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, 6_000, UTC), "2026-01-02T03:04:05.006Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 999_999, UTC), "2026-01-02T03:04:05.999Z"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00.000Z"),
    ],
)
def test_a_moment_is_written_in_utc_with_milliseconds(given: datetime, text: str) -> None:
    assert timestamp(given) == text
    assert abs(moment(text) - given) < timedelta(milliseconds=1)


def test_a_moment_of_another_zone_is_written_in_utc() -> None:
    berlin = timezone(timedelta(hours=2))
    assert timestamp(datetime(2026, 1, 2, 2, 0, tzinfo=berlin)) == "2026-01-02T00:00:00.000Z"


def test_a_moment_that_s3_wrote_is_read() -> None:
    assert moment("2026-11-22T12:00:00Z") == NOW
