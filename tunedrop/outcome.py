"""Records how a run ended: the outcome, its cause in words, and everything that people read."""

import json
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct, structs

from tunedrop import errors
from tunedrop.answers import Answer, Answers
from tunedrop.errors import BusinessError, DeploymentDeclinedError
from tunedrop.evaluation.system_prompt import system_prompt
from tunedrop.layout import RunLayout
from tunedrop.notifications import Notifications
from tunedrop.objects import Objects
from tunedrop.reckoning import spending, with_ends
from tunedrop.records import RunRecords
from tunedrop.report.sentences import RUNBOOK, sentence, words_for
from tunedrop.run import ENDED, Failure, Run, Source, plain, timestamp
from tunedrop.serving.turns import Turns
from tunedrop.settings import model_parameter

RUN_SUCCEEDED = "RunSucceeded"
RUN_UNCHANGED = "RunUnchanged"
SERVICE_FAILED = "ServiceFailed"
CLEAN_UP_FAILED = "CleanUpFailed"

_LONGEST_CAUSE = 2000
_AGREE = (
    "Agree with the person who decides, then run `tunedrop promote {run_id}`: the model is kept, "
    "and is not trained again."
)


class Outcome(Struct, frozen=True, kw_only=True):
    """How a run ended: the name of the state it ends in, and the sentences for people."""

    name: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """Writes run.json, the report, the answer and the notification, then closes the record."""

    records: RunRecords
    turns: Turns
    artifacts: Objects
    answers: Answers
    notifications: Notifications
    render: Callable[[dict[str, Any]], str]

    def conclude(
        self, run_id: str, source: Source, now: datetime, count: Callable[[str], None]
    ) -> Outcome:
        """Close the run; a second call answers as the first and tells nobody again.

        The record of a run over another object than `source` stays as it is. The outcome is
        counted before the record is closed: an alarm may ring twice, but never not at all.
        """
        run = self.records.get(run_id)
        if run.source != source:
            count(SERVICE_FAILED)
            return self._collision(run, source, now)
        if run.status == ENDED:
            return Outcome(name=run.outcome, cause=run.cause)
        name, what = outcome_of(run)
        ended = structs.replace(
            run,
            status=ENDED,
            outcome=name,
            cause=cause_of(run, name, what),
            ended_at=timestamp(now),
            wait=None,
        )
        ended = structs.replace(ended, cost=self._cost(ended, now))
        self._publish(ended)
        self.turns.give_back(run)
        count(name)
        self.records.end(ended, outcome=name, cause=ended.cause, now=now)
        return Outcome(name=name, cause=ended.cause)

    def _cost(self, run: Run, now: datetime) -> dict[str, Any]:
        """What the run cost until now; the rest is told by its record, whenever somebody looks."""
        stored = self.artifacts.stored_bytes(run.layout.root)
        cost = with_ends(run.cost, *_taken_down(run, now), at=now)
        run = structs.replace(run, cost={**cost, "stored_bytes": stored})
        return {**run.cost, "actual": plain(spending(run, now))}

    def _collision(self, run: Run, source: Source, now: datetime) -> Outcome:
        cause = (
            f"Another object, {run.source.key}, has a run of the same name, {run.run_id}. "
            f"Drop {source.key} again to give its run a name of its own."
        )
        answer = Answer(
            key=source.key,
            version_id=source.version_id,
            outcome=SERVICE_FAILED,
            reason=cause,
            answered_at=timestamp(now),
            dropped_at=timestamp(now),
        )
        self.answers.write(answer)
        return Outcome(name=SERVICE_FAILED, cause=cause)

    def _publish(self, run: Run) -> None:
        record = {**plain(run), "next_step": next_step(run)}
        content = msgspec.json.format(msgspec.json.encode(record))
        self.artifacts.write(run.layout.record, content, "application/json")
        page = self.render(self._for_page(run, record)).encode()
        self.artifacts.write(run.layout.report, page, "text/html; charset=utf-8")
        report = self.artifacts.uri(run.layout.report)
        self.answers.write(_answer(run, report))
        self.notifications.send(
            subject=f"{run.recipe}: {words_for(run.outcome).title}",
            message=f"{run.cause}\n\nRun: {run.run_id}\nReport: {report}",
        )

    def _for_page(self, run: Run, record: dict[str, Any]) -> dict[str, Any]:
        """The record with what the page alone shows: no table holds a prompt, or a label."""
        files = {
            "evaluation": run.layout.evaluation("metrics.json"),
            "quality": run.layout.dataset("quality.json"),
        }
        found = {name: self.artifacts.read_if_there(key) for name, key in files.items()}
        told = {name: msgspec.json.decode(content) for name, content in found.items() if content}
        return record | told | {"system_prompt": self._system_prompt(run)}

    def _system_prompt(self, run: Run) -> str | None:
        """What callers of the model send before their prompts; None where nobody can say."""
        earlier = RunLayout(recipe=run.recipe, run_id=run.unchanged_since)
        key = (earlier if run.unchanged_since else run.data_layout).dataset("train.jsonl")
        is_called = run.outcome in (RUN_SUCCEEDED, RUN_UNCHANGED)
        if not is_called or self.artifacts.find(key) is None:
            return None
        return system_prompt(self.artifacts.chunks(key))


