"""Tests of text models: dialogues, and passages to go on with."""

from dataclasses import dataclass, replace
from itertools import islice
from typing import ClassVar, cast

from msgspec import structs

from tunedrop.dataset.records import AnyRecord, Passage, Record
from tunedrop.evaluation.answers import Reply
from tunedrop.evaluation.comparison import Comparison, EvaluationGoals, compare
from tunedrop.evaluation.exam import Json, smoke_test
from tunedrop.evaluation.examples import example, extremes
from tunedrop.evaluation.metrics import TEXT_METRICS
from tunedrop.evaluation.questions import Question, continuation
from tunedrop.evaluation.scores import BASE, CHAMPION, CUSTOM
from tunedrop.evaluation.sheet import Row, Sheet

_MOST_RECORDS = 20_000
_MOST_PASSAGES = 5


class _TextExam:
    """What tests of texts have in common: one question for each record, answered by a text."""

    def questions(self, record: AnyRecord) -> tuple[Question, ...]:
        return (self._dialogue(record),)

    def scored(self, record: AnyRecord, reply: Reply) -> Reply:
        if reply.text is None:
            return reply
        reference = self._dialogue(record).completion
        scores = {name: score(reference, reply.text) for name, score in TEXT_METRICS.items()}
        return structs.replace(reply, scores=scores)

    def kept(self, sheet: Sheet) -> list[Json]:
        return [self._line(row) for row in sheet.rows]

    def examples(self, sheet: Sheet) -> list[Json]:
        """The greatest gains and losses over the champion, else over the base model, by ROUGE-L."""
        opponent = CHAMPION if CHAMPION in sheet.models else BASE

        def gain(row: Row) -> float:
            return row.scores(CUSTOM)["rouge_l"] - row.scores(opponent)["rouge_l"]

        return [
            {**example(self._line(row)), "gain": round(gain(row), 4)}
            for row in extremes(sheet.complete, gain)
        ]

    def files(self, sheet: Sheet) -> dict[str, bytes]:
        return {}

    def _line(self, row: Row) -> Json:
        asked = self._dialogue(row.record)
        refusals = {model: words for model in row.replies if (words := row.refusal(model))}
        return {
            "prompt": _last_prompt(asked),
            "reference": asked.completion,
            **{model: row.text(model) for model in row.replies},
            **({"refused": refusals} if refusals else {}),
        }

    def _compared(
        self, sheet: Sheet, goals: EvaluationGoals, seed: int, *, labelled: bool
    ) -> Comparison:
        rows = sheet.complete
        return compare(
            [self._dialogue(row.record).completion for row in rows],
            {model: [row.text(model) or "" for row in rows] for model in sheet.models},
            goals,
            scored={model: [row.scores(model) for row in rows] for model in sheet.models},
            seed=seed,
            labelled=labelled,
        )

    def _dialogue(self, record: AnyRecord) -> Record:
        return cast("Record", record)


@dataclass(frozen=True, kw_only=True)
class DialogueExam(_TextExam):
    """Text models: the answer to everything before the last turn, against that turn."""

    labelled: bool
    compares: ClassVar[bool] = True
    most: ClassVar[int] = _MOST_RECORDS

    def judge(self, sheet: Sheet, goals: EvaluationGoals, seed: int) -> Comparison:
        """Metrics of generation, or of labels where the task is one of labels."""
        return self._compared(sheet, goals, seed, labelled=self.labelled)


@dataclass(frozen=True, kw_only=True)
class ContinuationExam(_TextExam):
    """Models trained on plain text: they go on with passages; compared only where asked for."""

    compares: bool
    perplexity: str

    @property
    def most(self) -> int:
        """A smoke test asks a few."""
        return _MOST_RECORDS if self.compares else _MOST_PASSAGES

    def judge(self, sheet: Sheet, goals: EvaluationGoals, seed: int) -> Comparison:
        """Bedrock's perplexity, and whether the model goes on with a text at all."""
        if self.compares:
            compared = self._compared(sheet, goals, seed, labelled=False)
            return replace(compared, verdict=f"{compared.verdict} {self.perplexity}".strip())
        going_on = sum(bool((row.text(CUSTOM) or "").strip()) for row in sheet.complete)
        smoke = smoke_test(going_on, sheet, "went on with", "passage")
        return replace(smoke, verdict=f"{smoke.verdict} {self.perplexity}".strip())

    def examples(self, sheet: Sheet) -> list[Json]:
        """Side by side, where there are two sides."""
        return super().examples(sheet) if self.compares else []

    def _dialogue(self, record: AnyRecord) -> Record:
        return continuation(record) if isinstance(record, Passage) else super()._dialogue(record)


def _last_prompt(record: Record) -> str:
    return next((turn.text for turn in islice(reversed(record.turns), 1, 2)), "")
