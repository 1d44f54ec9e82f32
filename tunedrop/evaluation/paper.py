"""One file of questions to several models, and the replies so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from tunedrop.dataset.records import AnyRecord
from tunedrop.evaluation.answers import Asker, Reply
from tunedrop.evaluation.exam import Exam
from tunedrop.evaluation.kept import KeptAnswers
from tunedrop.evaluation.questions import Question
from tunedrop.evaluation.scores import CUSTOM
from tunedrop.evaluation.sheet import Row, Sheet, are_too_many
from tunedrop.evaluation.verdicts import counted

_SLICE = 100
_PARTS = 2


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A model, and the id that it is asked `through`; "" while nothing serves it."""

    model: str
    through: str


@dataclass(kw_only=True)
class Paper:
    """Records by line, in the order in which they are asked, and whom to ask (by name).

    Answers are kept by the model that gave them: throughput may serve one model after another.

    `opponent` names the run of the champion in service where that is to be beaten ("": none);
    `unheard` says why it is not among the models, though it could be compared.
    """

    exam: Exam
    records: Mapping[int, AnyRecord]
    models: Mapping[str, Asked]
    kept: KeptAnswers
    leaked: int = 0
    notes: tuple[str, ...] = ()
    unheard: str = ""
    opponent: Mapping[str, str] = field(default_factory=dict)
    is_brief: bool = False
    replies: dict[tuple[str, int], Reply] = field(default_factory=dict)

    def of_heard(self) -> "Paper":
        """The records that the custom model has answered: the others it cannot be asked any more.

        What leaked into the training data of one champion may be a fair question to the next.
        """
        model = self.models[CUSTOM].model
        heard = {
            line: record
            for line, record in self.records.items()
            if all((model, number) in self.replies for number in self._questions(line))
        }
        left = len(self.records) - len(heard)
        note = f"{counted(left, 'record')} left out, because what the model was tested on is gone."
        return replace(self, records=heard, notes=(*self.notes, *([note] if left else ())))

    def ask(self, asker: Asker[Question]) -> None:
        """Ask what is not answered yet, slice by slice, and keep each slice's answers.

        Ends when all is asked, when no time is left, or when the custom model takes no questions.
        """
        left = iter(self.records)
        while lines := list(islice(left, _SLICE)):
            questions = {n: q for line in lines for n, q in self._questions(line).items()}
            whom = {n: self._unasked(n) for n in questions}
            if not any(whom.values()):
                continue
            given = self._scored(asker.ask(questions, whom))
            self.kept.add(given)
            self.replies |= given
            if len(given) < sum(map(len, whom.values())) or self._is_refused():
                return

    @property
    def is_open(self) -> bool:
        """Whether there is something left to ask of what is served now."""
        is_asked = all(not self._unasked(n) for line in self.records for n in self._questions(line))
        return not is_asked and not self._is_refused()

    def sheet(self) -> Sheet:
        """The replies side by side, in the order of the file."""
        rows = [self._row(line) for line in sorted(self.records)]
        return Sheet(
            rows=rows,
            models=tuple(self.models),
            leaked=self.leaked,
            notes=self.notes,
            unheard=self.unheard,
            is_brief=self.is_brief,
        )

    def _scored(self, given: Mapping[tuple[str, int], Reply]) -> dict[tuple[str, int], Reply]:
        answering = {each.through: each.model for each in self.models.values()}
        return {
            (answering[id_], number): self.exam.scored(self.records[number // _PARTS], reply)
            for (id_, number), reply in given.items()
        }

    def _is_refused(self) -> bool:
        """Whether the custom model takes too few questions to go on."""
        mine = {
            n: reply
            for (each, n), reply in self.replies.items()
            if each == self.models[CUSTOM].model
        }
        refused = {n // _PARTS for n, reply in mine.items() if reply.refusal is not None}
        return are_too_many(len(refused), of=len({n // _PARTS for n in mine}))

    def _questions(self, line: int) -> dict[int, Question]:
        asked = self.exam.questions(self.records[line])
        return {line * _PARTS + part: question for part, question in enumerate(asked)}

    def _unasked(self, number: int) -> tuple[str, ...]:
        """What the question is still to be asked through."""
        return tuple(
            each.through
            for each in self.models.values()
            if each.through and (each.model, number) not in self.replies
        )

    def _row(self, line: int) -> Row:
        numbers = self._questions(line)
        replies = {
            name: tuple(self.replies.get((asked.model, number)) for number in numbers)
            for name, asked in self.models.items()
        }
        return Row(line=line, record=self.records[line], replies=replies)
