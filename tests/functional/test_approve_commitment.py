"""ApproveCommitment: months of costs are asked for after the test, and while nothing bills."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.credentials import Credentials
from msgspec import structs

from tests.functional.ground import wait_until
from tests.functional.samples import NOW, Json, nova_lines, recipe, records
from tests.functional.world import Call, World
from tunedrop.errors import ChampionChangedError, DeploymentDeclinedError, InvalidInputError
from tunedrop.identity import proof
from tunedrop.recipe import Recipe
from tunedrop.run import Run, plain, timestamp
from tunedrop.serving.approval import statement

TERM = "1 month"
COMMITTED = {"mode": "provisioned", "commitment": TERM, "model_units": 2}
PRICE = {"model_unit_usd_per_hour": 10.0}
COMMITTING = recipe(deployment=COMMITTED, prices=PRICE)
VERDICT = {"verdict": "On 8 test records the custom model beats the base model."}
Sign = Callable[[str], str]


@pytest.fixture
def sign(world: World) -> Sign:
    """Signs as whoever runs the tests."""
    credentials = Credentials("AKIAIOSFODNN7EXAMPLE", "local")
    return lambda text: proof(world.services.client("sts"), credentials, text)


def passed_run(world: World, **sections: Any) -> Run:
    """A run whose model has passed its test on demand."""
    return world.deployed_run(COMMITTING, evaluation=VERDICT, **sections)


def asked(world: World, call: Call, run: Run) -> str:
    """The execution that waits for the answer."""
    execution, token = world.waiting_execution()
    call("approve_commitment", run_id=run.run_id, task_token=token)
    return execution


def bought(world: World, call: Call, sign: Sign, run: Run) -> Run:
    """The run, once its commitment is approved, bought and in service."""
    asked(world, call, run)
    answer(call, sign, run)
    call("provision_throughput", run_id=run.run_id)
    wait_until(lambda: call("wait_for_deployment", run_id=run.run_id)["is_ready"])
    return world.find(run)


def answer(call: Call, sign: Sign, run: Run, commitment: str = TERM) -> Any:
    signed = sign(statement(run.run_id, approved=True, commitment=commitment))
    given = {"run_id": run.run_id, "approved": True, "commitment": commitment, "proof": signed}
    return call("answer_approval", **given)


def throughputs(world: World, run: Run) -> list[Any]:
    listed = world.bedrock.list_provisioned_model_throughputs(nameContains=run.run_id)
    return list(listed["provisionedModelSummaries"])


def clean_up(call: Call, run: Run, error: str) -> Any:
    return call(
        "clean_up",
        run_id=run.run_id,
        execution_arn=run.execution_arn,
        status="FAILED",
        input=json.dumps(plain(run.source)),
        failure={"Error": error, "Cause": "so"},
    )


# Before the approval


def test_the_test_takes_what_bills_nothing_where_the_base_model_has_it(
    world: World, call: Call
) -> None:
    source = world.drop()
    world.deploy(COMMITTING)
    event = {"run_id": "support-20261122-aaaaaaaaaaaa", "execution_arn": "arn:x", **plain(source)}
    assert call("prepare_run", **event)["deployment_mode"] == "on_demand"


def test_the_test_takes_one_unit_without_commitment_elsewhere(world: World, call: Call) -> None:
    run = world.trained_run(COMMITTING)
    call("provision_throughput", run_id=run.run_id)
    [trial] = throughputs(world, run)
    assert (trial["modelUnits"], "commitmentDuration" in trial) == (1, False)
    assert call("wait_for_deployment", run_id=run.run_id)["is_tested"] is False


def test_a_tested_model_has_to_commit(world: World, call: Call) -> None:
    run = passed_run(world)
    assert call("test_deployment", run_id=run.run_id)["capacity"] == "committed"


def test_a_rollback_commits_to_nothing(world: World, call: Call) -> None:
    run = passed_run(world, is_rollback=True)
    assert call("test_deployment", run_id=run.run_id)["capacity"] == "kept"


def test_people_are_told_the_term_its_sum_and_how_to_answer(world: World, call: Call) -> None:
    run = passed_run(world)
    asked(world, call, run)
    [told] = world.notifications()
    assert told["Subject"] == "support: may this commitment be bought?"
    assert VERDICT["verdict"] in told["Message"]
    assert "Commitment: 1 month" in told["Message"]
    assert "14,600.00 US dollars (730 hours in 1 month; model units: 2, 10 USD" in told["Message"]
    assert f'tunedrop approve {run.run_id} --commitment "1 month"' in told["Message"]


def test_nothing_bills_and_nobody_waits_while_people_think(world: World, call: Call) -> None:
    run = passed_run(world)
    world.services.turns.take(run, NOW)
    asked(world, call, run)
    assert run.deployment is not None
    arn = run.deployment.arn
    wait_until(lambda: not world.deployment_status(arn))
    world.services.turns.take(world.trained_run(), NOW)


def test_who_takes_hours_to_answer_is_waited_for(world: World, call: Call) -> None:
    run = passed_run(world)
    asked(world, call, run)
    assert run.deployment is not None
    arn = run.deployment.arn
    wait_until(lambda: not world.deployment_status(arn))
    # What is gone has no tags, by which IAM allows to delete.
    denied = {"operation": "DeleteCustomModelDeployment", "code": "AccessDeniedException"}
    world.faults.order("error", **denied)
    asked(world, call, run)


def test_silence_declines_the_commitment(world: World, call: Call) -> None:
    asked_at = timestamp(world.services.now() - timedelta(days=3, minutes=1))
    run = passed_run(world, commitment_approval={"asked_at": asked_at})
    with pytest.raises(DeploymentDeclinedError, match="Nobody approved the commitment within"):
        call("approve_commitment", run_id=run.run_id, task_token="token")


# The answer


def test_who_approves_names_the_term(world: World, call: Call, sign: Sign) -> None:
    run = passed_run(world)
    execution = asked(world, call, run)
    with pytest.raises(InvalidInputError, match=f'{run.run_id} --commitment "1 month"'):
        answer(call, sign, run, commitment="")
    by = answer(call, sign, run)["answered_by"]
    assert json.loads(world.ended(execution)["output"]) == {"approved_by": by}
    assert world.find(run).commitment_approval["answered_by"] == by


def test_a_deployment_is_not_approved_as_a_commitment(world: World, call: Call, sign: Sign) -> None:
    run = world.trained_run(COMMITTING)
    _, token = world.waiting_execution()
    call("approve_deployment", run_id=run.run_id, task_token=token)
    with pytest.raises(InvalidInputError, match="asks for no commitment, and 1 month was named"):
        answer(call, sign, run)


def test_a_declined_model_is_kept_for_promote(world: World, call: Call, sign: Sign) -> None:
    run = world.run_with_model(COMMITTING, evaluation=VERDICT)
    call("deploy_on_demand", run_id=run.run_id)
    wait_until(lambda: call("wait_for_deployment", run_id=run.run_id)["is_ready"])
    execution = asked(world, call, run)
    signed = sign(statement(run.run_id, approved=False))
    call("answer_approval", run_id=run.run_id, approved=False, proof=signed)
    assert world.ended(execution)["error"] == "DeploymentDeclinedError"
    wait_until(lambda: clean_up(call, run, "DeploymentDeclinedError")["done"])
    assert world.model_exists(f"{run.run_id}-1")
    ended = call("record_outcome", run_id=run.run_id, input=json.dumps(plain(run.source)))
    assert ended["Error"] == "DeploymentDeclined"
    assert "Still billing: the storage of the custom model" in ended["Cause"]
    assert f"tunedrop promote {run.run_id}" in ended["Cause"]


# The purchase


def test_the_approved_commitment_is_bought_once_under_a_second_name(
    world: World, call: Call, sign: Sign
) -> None:
    run = bought(world, call, sign, passed_run(world))
    call("provision_throughput", run_id=run.run_id)
    [throughput] = throughputs(world, run)
    assert throughput["provisionedModelName"] == f"{run.run_id}-2"
    assert (throughput["modelUnits"], throughput["commitmentDuration"]) == (2, "OneMonth")
    assert run.deployment is not None
    assert run.trial is not None
    assert (run.deployment.commitment, run.deployment.hourly_usd) == (TERM, 20.0)
    assert run.deployment.committed_until == timestamp(throughput["commitmentExpirationTime"])
    assert (run.trial.name, run.trial.mode) == (f"{run.run_id}-1", "on_demand")


def test_a_purchase_that_was_never_answered_is_found_again(
    world: World, call: Call, sign: Sign
) -> None:
    run = passed_run(world)
    asked(world, call, run)
    answer(call, sign, run)
    world.faults.order("lost_answer", operation="CreateProvisionedModelThroughput")
    with pytest.raises(Exception, match="create the deployment"):
        call("provision_throughput", run_id=run.run_id)
    call("provision_throughput", run_id=run.run_id)
    assert len(throughputs(world, run)) == 1


def test_a_changed_champion_opens_the_gate_before_anything_is_bought(
    world: World, call: Call, sign: Sign
) -> None:
    opponent = {**VERDICT, "champion_run_id": ""}
    later = timestamp(NOW + timedelta(minutes=1))
    run = world.deployed_run(COMMITTING, evaluation=opponent, dropped_at=later)
    asked(world, call, run)
    world.promoted(world.deployed_run())
    answer(call, sign, run)
    with pytest.raises(ChampionChangedError):
        call("provision_throughput", run_id=run.run_id)
    assert throughputs(world, run) == []
    assert world.find(run).commitment_approval == {}


def test_a_model_whose_trial_is_gone_is_held_against_the_new_champion_by_what_it_answered(
    world: World, call: Call, sign: Sign
) -> None:
    asks = {"beat": "champion", "on_tie": "promote"}
    planned = recipe(deployment=COMMITTED, prices=PRICE, evaluation=asks)
    tested = records(20)
    first = world.deployed_run(planned)
    world.write(first.layout.dataset("train.jsonl"), nova_lines(tested[:3]))
    world.promoted(first)
    run = challenger(world, planned, tested)
    call("test_deployment", run_id=run.run_id)
    assert world.find(run).evaluation["leaked"] == 3
    asked(world, call, run)
    assert run.deployment is not None
    arn = run.deployment.arn
    wait_until(lambda: not world.deployment_status(arn))
    second = world.promoted(world.deployed_run(dropped_at=timestamp(NOW + timedelta(minutes=1))))
    answer(call, sign, run)
    with pytest.raises(ChampionChangedError):
        call("provision_throughput", run_id=run.run_id)
    assert call("test_deployment", run_id=run.run_id)["capacity"] == "committed"
    evaluation = world.find(run).evaluation
    assert (evaluation["champion_run_id"], evaluation["records"]) == (second.run_id, 17)
    assert "3 records left out, because what the model was tested on" in evaluation["asked"]


def challenger(world: World, planned: Recipe, tested: list[Json]) -> Run:
    """A later drop's run with a model of its own that serves on demand."""
    run = world.deployed_run(planned, dropped_at=timestamp(NOW + timedelta(minutes=5)))
    assert run.job is not None
    world.write(run.layout.dataset("test.jsonl"), nova_lines(tested))
    job = structs.replace(run.job, custom_model_arn=world.ground.custom_model("another"))
    return world.services.records.update(run, job=job)


