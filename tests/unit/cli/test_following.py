"""`show`, `runs` and `watch`: what people see of a run."""

import json
from argparse import Namespace
from importlib import import_module

import pytest

from tests.unit.cli.fake_services import FakeServices, ended, entered, no_sleep
from tests.unit.run_builders import RUN_ID, job, run
from tunedrop.cli import main, runs, show, watch
from tunedrop.cli.main import COULD_NOT_RUN
from tunedrop.errors import InvalidInputError
from tunedrop.run import ENDING, CleanUp, Failure, Job


def test_a_run_is_followed_state_by_state_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    first = run(timeline=entered("PrepareRun"))
    second = run(timeline=entered("PrepareRun", "ValidateDataset"))
    last = ended(timeline=entered("PrepareRun", "ValidateDataset"))
    assert watch.follow(FakeServices(first, first, second, last), RUN_ID, no_sleep) == 0
    assert capsys.readouterr().out.splitlines() == [
        "12:00:00Z  PrepareRun               Prepare the run",
        "12:00:01Z  ValidateDataset          Validate the dataset",
        "12:01:00Z  RunSucceeded after 60 s",
        "It serves.",
        f"Report: s3://artifacts/runs/support/{RUN_ID}/report.html",
    ]


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("RunSucceeded", 0), ("RunUnchanged", 0), ("ModelRejected", 1), ("RunCancelled", 1)],
)
def test_the_exit_code_says_whether_the_run_ended_green(outcome: str, status: int) -> None:
    assert watch.follow(FakeServices(ended(outcome)), RUN_ID, no_sleep) == status


def test_clean_up_is_announced_once_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    ending = run(status=ENDING, failure=Failure(error="X", cause="Too bad."))
    services = FakeServices(ending, ending, ended("ModelRejected"))
    watch.follow(services, RUN_ID, no_sleep)
    assert capsys.readouterr().out.count("cleaning up: Too bad.") == 1


def test_a_run_that_never_opens_its_record_is_waited_for_a_while() -> None:
    naps: list[float] = []
    with pytest.raises(InvalidInputError, match=f"knows no run {RUN_ID}, and none of that name"):
        watch.follow_new(FakeServices(), RUN_ID, naps.append)
    assert 10 <= sum(naps) <= 60


def test_a_run_that_opens_its_record_late_is_followed() -> None:
    stranger = run(run_id="other")
    assert watch.follow_new(FakeServices(stranger, ended()), RUN_ID, no_sleep) == 0


def test_an_unknown_run_is_an_error_that_says_where_to_look() -> None:
    with pytest.raises(InvalidInputError) as refused:
        runs.find_run(FakeServices(), "nobody")
    expected = 'The stage "dev" has no run nobody. List them with: tunedrop runs RECIPE.'
    assert str(refused.value) == expected


def listed(
    monkeypatch: pytest.MonkeyPatch,
    recipe: str,
    *known: object,
    **asked: object,
) -> int:
    monkeypatch.setattr(runs, "deployed", lambda _: FakeServices(*known))
    return runs.run(
        Namespace(**{"stage": "dev", "recipe": recipe, "limit": 50, "json": False, **asked})
    )


