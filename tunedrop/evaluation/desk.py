"""Tests a deployment: the test set through the custom model, its base and the champion.

However large the set, each call asks for as long as it may run and keeps what it was told; the
workflow calls again until all is asked or the recipe's patience is over. One caller at a time sees
how fast each model may be asked, which slices side by side would each have to find out against
one another.
"""

import logging
import random
import time
import traceback
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from tunedrop.dataset.handling import protected_kinds
from tunedrop.errors import DeploymentFailedError, ModelRejectedError, RunEndingError
from tunedrop.evaluation.answers import Asker, Inference, Pace
from tunedrop.evaluation.exam import Exam
from tunedrop.evaluation.exams import exam_of
from tunedrop.evaluation.judgement import Judgement, judge
from tunedrop.evaluation.paper import Paper
from tunedrop.evaluation.papers import Papers
from tunedrop.evaluation.questions import Question
from tunedrop.evaluation.sheet import Sheet
from tunedrop.evaluation.shown import Discretion
from tunedrop.evaluation.usage import usage
from tunedrop.objects import Objects
from tunedrop.records import RunRecords
from tunedrop.run import Run, moment

# Scoring 20,000 answers of three models takes minutes, for which a call has to be young.
_SECONDS_TO_JUDGE = 420
# A rollback is an emergency: most test sets are asked in less.
_SECONDS_OF_ROLLBACK = 120

_log = logging.getLogger(__name__)


class Progress(Struct, frozen=True, kw_only=True):
    """How many records every model answered so far, and in the end the verdict."""

    records: int
    verdict: str
    is_complete: bool


@dataclass(frozen=True, kw_only=True)
class EvaluationDesk:
    """Asks, keeps every answer, compares and decides."""

    records: RunRecords
    papers: Papers
    artifacts: Objects
    inference: Inference[Question]

    def test(self, run: Run, now: datetime, remaining_seconds: Callable[[], float]) -> Progress:
        """Go on with the test; a `ModelRejectedError` when the recipe's ask is not met.

        A further call asks what is not answered yet. The general test set comes first: it is
        small, and a test set that outlasts the recipe's patience must not crowd it out. Before a
        model takes the champion's place for its test, only the others are asked.

        A rollback is a person's word on what shall serve, and urgent: its test takes one short
        call and tells what it found; whatever goes wrong with it, the rollback goes on.
        """
        if not run.is_rollback:
            return self._test(run, now, remaining_seconds)
        try:
            return self._test(run, now, remaining_seconds)
        except RunEndingError:
            raise
        except Exception as error:
            return self._untested(run, error)

    def _test(self, run: Run, now: datetime, remaining_seconds: Callable[[], float]) -> Progress:
        exam = exam_of(run.plan, run.losses.get("perplexity", ""))
        general, test = self.papers.general(run), self.papers.test(run, exam)
        papers = [general, test] if general else [test]
        is_late = _is_late(run, now)
        if not is_late:
            asker = Asker(self.inference, _pace(_within(run, now, remaining_seconds)))
            for paper in papers:
                paper.ask(asker)
            asked = usage(papers, run.cost.get("asked", ()))
            self.records.update(run, cost={**run.cost, "asked": asked})
        sheet = test.sheet()
        is_open = not is_late and any(paper.is_open for paper in papers)
        goes_on = is_open or remaining_seconds() < _SECONDS_TO_JUDGE
        if goes_on and not run.is_rollback:
            return Progress(records=len(sheet.complete), verdict="", is_complete=False)
        if run.deployment is None and run.trial is None:
            return self._until_swapped_in(run, test)
        if not run.is_rollback:
            _require_answers(sheet)
        seed = zlib.crc32(run.run_id.encode())
        judgement = judge(run, exam, sheet, general.sheet() if general else None, seed=seed)
        judgement = replace(judgement, section={**judgement.section, **test.opponent})
        self._keep(run, exam, sheet, judgement)
        if not judgement.accepted and not run.is_rollback:
            raise ModelRejectedError(judgement.verdict)
        return Progress(records=judgement.records, verdict=judgement.verdict, is_complete=True)

    def _until_swapped_in(self, run: Run, test: Paper) -> Progress:
        """The others were asked; should another champion serve by then, that is asked first."""
        self.records.update(run, evaluation=dict(test.opponent))
        return Progress(records=0, verdict="", is_complete=True)

    def _untested(self, run: Run, error: Exception) -> Progress:
        """What a rollback is told of a test that failed; the error's words might quote a record."""
        kind = type(error).__name__
        at = "".join(traceback.format_tb(error.__traceback__))
        _log.error("The test of the rollback %s failed: %s\n%s", run.run_id, kind, at)
        verdict = (
            f"Not tested: the test failed ({kind}). A rollback serves at a person's word all the "
            "same; the log of TestDeployment says where it failed."
        )
        self.records.update(run, evaluation={"records": 0, "verdict": verdict})
        return Progress(records=0, verdict=verdict, is_complete=True)

    def _keep(self, run: Run, exam: Exam, sheet: Sheet, judgement: Judgement) -> None:
        # Where records are deleted in time, what quotes them goes with them; the metrics stay.
        are_deleted = run.plan.data.retention is not None
        discretion = Discretion(protected_kinds(run.plan.data))
        sheet = discretion.sheet(sheet)
        files = {
            "answers.jsonl": b"\n".join(map(msgspec.json.encode, exam.kept(sheet))),
            "metrics.json": msgspec.json.encode(
                {
                    **judgement.section,
                    **discretion.plain(judgement.details),
                    "examples": [] if are_deleted else exam.examples(sheet),
                }
            ),
            **exam.files(sheet),
        }
        for name, content in files.items():
            kind, key = _CONTENT_TYPES[name.rpartition(".")[2]], run.layout.evaluation(name)
            expires = are_deleted and name != "metrics.json"
            self.artifacts.write(key, content, kind, expires=expires)
        self.records.update(run, evaluation=judgement.section)


_CONTENT_TYPES = {
    "jsonl": "application/jsonl",
    "json": "application/json",
    "png": "image/png",
    "jpeg": "image/jpeg",
}


def _pace(remaining_seconds: Callable[[], float]) -> Pace:
    return Pace(
        remaining=remaining_seconds,
        clock=time.monotonic,
        sleep=time.sleep,
        random=random.random,
    )


def _within(run: Run, now: datetime, remaining: Callable[[], float]) -> Callable[[], float]:
    """The seconds that a call has left, of the recipe's window too where that is what it has."""
    if run.is_rollback:
        closes = time.monotonic() + _SECONDS_OF_ROLLBACK + Pace.reserve
    elif run.swap and run.swap.test_until:
        closes = time.monotonic() + (moment(run.swap.test_until) - now).total_seconds()
    else:
        return remaining
    return lambda: min(remaining(), closes - time.monotonic())


def _is_late(run: Run, now: datetime) -> bool:
    """Whether the test has taken as long as the recipe lets a run wait for Bedrock."""
    if run.swap and run.swap.test_until:
        return now > moment(run.swap.test_until)
    began = run.retests[-1] if run.retests else run.timeline.get("TestDeployment")
    patience = timedelta(seconds=run.plan.deployment.patience_seconds)
    return began is not None and now - moment(began) > patience


def _require_answers(sheet: Sheet) -> None:
    """Nothing can be said of a model that was never heard."""
    if sheet.rows and sheet.left == len(sheet.rows):
        raise DeploymentFailedError(
            "No question of the test set was answered within the recipe's patience "
            "(deployment.patience), or window (deployment.reuse): AWS throttled them all. Request "
            "a higher quota of requests per minute for the model, or allow for more time."
        )