def test_what_was_bought_serves_and_the_trial_is_retired(
    world: World, call: Call, sign: Sign
) -> None:
    run = bought(world, call, sign, passed_run(world))
    assert call("wait_for_deployment", run_id=run.run_id)["is_tested"]
    call("promote_model", run_id=run.run_id)
    [throughput] = throughputs(world, run)
    assert world.model_parameter() == throughput["provisionedModelArn"]
    [leaving] = world.services.champions.state("support").retiring
    assert leaving.deployment == run.trial


# What cannot be deleted


def test_a_commitment_of_a_failed_run_is_left_and_said(
    world: World, call: Call, sign: Sign
) -> None:
    run = bought(world, call, sign, passed_run(world))
    [throughput] = throughputs(world, run)
    until = timestamp(throughput["commitmentExpirationTime"])
    found = clean_up(call, run, "ModelRejectedError")
    assert (found["done"], throughputs(world, run) != []) == (True, True)
    assert world.find(run).model_kept_until == until
    ended = call("record_outcome", run_id=run.run_id, input=json.dumps(plain(run.source)))
    named = f"provisioned deployment {run.run_id}-2 until {until[:10]}"
    assert f"Still billing: {named}" in ended["Cause"]


def test_a_commitment_keeps_the_model_that_an_earlier_run_trained(
    world: World, call: Call, sign: Sign
) -> None:
    earlier = world.run_with_model(COMMITTING)
    world.services.records.end(earlier, outcome="DeploymentFailed", cause="", now=NOW)
    run = passed_run(world, goes_on_from=earlier.run_id)
    run = world.services.records.update(run, job=earlier.job)
    run = bought(world, call, sign, run)
    assert clean_up(call, run, "ModelRejectedError")["done"]
    assert run.deployment is not None
    assert world.find(earlier).model_kept_until == run.deployment.committed_until
    assert world.model_exists(f"{earlier.run_id}-1")


def test_a_replaced_commitment_serves_until_its_term(world: World, call: Call, sign: Sign) -> None:
    run = bought(world, call, sign, passed_run(world))
    call("promote_model", run_id=run.run_id)
    later = timestamp(NOW + timedelta(minutes=1))
    call("promote_model", run_id=world.deployed_run(dropped_at=later).run_id)
    state = world.services.champions.state("support")
    leaving = state.retiring[-1]
    assert run.deployment is not None
    assert (leaving.run_id, leaving.retire_at) == (run.run_id, run.deployment.committed_until)
    assert run.job is not None
    state = structs.replace(state, champion=None, previous=None, history=())
    assert run.job.custom_model_arn in state.kept_models
