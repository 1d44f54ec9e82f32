"""`approve`, `decline`, `cancel`, `rerun` and `submit`: what people do to runs."""

import io
from argparse import Namespace
from pathlib import Path

import pytest

from tests.unit.cli.fake_services import FakeServices, ended, entered, no_sleep
from tests.unit.run_builders import NOW, RUN_ID, run
from tunedrop.answers import Answer
from tunedrop.cli import approve, cancel, main, rerun, submit, take_down
from tunedrop.cli.main import COULD_NOT_RUN
from tunedrop.errors import InvalidInputError, ServiceBusyError
from tunedrop.layout import is_run_id
from tunedrop.run import Wait, timestamp

WAIT = Wait(token="token", since=timestamp(NOW))
ASKED = run(wait=WAIT, timeline=entered("EvaluateModel", "ApproveDeployment"))
ADA = "arn:aws:iam::1:user/ada"


@pytest.mark.parametrize(("approved", "said"), [(True, "Approved"), (False, "Declined")])
def test_an_answer_is_given_in_the_name_that_aws_knows(
    capsys: pytest.CaptureFixture[str], approved: bool, said: str
) -> None:
    services = FakeServices(ASKED)
    assert approve.decide(services, RUN_ID, approved=approved) == 0
    assert services.approval_function.answered == [(RUN_ID, approved, "")]
    assert capsys.readouterr().out == f"{said} by {ADA}.\n"


def test_a_commitment_is_approved_by_its_term(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices(ASKED)
    monkeypatch.setattr(approve, "deployed", lambda _: services)
    assert main(["approve", RUN_ID, "--commitment", "1 month"]) == 0
    assert services.approval_function.answered == [(RUN_ID, True, "1 month")]


def cancelled(monkeypatch: pytest.MonkeyPatch, services: FakeServices) -> int:
    monkeypatch.setattr(cancel, "deployed", lambda _: services)
    monkeypatch.setattr(cancel, "follow", lambda *_: 1)
    return cancel.run(Namespace(stage="dev", run_id=RUN_ID))


def test_a_waiting_run_is_cancelled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices(run(wait=WAIT))
    assert cancelled(monkeypatch, services) == 0
    [(token, error)] = services.tokens.sent
    assert token == "token"
    assert str(error) == f"The run was cancelled by {ADA}."


def test_a_busy_run_is_cancelled_at_its_next_state(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices(run())
    assert cancelled(monkeypatch, services) == 0
    assert services.tokens.sent == []


def test_a_run_that_has_ended_cannot_be_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInputError, match="is RunSucceeded; there is nothing to cancel"):
        cancelled(monkeypatch, FakeServices(ended()))


def test_a_rerun_is_over_the_same_version_under_a_name_of_its_own() -> None:
    services, earlier = FakeServices(), ended("ServiceFailed")
    run_id = rerun.start_again(services, earlier)
    assert services.workflow.started == [(run_id, earlier.source)]
    assert run_id != earlier.run_id
    assert run_id.startswith("support-20261122-")
    assert is_run_id(run_id)


def test_a_run_that_never_opened_its_record_can_be_run_again() -> None:
    assert rerun.start_again(FakeServices(), ended(dropped_at=""))


def answer(version_id: str) -> Answer:
    return Answer(
        key="k", version_id=version_id, outcome="RunStarted", reason="", answered_at=timestamp(NOW)
    )


def test_the_answer_to_this_version_is_waited_for() -> None:
    services = FakeServices(answers=(None, answer("old"), answer("new")))
    assert submit.wait_for_answer(services.answers, "k", "new", no_sleep) == answer("new")


def test_an_answer_that_does_not_come_is_looked_for_elsewhere() -> None:
    naps: list[float] = []
    with pytest.raises(ServiceBusyError, match=r"within 120 seconds.*dead-letter queue"):
        submit.wait_for_answer(FakeServices().answers, "k", "new", naps.append)
    assert sum(naps) == 120


def test_a_file_of_another_kind_is_refused_before_anything_is_asked_of_aws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.csv"
    file.write_text("")
    assert main(["submit", str(file), "--recipe", "support"]) == COULD_NOT_RUN
    said = capsys.readouterr().err
    assert said.startswith("tunedrop: a.csv is not a dataset (*.jsonl), a run request (*.run.yaml)")


def test_a_dataset_that_is_not_there_is_told_by_its_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", "nowhere.jsonl", "--recipe", "support-summaries"]) == COULD_NOT_RUN
    assert capsys.readouterr().err == "tunedrop: There is no file nowhere.jsonl.\n"


def test_a_dataset_of_the_web_is_to_be_downloaded(capsys: pytest.CaptureFixture[str]) -> None:
    web = "https://example.com/a.jsonl"
    assert main(["check", web, "--recipe", "support-summaries"]) == COULD_NOT_RUN
    assert "read from this machine or s3://bucket/key; download it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "options", "taken_down"),
    [("dev", [], True), ("", [], False), ("prod", [], False), ("", ["--yes"], True)],
)
def test_a_stage_is_taken_down_by_its_name(
    monkeypatch: pytest.MonkeyPatch, typed: str, options: list[str], taken_down: bool
) -> None:
    monkeypatch.setattr(take_down, "deployed", lambda _: "services")
    asked: list[object] = []
    monkeypatch.setattr(take_down, "take_down", lambda services: asked.append(services) or 0)
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert main(["take-down", *options]) == (0 if taken_down else 1)
    assert asked == (["services"] if taken_down else [])
