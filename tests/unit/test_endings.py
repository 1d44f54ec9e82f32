"""How executions end, also those that never opened a record."""

import json

import pytest

from tests.unit.run_builders import NOW
from tunedrop.endings import failure_of, run_of_execution, source_of
from tunedrop.run import Failure, Source
from tunedrop.settings import Settings

SETTINGS = Settings(
    tunedrop_stage="dev",
    datasets_bucket="",
    artifacts_bucket="",
    runs_table="",
    notifications_topic_arn="",
    customization_role_arn="",
    model_key_arn="",
    recipe_names="",
    create_timeout_seconds="90",
)


def test_what_the_workflow_caught_is_the_failure() -> None:
    caught = {"Error": "ModelRejectedError", "Cause": '{"errorMessage": "Too bad."}'}
    expected = Failure(error="ModelRejectedError", cause="Too bad.")
    assert failure_of(caught, "FAILED") == expected


def test_a_stopped_execution_is_a_cancelled_run() -> None:
    assert failure_of(None, "ABORTED").error == "RunCancelledError"


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "GONE"])
def test_another_end_is_told_by_its_status(status: str) -> None:
    assert f"ended {status} without cleaning up" in failure_of({}, status).cause


@pytest.mark.parametrize(
    ("key", "recipe"),
    [
        ("datasets/support/a.jsonl", "support"),
        ("datasets/support", "support"),
        ("datasets//a.jsonl", "unknown"),
        ("other/support/a.jsonl", "unknown"),
        ("datasets", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_recipe_is_read_off_the_key(key: str, recipe: str) -> None:
    given = json.dumps({"bucket": "b", "key": key, "version_id": "v"})
    found = run_of_execution("run", "arn", given, SETTINGS, NOW)
    assert (found.recipe, found.stage, found.status) == (recipe, "dev", "running")
    assert found.source == Source(bucket="b", key=key, version_id="v")


@pytest.mark.parametrize("given", ["{}", "null", "[]", '"text"', "3"])
def test_an_input_that_names_no_object_has_an_empty_source(given: str) -> None:
    assert source_of(given) == Source(bucket="", key="", version_id="")


def test_further_fields_of_an_input_are_passed_over() -> None:
    given = '{"bucket": "b", "key": "k", "version_id": "v", "comment": "by hand"}'
    assert source_of(given) == Source(bucket="b", key="k", version_id="v")
