"""ValidateDataset: every record is checked, and the same bytes are not tuned twice."""

import json

import msgspec
import pytest

from tests.functional.samples import NOW, lines, recipe, records
from tests.functional.world import Call, World
from tunedrop.errors import DatasetRejectedError, RunCancelledError
from tunedrop.run import Run

# The records are of one pattern, which is found.
NEW = {"records": 40, "warnings": 2, "is_new": True, "unchanged_since": ""}


def rejection(call: Call, run: Run) -> str:
    with pytest.raises(DatasetRejectedError) as rejected:
        call("validate_dataset", run_id=run.run_id)
    return str(rejected.value)


def end(world: World, run: Run, outcome: str) -> None:
    world.services.records.end(run, outcome=outcome, cause="", now=NOW)


def test_a_fit_dataset_is_counted(world: World, call: Call) -> None:
    run = world.run_over(world.drop())
    assert call("validate_dataset", run_id=run.run_id) == NEW


def test_the_report_is_written_beside_the_run(world: World, call: Call) -> None:
    run = world.run_over(world.drop())
    call("validate_dataset", run_id=run.run_id)
    report = json.loads(world.read(run.layout.dataset("report.json")))
    assert report["fit"] is True
    assert world.find(run).dataset["digest"] == report["digest"]


def test_a_second_call_by_the_same_run_finds_the_same(world: World, call: Call) -> None:
    run = world.run_over(world.drop())
    assert call("validate_dataset", run_id=run.run_id) == NEW
    assert call("validate_dataset", run_id=run.run_id) == NEW


def test_the_version_that_the_run_is_pinned_to_is_read(world: World, call: Call) -> None:
    run = world.run_over(world.drop())
    world.drop(content=b"something else")
    assert call("validate_dataset", run_id=run.run_id) == NEW


def test_a_rejection_names_line_and_what_to_do_and_quotes_no_record(
    world: World, call: Call
) -> None:
    broken = [*records()[:2], {"prompt": "top secret"}, *records()[3:]]
    run = world.run_over(world.drop(content=lines(broken)))
    words = rejection(call, run)
    assert "line 3" in words
    assert "completion" in words
    assert "secret" not in words


def test_the_findings_of_a_rejected_dataset_are_kept(world: World, call: Call) -> None:
    run = world.run_over(world.drop(content=b"no JSON\n"))
    rejection(call, run)
    assert world.find(run).dataset["findings"]
    assert json.loads(world.read(run.layout.dataset("report.json")))["fit"] is False


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "t.jsonl: the file holds no record"),
        ("[1]\n".encode("utf-16"), "t.jsonl: the file is UTF-16 text. Save the file as UTF-8"),
        (lines(records()[:3]), "in 3 records (too-few-records 1, "),
    ],
    ids=["empty", "another encoding", "too few records"],
)
def test_a_file_that_is_no_dataset_is_rejected_in_words(
    world: World, call: Call, content: bytes, words: str
) -> None:
    found = rejection(call, world.run_over(world.drop("t.jsonl", content)))
    assert words in found
    assert "Traceback" not in found


def test_the_same_bytes_as_a_running_run_are_unchanged(world: World, call: Call) -> None:
    first = world.run_over(world.drop())
    call("validate_dataset", run_id=first.run_id)
    second = world.run_over(world.drop("again.jsonl"))
    found = call("validate_dataset", run_id=second.run_id)
    assert found == {**NEW, "is_new": False, "unchanged_since": first.run_id}


def test_the_same_bytes_as_a_successful_run_are_unchanged(world: World, call: Call) -> None:
    first, second = world.run_over(world.drop()), world.run_over(world.drop())
    call("validate_dataset", run_id=first.run_id)
    end(world, first, "RunSucceeded")
    assert call("validate_dataset", run_id=second.run_id)["unchanged_since"] == first.run_id


def test_the_same_bytes_are_tuned_again_when_the_request_says_so(world: World, call: Call) -> None:
    first, again = world.run_over(world.drop()), world.run_over(world.drop(), again=True)
    call("validate_dataset", run_id=first.run_id)
    assert call("validate_dataset", run_id=again.run_id) == NEW


def test_the_same_bytes_as_a_failed_run_are_new(world: World, call: Call) -> None:
    first, second = world.run_over(world.drop()), world.run_over(world.drop())
    call("validate_dataset", run_id=first.run_id)
    end(world, first, "ServiceFailed")
    assert call("validate_dataset", run_id=second.run_id) == NEW
    third = world.run_over(world.drop())
    assert call("validate_dataset", run_id=third.run_id)["unchanged_since"] == second.run_id


def test_the_same_bytes_through_a_changed_recipe_are_new(world: World, call: Call) -> None:
    first = world.run_over(world.drop())
    other = world.run_over(world.drop(), recipe(hyperparameters={"epochs": 3}))
    call("validate_dataset", run_id=first.run_id)
    assert call("validate_dataset", run_id=other.run_id) == NEW


def test_a_cancelled_run_is_not_validated(world: World, call: Call) -> None:
    run = world.run_over(world.drop())
    world.services.records.cancel(run.run_id, "somebody")
    with pytest.raises(RunCancelledError, match="cancelled by somebody"):
        call("validate_dataset", run_id=run.run_id)


@pytest.mark.parametrize("event", [{}, {"run_id": "x", "records": 1}, {"run_id": 1}])
def test_an_input_of_another_shape_is_refused(call: Call, event: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        call("validate_dataset", **event)
