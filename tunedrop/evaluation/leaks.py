"""Leaks: test records whose question a model was trained on, which would prove nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from tunedrop.dataset.records import AnyRecord
from tunedrop.errors import InvalidInputError
from tunedrop.evaluation.metrics import plain
from tunedrop.evaluation.test_set import digest, lines, record
from tunedrop.layout import RunLayout
from tunedrop.objects import Objects

_TRAINED_ON = "train.jsonl"
_Known = dict[str, list[int] | None]


def leaked(test_set: Mapping[int, AnyRecord], trained: Iterable[bytes]) -> set[int]:
    """The lines of test records whose question stands in a training file (its chunks).

    Questions are equal but for case and white space; the answer does not count, because a model
    that was trained on the question has seen it.
    """
    asked: dict[bytes, list[int]] = {}
    for number, each in test_set.items():
        asked.setdefault(_fingerprint(each), []).append(number)
    found: set[int] = set()
    for number, line in lines(trained):
        try:
            found.update(asked.get(_fingerprint(record(line, number)), ()))
        except InvalidInputError:
            continue
    return found


def _fingerprint(each: AnyRecord) -> bytes:
    """Of what the model is asked; a copy of an image has the same name in every run."""
    names = (media.uri.rpartition("/")[2] for media in each.media)
    asked = "\n".join(filter(None, (each.prompt, *names)))
    return digest(plain(asked or each.completion).casefold().encode())


@dataclass(frozen=True, kw_only=True)
class Leaks:
    """Compares a run's test set with training files, each of them once."""

    artifacts: Objects

    def of(
        self, test_set: Mapping[int, AnyRecord], layout: RunLayout, trained: Sequence[RunLayout]
    ) -> tuple[set[int], tuple[str, ...]]:
        """The lines that these runs trained on, and sentences about what cannot be known.

        What was found is kept in `layout`.
        """
        known = self._known(layout)
        trainings = trained if test_set else ()
        missing = [each for each in trainings if each.run_id not in known]
        if missing:
            known |= {each.run_id: self._compared(test_set, each) for each in missing}
            content = msgspec.json.encode(known)
            self.artifacts.write(_key(layout), content, "application/json")
        found = {line for each in trainings for line in known[each.run_id] or ()}
        return found, tuple(_unknown(each) for each in trainings if known[each.run_id] is None)

    def _known(self, layout: RunLayout) -> _Known:
        content = self.artifacts.read_if_there(_key(layout))
        return msgspec.json.decode(content, type=_Known) if content else {}

    def _compared(self, test_set: Mapping[int, AnyRecord], training: RunLayout) -> list[int] | None:
        key = training.dataset(_TRAINED_ON)
        if self.artifacts.find(key) is None:
            return None
        return sorted(leaked(test_set, self.artifacts.chunks(key)))


def _key(layout: RunLayout) -> str:
    return layout.evaluation("leaks.json")


def _unknown(training: RunLayout) -> str:
    return (
        f"The training data of the run {training.run_id} is not kept any more, so whether it held "
        "questions of the test set is not known."
    )