def test_the_runs_of_a_recipe_are_listed_with_how_they_ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(monkeypatch, "support", run(), ended("ModelRejected")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [
        ["2026-11-22T12:00:00Z", RUN_ID, "running"],
        ["2026-11-22T12:00:00Z", RUN_ID, "ModelRejected"],
    ]


def test_no_more_runs_are_listed_than_were_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(monkeypatch, "support", run(), ended(), limit=1)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_runs_are_json_for_machines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(monkeypatch, "support", run(), json=True)
    assert [each["run_id"] for each in json.loads(capsys.readouterr().out)] == [RUN_ID]


def test_a_recipe_without_runs_is_told_so_and_is_no_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(monkeypatch, "support") == 0
    told = 'There are no runs of the recipe "support" in the stage "dev".\n'
    assert capsys.readouterr().out == told


@pytest.mark.parametrize(
    "command", [["runs", "other"], ["rollback", "other"], ["extend", "other", "--by", "7d"]]
)
def test_an_unknown_recipe_is_told_with_where_to_look(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    module = import_module(f"tunedrop.cli.{command[0]}")
    monkeypatch.setattr(module, "deployed", lambda _: FakeServices())
    assert main(command) == COULD_NOT_RUN
    assert 'The stage "dev" has no recipe "other" and no runs of it.' in capsys.readouterr().err


def shown(monkeypatch: pytest.MonkeyPatch, found: object, *, as_json: bool = False) -> int:
    monkeypatch.setattr(show, "deployed", lambda _: FakeServices(found))
    return show.run(Namespace(stage="dev", run_id=RUN_ID, json=as_json))


def test_what_is_known_of_a_run_is_shown_and_the_rest_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown(monkeypatch, run(job=job(status="InProgress"), cost={"training_usd_estimate": 1.5}))
    out = capsys.readouterr().out
    assert "Outcome            still running" in out
    assert "Training estimate  about 1.50 US dollars" in out
    assert f"Customization job  {RUN_ID}-1 InProgress" in out
    assert "Deployment" not in out
    assert "Report" not in out


def test_what_a_run_cost_is_shown_line_by_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = {"tokens": 500_000, "records": {"train": 40}}
    shown(monkeypatch, run(job=job(status="Completed"), dataset=dataset))
    out = " ".join(capsys.readouterr().out.split())
    assert f"Cost so far about 1.00 US dollars training, {RUN_ID}-1: about 1.00" in out
    assert "1,000,000 tokens at 0.001 USD per 1,000 tokens (price: AWS Price List" in out


def test_an_ended_run_is_shown_with_its_cause_and_its_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown(monkeypatch, ended("ModelRejected", "Too bad."))
    out = capsys.readouterr().out
    assert "What happened      Too bad." in out
    assert f"Report             s3://artifacts/runs/support/{RUN_ID}/report.html" in out


STUCK = "it had not begun to train after 6:00:00 in Bedrock's queue"
GIVEN_UP = job(status="Stopped", ended_at="2026-11-22T12:00:01.500Z", stopping_because=STUCK)


def second_attempt(**fields: object) -> Job:
    return job(attempt=2, name=f"{RUN_ID}-2", **fields)


def test_a_second_attempt_is_shown_with_what_became_of_the_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run(job=second_attempt(status="InProgress"), former_jobs=(GIVEN_UP,))
    shown(monkeypatch, found)
    out = capsys.readouterr().out
    assert f"Given up           {RUN_ID}-1 ended Stopped: {STUCK}; tried again" in out
    assert f"Customization job  {RUN_ID}-2 InProgress (attempt 2)" in out


def test_a_second_attempt_is_followed(capsys: pytest.CaptureFixture[str]) -> None:
    states = entered("CreateCustomizationJob", "WaitForCustomizationJob")
    first = run(timeline=states, job=job(status="InProgress"))
    second = run(timeline=states, job=second_attempt(), former_jobs=(GIVEN_UP,))
    last = ended(timeline=states, job=second_attempt(), former_jobs=(GIVEN_UP,))
    watch.follow(FakeServices(first, second, last), RUN_ID, no_sleep)
    told = [line.split(maxsplit=3) for line in capsys.readouterr().out.splitlines()[:3]]
    assert told[2] == [
        "12:00:01Z",
        "attempt",
        "2",
        f"{RUN_ID}-1 ended Stopped: {STUCK}; tried again",
    ]


def test_the_job_of_a_cancelled_run_is_not_shown_as_going_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    taken_down = CleanUp(taken_down=(f"customization job and model {RUN_ID}-1",), done=True)
    shown(monkeypatch, ended("RunCancelled", job=job(status="InProgress"), clean_up=taken_down))
    out = capsys.readouterr().out
    assert f"Customization job  {RUN_ID}-1 taken down by clean-up" in out
    assert f"Taken down         customization job and model {RUN_ID}-1" in out


def test_what_has_a_commitment_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    committed = CleanUp(committed=(f"provisioned throughput {RUN_ID}-2, until May",), done=True)
    shown(monkeypatch, ended("RunCancelled", clean_up=committed))
    assert f"Committed          provisioned throughput {RUN_ID}-2, until May" in (
        capsys.readouterr().out
    )


def test_a_cause_has_what_bills_the_next_step_and_the_runbook_on_lines_of_their_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cause = "Too bad. Still billing: nothing. Next: Try again. Runbook: docs/operating.md, X."
    watch.follow(FakeServices(ended("ModelRejected", cause)), RUN_ID, no_sleep)
    assert capsys.readouterr().out.splitlines()[1:5] == [
        "Too bad.",
        "Still billing: nothing.",
        "Next: Try again.",
        "Runbook: docs/operating.md, X.",
    ]


def test_who_stops_watching_is_told_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watch.follow(FakeServices(run()), RUN_ID, interrupted)
    assert f"tunedrop watch {RUN_ID}" in capsys.readouterr().out


def test_a_record_is_shown_as_json_for_machines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown(monkeypatch, ended(), as_json=True)
    assert json.loads(capsys.readouterr().out)["outcome"] == "RunSucceeded"
