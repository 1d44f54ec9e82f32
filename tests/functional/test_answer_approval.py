"""AnswerApproval: a waiting run is answered in the name of whom AWS vouches for."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from botocore.credentials import Credentials

from tests.functional.ground import wait_until
from tests.functional.samples import recipe
from tests.functional.world import Call, World
from tunedrop.errors import InvalidInputError
from tunedrop.identity import proof
from tunedrop.run import Run, timestamp
from tunedrop.serving.approval import statement

ASKING = recipe(deployment={"approval": "required"})
Sign = Callable[[str], str]


@pytest.fixture
def sign(world: World) -> Sign:
    """Signs as whoever runs the tests."""
    credentials = Credentials("AKIAIOSFODNN7EXAMPLE", "local")
    return lambda text: proof(world.services.client("sts"), credentials, text)


@pytest.fixture
def asked(world: World, call: Call) -> tuple[Run, str]:
    """A run that waits for an approval, and its execution."""
    run = world.trained_run(ASKING)
    execution, token = world.waiting_execution()
    call("approve_deployment", run_id=run.run_id, task_token=token)
    return run, execution


def test_an_approval_resumes_the_run_and_is_recorded_with_its_verified_caller(
    world: World, call: Call, asked: tuple[Run, str], sign: Sign
) -> None:
    run, execution = asked
    given = sign(statement(run.run_id, approved=True))
    by = call("answer_approval", run_id=run.run_id, approved=True, proof=given)["answered_by"]
    assert by == world.services.client("sts").get_caller_identity()["Arn"]
    assert json.loads(world.ended(execution)["output"]) == {"approved_by": by}
    approval = world.find(run).approval
    assert (approval["answered_by"], approval["approved"]) == (by, True)


def test_a_refusal_declines_the_deployment(
    world: World, call: Call, asked: tuple[Run, str], sign: Sign
) -> None:
    run, execution = asked
    given = sign(statement(run.run_id, approved=False))
    by = call("answer_approval", run_id=run.run_id, approved=False, proof=given)["answered_by"]
    ended = world.ended(execution)
    assert ended["error"] == "DeploymentDeclinedError"
    assert json.loads(ended["cause"])["errorMessage"] == f"The deployment was declined by {by}."


@pytest.mark.parametrize("signed", ["decline {}", "approve another-run-1", ""])
def test_a_proof_for_another_statement_answers_nothing(
    world: World, call: Call, asked: tuple[Run, str], sign: Sign, signed: str
) -> None:
    run, _ = asked
    given = sign(signed.format(run.run_id)) if signed else "https://example.com/?Action=x"
    with pytest.raises(InvalidInputError, match="proof"):
        call("answer_approval", run_id=run.run_id, approved=True, proof=given)
    assert "answered_by" not in world.find(run).approval


@pytest.mark.parametrize("change", [("localhost", "localhost.example"), ("GetCallerIdentity", "X")])
def test_only_sts_is_asked_and_only_who_somebody_is(
    call: Call, asked: tuple[Run, str], sign: Sign, change: tuple[str, str]
) -> None:
    run, _ = asked
    given = sign(statement(run.run_id, approved=True)).replace(*change)
    with pytest.raises(InvalidInputError, match="is no signed request to STS"):
        call("answer_approval", run_id=run.run_id, approved=True, proof=given)


def test_a_run_that_asks_nobody_is_not_answered(world: World, call: Call, sign: Sign) -> None:
    run = world.trained_run(ASKING)
    given = sign(statement(run.run_id, approved=True))
    with pytest.raises(InvalidInputError, match="does not wait for an approval"):
        call("answer_approval", run_id=run.run_id, approved=True, proof=given)


def test_a_run_that_nobody_knows_is_named(call: Call) -> None:
    with pytest.raises(InvalidInputError, match="There is no run nobody"):
        call("answer_approval", run_id="nobody", approved=True, proof="")


def test_the_same_answer_again_is_taken_for_the_first(
    world: World, call: Call, asked: tuple[Run, str], sign: Sign
) -> None:
    run, execution = asked
    given = sign(statement(run.run_id, approved=True))
    first = call("answer_approval", run_id=run.run_id, approved=True, proof=given)
    approval = world.find(run).approval
    wait_until(lambda: world.ended(execution))
    assert call("answer_approval", run_id=run.run_id, approved=True, proof=given) == first
    assert world.find(run).approval == approval


def test_a_later_answer_changes_nothing_and_is_told_who_was_first(
    world: World, call: Call, asked: tuple[Run, str], sign: Sign
) -> None:
    run, _ = asked
    given = sign(statement(run.run_id, approved=True))
    by = call("answer_approval", run_id=run.run_id, approved=True, proof=given)["answered_by"]
    approval = world.find(run).approval
    late = sign(statement(run.run_id, approved=False))
    with pytest.raises(InvalidInputError, match=f"any more: it was approved by {by} at"):
        call("answer_approval", run_id=run.run_id, approved=False, proof=late)
    assert (world.find(run).approval, world.find(run).wait) == (approval, None)


def test_what_the_workflow_does_not_take_is_not_recorded(
    world: World, call: Call, asked: tuple[Run, str], sign: Sign
) -> None:
    run, execution = asked
    world.ground.client("stepfunctions").stop_execution(executionArn=execution)
    before = world.find(run)
    given = sign(statement(run.run_id, approved=True))
    with pytest.raises(InvalidInputError, match="does not wait any more; try again in a minute"):
        call("answer_approval", run_id=run.run_id, approved=True, proof=given)
    assert (world.find(run).approval, world.find(run).wait) == (before.approval, before.wait)


def test_an_approval_after_three_days_is_refused(
    world: World, call: Call, asked: tuple[Run, str], sign: Sign
) -> None:
    run, _ = asked
    long_ago = timestamp(world.services.now() - timedelta(days=3, minutes=1))
    world.services.records.update(run, approval={"asked_at": long_ago})
    given = sign(statement(run.run_id, approved=True))
    with pytest.raises(InvalidInputError, match=r"within 3 days of .* counts as declined"):
        call("answer_approval", run_id=run.run_id, approved=True, proof=given)
    assert "approved" not in world.find(run).approval
