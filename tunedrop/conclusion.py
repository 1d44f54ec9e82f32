"""Records how a run ended: everything that people read of it, and the end of its record."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct, structs

from tunedrop.answers import Answer, Answers
from tunedrop.errors import ServiceBusyError
from tunedrop.evaluation.system_prompt import system_prompt
from tunedrop.layout import RunLayout
from tunedrop.notifications import Notifications
from tunedrop.objects import Objects
from tunedrop.outcome import (
    RUN_SUCCEEDED,
    RUN_UNCHANGED,
    SERVICE_FAILED,
    cause_of,
    next_step,
    outcome_of,
)
from tunedrop.reckoning import spending, with_ends
from tunedrop.records import RunRecords
from tunedrop.report.sentences import words_for
from tunedrop.run import ENDED, Run, Source, plain, timestamp
from tunedrop.serving.turns import Turns
from tunedrop.settings import model_parameter

_log = logging.getLogger(__name__)


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
    render_bare: Callable[[str, str, str], str]

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
        ended = structs.replace(ended, cost=self._cost(ended, now, count))
        self._publish(ended, count)
        self.turns.give_back(run)
        count(name)
        self.records.end(ended, outcome=name, cause=ended.cause, now=now)
        return Outcome(name=name, cause=ended.cause)

    def _cost(self, run: Run, now: datetime, count: Callable[[str], None]) -> dict[str, Any]:
        """What the run cost until now; the rest is told by its record, whenever somebody looks."""
        with _told_without("cost", run, count):
            stored = self.artifacts.stored_bytes(run.layout.root)
            cost = with_ends(run.cost, *_taken_down(run, now), at=now)
            run = structs.replace(run, cost={**cost, "stored_bytes": stored})
            return {**run.cost, "actual": plain(spending(run, now))}
        return run.cost

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

    def _publish(self, run: Run, count: Callable[[str], None]) -> None:
        record = {**plain(run), "next_step": next_step(run)}
        content = msgspec.json.format(msgspec.json.encode(record))
        self.artifacts.write(run.layout.record, content, "application/json")
        page = self._page(run, record, count).encode()
        self.artifacts.write(run.layout.report, page, "text/html; charset=utf-8")
        report = self.artifacts.uri(run.layout.report)
        self.answers.write(_answer(run, report))
        self.notifications.send(
            subject=f"{run.recipe}: {words_for(run.outcome).title}",
            message=f"{run.cause}\n\nRun: {run.run_id}\nReport: {report}",
        )

    def _page(self, run: Run, record: dict[str, Any], count: Callable[[str], None]) -> str:
        with _told_without("report", run, count):
            return self.render(self._for_page(run, record))
        return self.render_bare(run.run_id, run.outcome, run.cause)

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


@contextmanager
def _told_without(part: str, run: Run, count: Callable[[str], None]) -> Iterator[None]:
    """Page somebody for a part that fails; the outcome is told without it, and not lost."""
    try:
        yield
    except ServiceBusyError:
        raise
    except Exception as error:
        # Where it failed and as what: the message might quote a record.
        at = "".join(traceback.format_tb(error.__traceback__))
        _log.error("No %s of %s: %s\n%s", part, run.run_id, type(error).__name__, at)
        count(SERVICE_FAILED)


def _taken_down(run: Run, now: datetime) -> Iterator[str]:
    """The ARNs of what clean-up took down."""
    if run.promotion or run.clean_up is None or not run.clean_up.done:
        return
    gone = (each for each in run.deployments if each.committed_until <= timestamp(now))
    yield from (each.arn for each in gone if each.arn)
    if not run.model_kept_until:
        yield from (job.custom_model_arn for job in run.own_jobs if job.custom_model_arn)


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
