"""What every kind of test offers: its questions, its judgement, its answers to keep and show."""

from typing import Any, Protocol

from tunedrop.dataset.records import AnyRecord
from tunedrop.evaluation.answers import Reply
from tunedrop.evaluation.comparison import Comparison, EvaluationGoals
from tunedrop.evaluation.questions import Question
from tunedrop.evaluation.sheet import Sheet
from tunedrop.evaluation.verdicts import counted

Json = dict[str, Any]


class Exam(Protocol):
    """One kind of test.

    `most` records are asked; `compares` says whether other models are asked beside the custom one.
    """

    @property
    def most(self) -> int: ...
    @property
    def compares(self) -> bool: ...

    def questions(self, record: AnyRecord) -> tuple[Question, ...]:
        """What is asked of a record."""

    def scored(self, record: AnyRecord, reply: Reply) -> Reply:
        """A reply with what it is worth by itself, so that a large set is scored as it is asked."""

    def judge(self, sheet: Sheet, goals: EvaluationGoals, seed: int) -> Comparison:
        """What the complete rows decide."""

    def kept(self, sheet: Sheet) -> list[Json]:
        """The lines of answers.jsonl, one for each row."""

    def examples(self, sheet: Sheet) -> list[Json]:
        """A few rows to show side by side."""

    def files(self, sheet: Sheet) -> dict[str, bytes]:
        """Further files to keep beside the answers, by name."""


def smoke_test(passed: int, sheet: Sheet, did: str, noun: str) -> Comparison:
    """The judgement of a test that only sees whether the custom model answers at all."""
    asked = len(sheet.complete)
    if not asked:
        verdict = "There is no test record, so the custom model was not asked."
        return Comparison(records=0, accepted=not sheet.rows, verdict=verdict)
    verdict = (
        f"The custom model {did} {passed:,} of {counted(asked, noun)}: a smoke test, which says "
        "that it answers and not how well."
    )
    return Comparison(records=asked, accepted=passed == asked, verdict=verdict)
