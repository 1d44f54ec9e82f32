"""RecordOutcome: what people read of a run, written once."""

import json
from typing import Any

import pytest
from msgspec import structs

from tests.functional.samples import NOW, Json, recipe, unique
from tests.functional.world import Call, World
from tunedrop.errors import CapacityUnavailableError
from tunedrop.run import CREATED, REUSED, CleanUp, Failure, Run, Source, plain
from tunedrop.settings import SERVICE_NAME, outcome_dimensions

GONE = CleanUp(done=True)


def given(run: Run, source: Source | None = None) -> Json:
    return {"run_id": run.run_id, "input": json.dumps(plain(source or run.source))}


def conclude(call: Call, run: Run) -> tuple[str, str]:
    found = call("record_outcome", **given(run))
    assert list(found) == ["Error", "Cause"]
    return found["Error"], found["Cause"]


def failed(
    world: World, error: str, cause: str = "So it was.", clean_up: CleanUp = GONE, **sections: Any
) -> Run:
    run = world.run(**sections)
    run = world.services.records.begin_ending(run, Failure(error=error, cause=cause), NOW)
    return world.services.records.update_ending(run, clean_up=clean_up)


def test_a_promoted_run_has_succeeded(world: World, call: Call) -> None:
    run = world.promoted(world.deployed_run())
    outcome, cause = conclude(call, run)
    assert outcome == "RunSucceeded"
    assert f"is version 1 of support; applications find it at /tunedrop/{run.stage}/" in cause


def test_everything_that_people_read_is_written(world: World, call: Call) -> None:
    run = world.promoted(world.deployed_run())
    _, cause = conclude(call, run)
    kept = json.loads(world.read(run.layout.record))
    assert (kept["status"], kept["outcome"], kept["cause"]) == ("ended", "RunSucceeded", cause)
    assert run.run_id in world.read(run.layout.report).decode()
    answer = world.answer(run.source)
    assert (answer.outcome, answer.reason, answer.run_id) == ("RunSucceeded", cause, run.run_id)
    assert answer.report == f"s3://{world.settings.artifacts_bucket}/{run.layout.report}"
    [told] = world.notifications()
    assert told["Subject"] == "support: The custom model is in service"
    assert cause in told["Message"]


def test_the_record_the_report_and_run_json_hold_what_the_run_cost(
    world: World, call: Call
) -> None:
    dataset = {"tokens": 100_000, "records": {"train": 40}}
    run = world.promoted(world.deployed_run(dataset=dataset))
    conclude(call, run)
    cost = world.find(run).cost
    by_name = {each["what"].partition(" ")[0]: each for each in cost["actual"]["lines"]}
    assert by_name["training,"]["usd"] == pytest.approx(100 * 2 * 0.001)
    assert by_name["storage"].get("usd") is None
    assert not cost["actual"]["is_complete"]
    assert cost["stored_bytes"] == by_name["objects"]["quantity"] == 0
    assert json.loads(world.read(run.layout.record))["cost"] == cost
    assert "at least $0.2" in world.read(run.layout.report).decode()


@pytest.mark.parametrize("origin", [CREATED, REUSED])
def test_what_clean_up_took_down_or_gave_back_bills_no_more(
    world: World, call: Call, origin: str
) -> None:
    run = world.deployed_run()
    assert run.job is not None and run.deployment is not None
    made = structs.replace(run.deployment, mode="provisioned", origin=origin)
    model = run.job.custom_model_arn
    run = world.services.records.update(run, deployment=made)
    failure = Failure(error="ModelRejectedError", cause="So it was.")
    run = world.services.records.begin_ending(run, failure, NOW)
    world.services.records.update_ending(run, clean_up=GONE)
    conclude(call, run)
    cost = world.find(run).cost
    assert set(cost["ended"]) == ({model, made.arn} if origin == CREATED else {model})
    still = [each["what"] for each in cost["actual"]["lines"] if each.get("goes_on")]
    assert still == ["objects of the run in S3"]


