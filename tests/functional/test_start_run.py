"""StartRun: every drop is answered, and one drop is one run."""

import json
from typing import Any

import pytest

from tests.functional.ground import ENDING_AT_ONCE
from tests.functional.samples import RECIPE, Json
from tests.functional.world import Call, World
from tunedrop.answers import NOTHING_STARTED, RUN_STARTED
from tunedrop.layout import make_run_id
from tunedrop.run import Source, plain

TAKEN = {"batchItemFailures": []}


def s3_event(source: Source, time: str = "2026-11-22T12:00:00Z") -> Json:
    detail = {
        "bucket": {"name": source.bucket},
        "object": {"key": source.key, "size": 1, "version-id": source.version_id},
        "reason": "PutObject",
    }
    return {"source": "aws.s3", "detail-type": "Object Created", "time": time, "detail": detail}


def message(body: Any, number: int = 0) -> Json:
    return {
        "messageId": f"message-{number}",
        "receiptHandle": "handle",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:intake",
        "awsRegion": "us-east-1",
    }


def deliver(call: Call, *sources: Source) -> Json:
    return call("start_run", Records=[message(s3_event(s), n) for n, s in enumerate(sources)])


def executions_over(world: World, source: Source) -> int:
    machine = world.settings.state_machine_arn
    return world.inputs_of(machine).count(plain(source))


def test_a_dropped_dataset_starts_a_run_and_is_answered(world: World, call: Call) -> None:
    source = world.drop()
    assert deliver(call, source) == TAKEN
    answer = world.answer(source)
    assert (answer.outcome, answer.version_id) == (RUN_STARTED, source.version_id)
    assert answer.run_id.startswith(f"{RECIPE}-20")
    assert executions_over(world, source) == 1


def test_the_run_is_named_after_the_object_version_and_its_date(world: World, call: Call) -> None:
    source = world.drop()
    deliver(call, source)
    version = world.services.datasets.find(source.key, source.version_id)
    assert version is not None
    expected = make_run_id(recipe=RECIPE, dropped_at=version.last_modified, **plain(source))
    assert world.answer(source).run_id == expected


def test_a_run_request_starts_a_run(world: World, call: Call) -> None:
    source = world.drop("october.run.yaml", b"train: parts/a.jsonl\n")
    assert deliver(call, source) == TAKEN
    assert world.answer(source).outcome == RUN_STARTED


def test_an_event_delivered_twice_is_one_run(world: World, call: Call) -> None:
    source = world.drop()
    deliver(call, source)
    answer = world.answer(source)
    assert deliver(call, source, source) == TAKEN
    assert executions_over(world, source) == 1
    assert world.answer(source) == answer


def test_an_event_delivered_after_the_run_has_ended_starts_nothing(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_MACHINE_ARN", world.ground.machine(ENDING_AT_ONCE))
    source = world.drop()
    deliver(call, source)
    machine = world.ground.machine(ENDING_AT_ONCE)
    arn = machine.replace(":stateMachine:", ":execution:")
    world.ended(f"{arn}:{world.answer(source).run_id}")
    assert deliver(call, source) == TAKEN
    assert world.inputs_of(machine).count(plain(source)) == 1


def test_a_name_that_another_object_has_is_a_failure_and_no_lost_drop(
    world: World, call: Call
) -> None:
    source = world.drop()
    deliver(call, source)
    run_id, taken = world.answer(source).run_id, world.drop("other.jsonl")
    with pytest.raises(Exception, match=f"{run_id} runs over another object than {taken.key}"):
        world.services.workflow.start(run_id, taken)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("datasets/invoices/a.jsonl", 'There is no recipe "invoices". Deployed recipes: support.'),
        ("datasets/support/parts/a.jsonl", "It lies 3 folders deep"),
        ("datasets/a.jsonl", "It lies 1 folder deep"),
        ("datasets/support/a.csv", 'Its name "a.csv" is not <name>.jsonl (a dataset)'),
        ("datasets/support/.jsonl", 'Its name ".jsonl" is not <name>.jsonl (a dataset)'),
        ("datasets/support/a.run.yml", 'Its name "a.run.yml" is not'),
        ("datasets/support/", "It is a folder marker. Drop a dataset at"),
        ("a.jsonl", "It does not lie under datasets/."),
        ("Datasets/support/a.jsonl", "It does not lie under datasets/."),
    ],
)
def test_a_drop_that_starts_nothing_is_told_why(
    world: World, call: Call, key: str, words: str
) -> None:
    source = world.put(key)
    assert deliver(call, source) == TAKEN
    answer = world.answer(source)
    assert (answer.outcome, answer.run_id) == (NOTHING_STARTED, "")
    assert answer.reason.startswith(f"{key} started no run. ")
    assert words in answer.reason
    assert executions_over(world, source) == 0


@pytest.mark.parametrize("name", ["my tickets.jsonl", "a+b.jsonl", "50%25.jsonl", "été.jsonl"])
def test_a_key_with_a_space_or_a_plus_starts_its_run(world: World, call: Call, name: str) -> None:
    source = world.drop(name)
    assert deliver(call, source) == TAKEN
    assert world.answer(source).outcome == RUN_STARTED
    assert executions_over(world, source) == 1


def test_a_version_that_was_deleted_starts_nothing(world: World, call: Call) -> None:
    source = world.drop()
    world.ground.client("s3").delete_object(
        Bucket=source.bucket, Key=source.key, VersionId=source.version_id
    )
    assert deliver(call, source) == TAKEN
    assert "deleted before its run could start" in world.answer(source).reason


def test_a_later_version_of_the_key_has_a_run_of_its_own(world: World, call: Call) -> None:
    first, second = world.drop(), world.drop()
    deliver(call, first)
    run_id = world.answer(first).run_id
    deliver(call, second)
    assert world.answer(second).version_id == second.version_id
    assert world.answer(second).run_id != run_id


def test_a_drop_that_fails_is_delivered_again_and_the_others_are_taken(
    world: World, call: Call
) -> None:
    source = world.drop()
    records = [message({"detail": {}}, 0), message(s3_event(source), 1)]
    found = call("start_run", Records=records)
    assert found == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert world.answer(source).outcome == RUN_STARTED