def _taken_down(run: Run, now: datetime) -> Iterator[str]:
    """The names of what clean-up took down, or gave back."""
    if run.promotion or run.clean_up is None or not run.clean_up.done:
        return
    if run.swap:
        yield run.swap.name
    yield from (each.name for each in run.deployments if each.committed_until <= timestamp(now))
    if not run.model_kept_until:
        yield from (job.name for job in run.own_jobs)


def outcome_of(run: Run) -> tuple[str, str]:
    """The outcome of a run and what happened, read from its record.

    A promotion is the commit point: what failed after it does not undo it. Nothing counts as a
    success, or as cleaned up, unless the record says so.
    """
    if run.promotion or (run.failure is None and _stopped_at_model(run)):
        return RUN_SUCCEEDED, _success(run)
    if run.failure is None and run.unchanged_since:
        return RUN_UNCHANGED, (
            f"The same bytes with the same recipe are the run {run.unchanged_since}. To train "
            "on them again all the same, drop a run request with again: true."
        )
    if run.clean_up is None or not run.clean_up.done:
        return CLEAN_UP_FAILED, f"Clean-up did not finish. The run ended because: {_why(run)}"
    return _outcome_named(run.failure.error) if run.failure else SERVICE_FAILED, _why(run)


def _stopped_at_model(run: Run) -> bool:
    """Whether the recipe asks for no deployment, and the model passed what it does ask."""
    return bool(run.losses.get("verdict")) and run.plan.deployment.mode == "none"


def cause_of(run: Run, outcome: str, what: str) -> str:
    """The sentences of a Fail state: what happened, what bills, what to do, where to read on."""
    if outcome in (RUN_SUCCEEDED, RUN_UNCHANGED):
        return what
    words = words_for(outcome)
    return (
        f"{sentence(what[:_LONGEST_CAUSE])} Still billing: {still_billing(run)}. "
        f"Next: {next_step(run)} Runbook: {RUNBOOK}, {words.runbook_heading}."
    )


def still_billing(run: Run) -> str:
    """What the run may have left that bills, in words."""
    if run.clean_up and run.clean_up.done:
        return "; ".join(filter(None, (*run.clean_up.committed, _kept_model(run)))) or "nothing"
    left = run.clean_up.still_billing if run.clean_up else ()
    made = [f"customization job and model {job.name}" for job in run.own_jobs]
    made += [f"{each.mode} deployment {each.name}" for each in run.deployments]
    return "; ".join(left) or "; ".join(made) or "nothing"


def _kept_model(run: Run) -> str:
    if not run.model_kept_until or run.job is None:
        return ""
    return f"the storage of the custom model {run.job.name}, until {run.model_kept_until[:10]}"


def next_step(run: Run) -> str:
    """What people do next."""
    outcome = run.outcome or outcome_of(run)[0]
    if outcome == DeploymentDeclinedError.outcome and run.model_kept_until:
        return _AGREE.format(run_id=run.run_id)
    words = words_for(outcome, is_promoted=run.promotion is not None)
    trained = run.files.get("train") or [{"key": run.source.key}]
    file = trained[0]["key"].rpartition("/")[2]
    return words.next_step.format(run_id=run.run_id, recipe=run.recipe, file=shlex.quote(file))


def failure_from(error: str, cause: str) -> Failure:
    """A failure as the workflow caught it; Lambda wraps the message of an exception in JSON."""
    try:
        message = json.loads(cause)["errorMessage"]
    except (ValueError, KeyError, TypeError):
        message = cause
    return Failure(error=error, cause=str(message))


def _outcome_named(error: str) -> str:
    kind = getattr(errors, error, None)
    if isinstance(kind, type) and issubclass(kind, BusinessError) and kind is not BusinessError:
        return kind.outcome
    return SERVICE_FAILED


def _why(run: Run) -> str:
    if run.failure is None:
        return "its failure was not recorded; the execution's history tells it."
    is_fault = _outcome_named(run.failure.error) == SERVICE_FAILED
    return f"{run.failure.error}: {run.failure.cause}" if is_fault else run.failure.cause


def _success(run: Run) -> str:
    model = run.job.custom_model_arn if run.job else "none"
    if run.promotion is None:
        return f"The custom model {model} is trained; the recipe asks for no deployment."
    return (
        f"The custom model {model} is version {run.promotion.version} of {run.recipe}; "
        f"applications find it at {model_parameter(run.stage, run.recipe)}."
    )


def _answer(run: Run, report: str) -> Answer:
    return Answer(
        key=run.source.key,
        version_id=run.source.version_id,
        outcome=run.outcome,
        reason=run.cause,
        answered_at=run.ended_at,
        dropped_at=run.dropped_at,
        run_id=run.run_id,
        report=report,
        model_parameter=model_parameter(run.stage, run.recipe),
    )
