"""The answers of every model to every record of a test set, side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tunedrop.dataset.records import AnyRecord
from tunedrop.evaluation.answers import Reply
from tunedrop.evaluation.scores import CUSTOM
from tunedrop.evaluation.verdicts import NAMES, counted

_REFUSED_SHARE = 0.1

_BRIEF = "a rollback waits no longer for its test."
_THROTTLED = (
    "the recipe's patience (deployment.patience) was over, as happens when AWS throttles a model; "
    "raise its requests per minute, or use a smaller test set."
)

# One for each question of a record; None where time ran out first.
Replies = tuple[Reply | None, ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One record with the replies of each model."""

    line: int
    record: AnyRecord
    replies: Mapping[str, Replies]

    @property
    def is_complete(self) -> bool:
        """Whether every model answered all that it was asked of the record."""
        return all(r and r.text is not None for row in self.replies.values() for r in row)

    def texts(self, model: str) -> tuple[str, ...]:
        """A model's answers, where the row is complete."""
        return tuple(reply.text or "" for reply in self.replies[model] if reply)

    def text(self, model: str) -> str | None:
        """A model's answer to the only question of the record."""
        [reply] = self.replies[model]
        return reply.text if reply else None

    def scores(self, model: str) -> Mapping[str, float]:
        """What a model's answer to the only question of the record is worth, by metric."""
        [reply] = self.replies[model]
        return reply.scores if reply else {}

    def refusal(self, model: str) -> str | None:
        """Why a model would not take a question of the record."""
        return next((r.refusal for r in self.replies[model] if r and r.refusal is not None), None)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The rows of all records, by line; `leaked` of the file were left out.

    `notes` are sentences about what could not be checked, `unheard` says why the champion was not
    asked. Where it `is_brief`, a rollback waited for no more answers.
    """

    rows: Sequence[Row]
    models: tuple[str, ...]
    leaked: int = 0
    notes: tuple[str, ...] = ()
    unheard: str = ""
    is_brief: bool = False

    @property
    def complete(self) -> list[Row]:
        """The rows that every model answered."""
        return [row for row in self.rows if row.is_complete]

    @property
    def refusals(self) -> dict[str, list[str]]:
        """By model the words for each record that it would not take."""
        return {
            model: [words for row in self.rows if (words := row.refusal(model)) is not None]
            for model in self.models
        }

    @property
    def set_aside(self) -> int:
        """How many records a model would not take."""
        return sum(any(row.refusal(model) for model in self.models) for row in self.rows)

    @property
    def left(self) -> int:
        """How many records time ran out for."""
        return len(self.rows) - len(self.complete) - self.set_aside

    def too_many_refused(self) -> str:
        """Why the custom model cannot be judged, in Bedrock's words; empty where it can."""
        refused = self.refusals[CUSTOM]
        asked = sum(all(row.replies[CUSTOM]) for row in self.rows)
        if not are_too_many(len(refused), of=asked):
            return ""
        return (
            f"The custom model would not take {len(refused):,} of {counted(asked, 'test record')}: "
            f"{refused[0].rstrip('.')}. Shorten or correct such records, in training too."
        )

    def sentences(self) -> Iterator[str]:
        """How many records were asked, and why not all."""
        done = len(self.rows) - self.left
        if not self.left:
            yield f"All {counted(done, 'test record')} were asked." if done else ""
        else:
            yield (
                f"{done:,} of {counted(len(self.rows), 'test record')} were asked, a fair sample: "
                f"{_BRIEF if self.is_brief else _THROTTLED}"
            )
        if self.set_aside:
            each = ", ".join(f"{NAMES[m]} {len(r):,}" for m, r in self.refusals.items() if r)
            first = next(r[0] for r in self.refusals.values() if r).rstrip(".")
            yield (
                f"{counted(self.set_aside, 'record')} set aside, because a model would not take "
                f"it ({each}): {first}."
            )
        if self.leaked:
            yield (
                f"{counted(self.leaked, 'record')} left out, because the question stands in the "
                "training data too."
            )
        yield from self.notes

    def record(self) -> dict[str, Any]:
        """What the run record says of the asking."""
        counts = {"set_aside": self.set_aside, "leaked": self.leaked, "not_asked": self.left}
        return {
            "asked": " ".join(filter(None, self.sentences())),
            **{name: count for name, count in counts.items() if count},
        }


def are_too_many(refused: int, *, of: int) -> bool:
    """One record that a model would not take is no reason to refuse it, over a tenth are."""
    return refused > max(1, _REFUSED_SHARE * of)
