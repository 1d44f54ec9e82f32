"""The wait for a customization job: what each look at it leads to."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from tests.unit.run_builders import NOW, RUN_ID, KeptRecords, job, recipe, run
from tunedrop.errors import RunEndingError, ServiceBusyError, TunedropError
from tunedrop.run import ENDED, Run, Wait, timestamp
from tunedrop.training.jobs import JobView
from tunedrop.training.waiting import JobWait

WAITING = Wait(token="token", since=timestamp(NOW), state="WaitForCustomizationJob")
INTERNAL = "Encountered an internal error when processing the request."


@dataclass
class FakeJobs:
    """One job, as Bedrock shows it; remembers what it was asked to stop."""

    view: JobView | None
    stopped: list[str] = field(default_factory=list)

    def find(self, name: str) -> JobView | None:
        return self.view

    def stop(self, name: str) -> None:
        self.stopped.append(name)


class BusyJobs(FakeJobs):
    """Bedrock, throttling."""

    def find(self, name: str) -> JobView | None:
        raise ServiceBusyError("AWS is busy.")


@dataclass
class FakeTokens:
    """Remembers what was answered; `spent` tokens take no answer."""

    spent: bool = False
    succeeded: list[tuple[str, Any]] = field(default_factory=list)
    failed: list[tuple[str, TunedropError]] = field(default_factory=list)

    def succeed(self, token: str, output: Any) -> bool:
        self.succeeded.append((token, output))
        return not self.spent

    def fail(self, token: str, error: TunedropError) -> bool:
        self.failed.append((token, error))
        return not self.spent


@dataclass
class Scene:
    """A run, its job, its token, and the desk between them."""

    records: KeptRecords
    jobs: FakeJobs
    tokens: FakeTokens

    @property
    def desk(self) -> JobWait:
        return JobWait(records=self.records, jobs=self.jobs, tokens=self.tokens)

    def begin(self, now: datetime = NOW) -> None:
        self.desk.begin(self.records.run, "token", now)

    @property
    def words(self) -> str:
        [(_, error)] = self.tokens.failed
        return str(error)

    @property
    def output(self) -> dict[str, Any]:
        [(token, output)] = self.tokens.succeeded
        assert token == "token"
        found: dict[str, Any] = output
        return found


def view(status: str, **fields: Any) -> JobView:
    given = {
        "name": f"{RUN_ID}-1",
        "arn": "arn:job",
        "status": status,
        "failure": "",
        "custom_model_arn": "",
        "created_at": NOW,
        "ended_at": None,
        "training_started": True,
    }
    return JobView(**{**given, **fields})


def scene(seen: JobView | None, waiting: Run | None = None, *, spent: bool = False) -> Scene:
    waiting = waiting or run(job=job())
    return Scene(KeptRecords(waiting), FakeJobs(seen), FakeTokens(spent))


def test_a_completed_job_resumes_the_workflow_with_its_model() -> None:
    found = scene(view("Completed", custom_model_arn="arn:model", ended_at=NOW))
    found.begin()
    assert found.output == {
        "completed": True,
        "status": "Completed",
        "custom_model_arn": "arn:model",
    }
    assert found.records.run.job == job(
        status="Completed", custom_model_arn="arn:model", ended_at=timestamp(NOW)
    )


@pytest.mark.parametrize(
    ("seen", "tokens"),
    [
        ({"status": "Completed"}, 20_000),
        ({"status": "Stopped"}, None),
        ({"status": "Stopped", "training_started": False}, 0),
        ({"status": "Failed", "training_started": False, "failure": "No."}, 0),
    ],
)
def test_what_a_job_was_fed_is_known_of_its_two_ends(
    seen: dict[str, Any], tokens: int | None
) -> None:
    fed = run(job=job(), dataset={"tokens": 10_000})
    found = scene(view(**seen, ended_at=NOW), fed)
    found.begin()
    assert found.records.run.job is not None
    assert found.records.run.job.trained_tokens == tokens


def test_the_token_is_stored_before_the_job_is_looked_at() -> None:
    found = scene(view("Completed", custom_model_arn="arn:model"))
    found.begin()
    assert found.records.written == ["wait", "job"]


@pytest.mark.parametrize("status", ["InProgress", "Stopping"])
def test_a_job_under_way_is_waited_for(status: str) -> None:
    found = scene(view(status))
    found.begin()
    assert (found.tokens.succeeded, found.tokens.failed, found.jobs.stopped) == ([], [], [])
    assert found.records.run.wait == WAITING


def test_a_failed_job_fails_the_state_in_bedrocks_own_words() -> None:
    found = scene(view("Failed", failure="Too few records."))
    found.begin()
    assert found.words == f"Bedrock failed the customization job {RUN_ID}-1: Too few records."


def test_a_failure_without_words_says_so() -> None:
    found = scene(view("Failed"))
    found.begin()
    assert found.words.endswith("no reason given")


def test_an_internal_error_is_tried_once_more_under_a_new_attempt() -> None:
    found = scene(view("Failed", failure=INTERNAL))
    found.begin()
    assert found.output == {"completed": False, "status": "Failed", "custom_model_arn": ""}
    after = found.records.run
    assert after.job is None
    assert [each.name for each in after.former_jobs] == [f"{RUN_ID}-1"]


def test_a_second_internal_error_fails() -> None:
    second = run(job=job(attempt=2, name=f"{RUN_ID}-2"), former_jobs=(job(),))
    found = scene(view("Failed", failure=INTERNAL), second)
    found.begin()
    assert f"{RUN_ID}-2: {INTERNAL}" in found.words


def test_a_job_that_a_stranger_stopped_fails() -> None:
    found = scene(view("Stopped"))
    found.begin()
    assert found.words.endswith("was stopped: somebody outside this service stopped it.")


def test_a_job_stuck_in_the_queue_is_stopped_when_patience_ends() -> None:
    stuck = run(recipe(deployment={"patience": "2h"}), job=job())
    found = scene(view("InProgress", training_started=False), stuck)
    found.begin(NOW + timedelta(hours=2))
    assert found.jobs.stopped == []
    found.begin(NOW + timedelta(hours=2, seconds=1))
    assert found.jobs.stopped == ["arn:job"]
    assert found.records.run.job is not None
    assert "had not begun to train after 2:00:00" in found.records.run.job.stopping_because


def test_a_stuck_job_is_asked_to_stop_once() -> None:
    found = scene(view("InProgress", training_started=False))
    for hours in (7, 8, 9):
        found.begin(NOW + timedelta(hours=hours))
    assert found.jobs.stopped == ["arn:job"]


def test_a_job_that_trains_is_never_stuck() -> None:
    found = scene(view("InProgress", training_started=True))
    found.begin(NOW + timedelta(days=30))
    assert found.jobs.stopped == []


def test_a_job_that_we_stopped_is_tried_once_more() -> None:
    found = scene(view("Stopped"), run(job=job(stopping_because="it was stuck")))
    found.begin()
    assert found.output["completed"] is False
    assert found.records.run.job is None


def test_a_second_job_that_we_stopped_fails_with_our_reason() -> None:
    second = run(job=job(attempt=2, stopping_because="it was stuck"), former_jobs=(job(),))
    found = scene(view("Stopped"), second)
    found.begin()
    assert found.words.endswith("was stopped: it was stuck.")


def test_a_job_that_bedrock_forgot_fails() -> None:
    found = scene(None)
    found.begin()
    assert found.words == f"Bedrock knows no job {RUN_ID}-1 any more."


def test_a_repeated_call_after_another_attempt_was_decided_goes_on_to_it() -> None:
    found = scene(view("Failed"), run(former_jobs=(job(),)))
    found.begin()
    assert found.output["completed"] is False


def test_an_event_resumes_the_run_that_waits_for_its_job() -> None:
    found = scene(view("Completed", custom_model_arn="arn:model"), run(job=job(), wait=WAITING))
    found.desk.resume(f"{RUN_ID}-1", NOW)
    assert found.output["custom_model_arn"] == "arn:model"


@pytest.mark.parametrize("name", ["somebody-else-1", f"{RUN_ID}-2", RUN_ID, "", "-"])
def test_an_event_of_another_job_passes_by(name: str) -> None:
    found = scene(view("Completed"), run(job=job(), wait=WAITING))
    found.desk.resume(name, NOW)
    assert found.tokens.succeeded == []


@pytest.mark.parametrize(
    "quiet",
    [
        run(job=job()),
        run(job=job(), wait=WAITING, status=ENDED),
        run(wait=WAITING),
        run(job=job(), wait=structs.replace(WAITING, state="ApproveDeployment")),
    ],
    ids=["nobody waits", "the run has ended", "no job", "it waits for an approval"],
)
def test_an_event_that_nobody_waits_for_passes_by(quiet: Run) -> None:
    found = scene(view("Completed"), quiet)
    found.desk.resume(f"{RUN_ID}-1", NOW)
    assert (found.tokens.succeeded, found.tokens.failed) == ([], [])


def test_a_spent_token_changes_nothing_more() -> None:
    waiting = run(job=job(), wait=WAITING)
    found = scene(view("Completed", custom_model_arn="arn:model"), waiting, spent=True)
    found.desk.resume(f"{RUN_ID}-1", NOW)
    assert found.records.run.job is not None
    assert found.records.run.job.custom_model_arn == "arn:model"


def test_a_look_that_aws_was_too_busy_for_leaves_the_wait_as_it_is() -> None:
    found = scene(None)
    found.jobs = BusyJobs(None)
    found.begin()
    assert found.records.run.wait == WAITING
    assert (found.tokens.succeeded, found.tokens.failed) == ([], [])


@pytest.mark.parametrize(
    "late",
    [view("Completed", custom_model_arn="arn:model"), view("Failed", failure=INTERNAL)],
    ids=["it had completed", "it had failed"],
)
def test_what_a_late_look_saw_of_a_former_attempt_does_not_undo_the_next_one(late: JobView) -> None:
    second = run(job=job(attempt=2, name=f"{RUN_ID}-2"), former_jobs=(job(),))
    found = scene(late, run(job=job(), wait=WAITING))
    slow = found.records.run
    found.records.run = second
    found.desk._look_and_answer(slow, NOW)
    assert found.records.run == second
    assert found.tokens.succeeded == []


def test_a_run_that_began_to_end_is_not_waited_for() -> None:
    found = scene(view("Completed"))
    found.records.run = structs.replace(found.records.run, status="ending")
    with pytest.raises(RunEndingError):
        found.begin()
    assert found.tokens.succeeded == []