def test_a_second_call_answers_as_the_first_and_tells_nobody(
    world: World, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    run = world.promoted(world.deployed_run())
    first = conclude(call, run)
    world.notifications()
    capsys.readouterr()
    assert conclude(call, run) == first
    assert world.notifications() == []
    assert "RunsEnded" not in capsys.readouterr().out


def test_the_metric_of_the_alarms_is_emitted(
    world: World,
    call: Call,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", SERVICE_NAME)
    conclude(call, failed(world, "DeploymentFailedError"))
    lines = capsys.readouterr().out.splitlines()
    [metric] = [json.loads(line) for line in lines if "CloudWatchMetrics" in line]
    assert metric["RunsEnded"] == [1.0]
    watched = outcome_dimensions(world.settings.tunedrop_stage, "DeploymentFailed")
    assert {name: metric[name] for name in watched} == watched
    [described] = metric["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "Tunedrop"
    assert set(described["Dimensions"][0]) == set(watched)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("RunRefusedError", "RunRefused"),
        ("DatasetRejectedError", "DatasetRejected"),
        ("BudgetExceededError", "BudgetExceeded"),
        ("CustomizationJobFailedError", "CustomizationJobFailed"),
        ("ModelRejectedError", "ModelRejected"),
        ("DeploymentDeclinedError", "DeploymentDeclined"),
        ("DeploymentFailedError", "DeploymentFailed"),
        ("RunCancelledError", "RunCancelled"),
        ("KeyError", "ServiceFailed"),
        ("States.Timeout", "ServiceFailed"),
        ("BusinessError", "ServiceFailed"),
    ],
)
def test_a_failure_ends_as_its_outcome_in_words_to_act_on(
    world: World, call: Call, error: str, outcome: str
) -> None:
    run = failed(world, error)
    found, cause = conclude(call, run)
    assert found == outcome
    assert "So it was." in cause
    assert " Still billing: nothing. Next: " in cause
    assert cause.endswith(f"Runbook: docs/operating.md, {outcome}.")
    assert world.answer(run.source).outcome == outcome


def test_a_fault_of_our_own_is_told_with_its_name(world: World, call: Call) -> None:
    _, cause = conclude(call, failed(world, "KeyError", "'job'"))
    assert cause.startswith("KeyError: 'job'. Still billing")


def test_what_still_bills_is_named(world: World, call: Call) -> None:
    left = CleanUp(done=False, still_billing=("provisioned deployment x-1",))
    outcome, cause = conclude(call, failed(world, "ModelRejectedError", clean_up=left))
    assert outcome == "CleanUpFailed"
    assert "So it was." in cause
    assert "Still billing: provisioned deployment x-1. Next:" in cause


def test_a_run_that_was_never_cleaned_up_is_no_success(world: World, call: Call) -> None:
    outcome, cause = conclude(call, world.trained_run())
    assert outcome == "CleanUpFailed"
    assert "its failure was not recorded" in cause


def test_the_same_bytes_end_green_and_say_which_run_holds_them(world: World, call: Call) -> None:
    outcome, cause = conclude(call, world.run(unchanged_since="support-20261101-abc"))
    assert outcome == "RunUnchanged"
    assert "support-20261101-abc" in cause
    assert "again: true" in cause


def test_a_recipe_without_deployment_ends_at_the_model(world: World, call: Call) -> None:
    planned = recipe(deployment={"mode": "none"})
    outcome, cause = conclude(call, world.trained_run(planned, losses={"verdict": "Good."}))
    assert outcome == "RunSucceeded"
    assert "is trained; the recipe asks for no deployment" in cause


def test_a_failure_after_the_promotion_does_not_undo_it(world: World, call: Call) -> None:
    run = world.promoted(world.deployed_run())
    world.services.records.begin_ending(run, Failure(error="KeyError", cause="late"), NOW)
    assert conclude(call, run)[0] == "RunSucceeded"


def test_a_long_cause_is_cut_so_that_the_way_out_is_still_read(world: World, call: Call) -> None:
    _, cause = conclude(call, failed(world, "DatasetRejectedError", "x" * 40_000))
    assert len(cause) < 3_000
    assert cause.endswith("DatasetRejected.")


def test_the_turn_of_the_recipe_is_given_back(world: World, call: Call) -> None:
    run, other = world.trained_run(), world.trained_run()
    world.services.turns.take(run, world.services.now())
    with pytest.raises(CapacityUnavailableError):
        world.services.turns.take(other, world.services.now())
    conclude(call, run)
    world.services.turns.take(other, world.services.now())
    assert world.services.table.get("turn#support") is not None


def test_the_record_of_another_object_stays_and_its_drop_is_answered(
    world: World, call: Call
) -> None:
    run = world.run()
    other = Source(bucket="b", key="datasets/support/other.jsonl", version_id="v")
    found = call("record_outcome", **given(run, other))
    assert found["Error"] == "ServiceFailed"
    assert f"Drop {other.key} again" in found["Cause"]
    assert world.answer(other).reason == found["Cause"]
    assert world.find(run) == run


def test_a_report_that_cannot_be_drawn_takes_nothing_else_along(
    world: World, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    run = world.promoted(world.deployed_run())
    world.write(run.layout.dataset("quality.json"), b"{Anna Beck")
    outcome, cause = conclude(call, run)
    assert (outcome, world.answer(run.source).reason) == ("RunSucceeded", cause)
    assert cause in world.read(run.layout.report).decode()
    assert len(world.notifications()) == 1
    printed = capsys.readouterr().out
    assert '"ServiceFailed"' in printed
    assert "Anna Beck" not in printed


def test_an_unknown_run_is_an_error(world: World, call: Call) -> None:
    with pytest.raises(KeyError, match="There is no record of the run"):
        call("record_outcome", run_id=unique("nobody"), input="{}")


def test_prompts_are_on_the_page_and_not_in_the_record(world: World, call: Call) -> None:
    run = world.promoted(world.deployed_run(evaluation={"records": 8, "verdict": "Better."}))
    example = {"prompt": "Why so?", "reference": "r", "base": "b", "custom": "c"}
    metrics = {"records": 8, "metrics": {}, "verdict": "Better.", "examples": [example]}
    world.write(run.layout.evaluation("metrics.json"), json.dumps(metrics).encode())
    conclude(call, run)
    assert "Why so?" in world.read(run.layout.report).decode()
    assert "Why so?" not in world.read(run.layout.record).decode()


def test_the_call_on_the_page_sends_the_system_prompt_of_the_training(
    world: World, call: Call
) -> None:
    run = world.promoted(world.deployed_run(evaluation={"records": 8, "verdict": "Better."}))
    turns = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Ho."}]
    told = {"messages": [{"role": "system", "content": "Speak like a sailor."}, *turns]}
    trained = b"\n".join(json.dumps(each).encode() for each in ({"messages": turns}, told, told))
    world.write(run.layout.dataset("train.jsonl"), trained)
    conclude(call, run)
    assert "Speak like a sailor." in world.read(run.layout.report).decode()
    assert "Speak like a sailor." not in world.read(run.layout.record).decode()
