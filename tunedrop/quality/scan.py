"""The one entry: records go in, in order, and a `QualityReport` comes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tunedrop.dataset.records import BETWEEN_TURNS, AnyRecord
from tunedrop.dataset.splits import Side
from tunedrop.quality.block import Counts, Hashes, TextBlock
from tunedrop.quality.completions import CompletionChecks
from tunedrop.quality.confidential import Aside, ConfidentialData
from tunedrop.quality.coverage import CoverageMeter, DatasetSummary
from tunedrop.quality.labels import LabelCollector
from tunedrop.quality.languages import Languages, languages
from tunedrop.quality.leakage import Fingerprints
from tunedrop.quality.measured import Measured
from tunedrop.quality.report import QualityReport
from tunedrop.quality.results import SIDES, reported
from tunedrop.quality.sketches import WHOLE, Sketches
from tunedrop.quality.verdicts import Verdicts, judged

_BLOCK_CHARACTERS = 1 << 20
_LETTERS = 14
_TO_LETTERS = bytes(ord("a") + byte % 16 for byte in range(256))

_NOTHING: Aside = ("", "")

T = TypeVar("T", bound=np.generic)


def numbered(record: int) -> str:
    """How a record is named where nobody knows its file and line."""
    return f"record {record + 1}"


@dataclass(kw_only=True, slots=True)
class _Waiting:
    """Records of one side that wait to be a block."""

    side: Side
    prompts: list[str] = field(default_factory=list)
    completions: list[str] = field(default_factory=list)
    systems: list[str] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    characters: int = 0
    size: int = 0

    def add(self, prompt: str, completion: str, system: str, aside: Aside) -> None:
        """One more record; what stands aside takes room and is not measured."""
        self.prompts.append(prompt)
        self.completions.append(completion)
        self.systems.append(system)
        self.asides.append(aside)
        characters = len(prompt) + len(completion)
        self.characters += characters
        self.size += characters + len(aside[0]) + len(aside[1])

    def block(self, first: int) -> TextBlock:
        """All of them, numbered from the first."""
        return TextBlock(first=first, prompts=self.prompts, completions=self.completions)


class QualityScan:
    """Measures records as they come; what it keeps grows with their number, not their length."""

    def __init__(self) -> None:
        self._sides: list[Counts] = []
        self._keys: list[Hashes] = []
        self._prompts: list[Hashes] = []
        self._completions: list[Hashes] = []
        self._systems: list[Counts] = []
        self._languages: list[Languages] = []
        self._sketches = Sketches()
        self._checks = CompletionChecks()
        self._confidential = ConfidentialData()
        self._meter = CoverageMeter()
        self._labels = LabelCollector()
        self._characters = 0
        self._records = 0
        self._waiting = _Waiting(side="train")
        self._judged: Verdicts | None = None

    def add(self, record: AnyRecord, side: Side = "train") -> None:
        """Take in one record."""
        system = getattr(record, "system", None) or ""
        shown = (_word_for(each.uri) for each in record.media)
        prompt = BETWEEN_TURNS.join(filter(None, (*shown, record.prompt)))
        self.add_texts([prompt], [record.completion], side, [system], [record.aside])

    def add_texts(
        self,
        prompts: Sequence[str],
        completions: Sequence[str],
        side: Side = "train",
        systems: Sequence[str] = (),
        asides: Sequence[Aside] = (),
    ) -> None:
        """Take in several records as what the model sees and what it learns to write.

        `systems` are the system prompts with which their prompts begin, or empty texts; `asides`
        are their reasoning and further fields, in which confidential data alone are looked for.
        """
        if side != self._waiting.side:
            self._flush()
            self._waiting = _Waiting(side=side)
        count = len(prompts)
        systems, asides = systems or [""] * count, asides or [_NOTHING] * count
        for each in zip(prompts, completions, systems, asides, strict=True):
            self._waiting.add(*each)
            if self._waiting.size >= _BLOCK_CHARACTERS:
                self._flush()

    def report(
        self, *, place: Callable[[int], str] = numbered, before: DatasetSummary | None = None
    ) -> QualityReport:
        """Judge everything so far.

        `place` names records in messages; `before` is the summary of the dataset against which
        drift is measured.
        """
        return reported(self._measured(), self.verdicts(), place, before)

    def verdicts(self) -> Verdicts:
        """What is to be known of each record when the dataset is prepared."""
        measured = self._measured()
        if self._judged is None:
            self._judged = judged(measured)
        return self._judged

    def labels(self) -> list[int]:
        """For each record a number of its label: the same for all where completions are texts."""
        measured = self._measured()
        return measured.completions.tolist() if measured.labels else [0] * len(measured)

    def settle(self, sides: Sequence[int]) -> None:
        """Say where each record is in the end, as a place in `SIDES`; beyond them: nowhere.

        Verdicts stay those of the sides that the records came with.
        """
        self.verdicts()
        self._sides[:] = [np.array(sides, np.int64)]

    def seen_in(self, training: Fingerprints, records: Sequence[int]) -> list[int]:
        """Which of some records are in another training set, exactly or nearly."""
        measured, places = self._measured(), np.array(records, np.int64)
        found = training.holds(measured.keys[places], measured.sketches.of(places))
        return [records[leak.tested] for leak in found]

    def fingerprints(self) -> Fingerprints:
        """To recognize the training records of this dataset by in later runs."""
        measured = self._measured()
        return Fingerprints.of(measured.keys, measured.sketches, np.flatnonzero(measured.trained))

    def _flush(self) -> None:
        waiting = self._waiting
        if waiting.prompts:
            self._judged = None
            self._take(waiting.block(self._records), waiting.asides)
            self._sides.append(np.full(len(waiting.prompts), SIDES.index(waiting.side)))
            self._systems.append(_pairs_within(waiting.systems))
            self._records += len(waiting.prompts)
            self._characters += waiting.characters
        self._waiting = _Waiting(side=waiting.side)

    def _take(self, block: TextBlock, asides: Sequence[Aside]) -> None:
        spoken = languages(block)
        self._keys.append(block.keys)
        self._prompts.append(block.field_keys[::2])
        self._completions.append(block.field_keys[1::2])
        self._languages.append(spoken)
        self._sketches.add(block)
        self._checks.add(block)
        self._confidential.add(block, asides)
        self._meter.add(block, spoken)
        self._labels.add(block)

    def _measured(self) -> Measured:
        self._flush()
        sides = _joined(self._sides, np.int64)
        return Measured(
            characters=self._characters,
            sides=sides,
            keys=_joined(self._keys, np.uint64),
            prompts=_joined(self._prompts, np.uint64),
            completions=_joined(self._completions, np.uint64),
            system_pairs=_joined(self._systems, np.int64),
            languages=_joined(self._languages, np.int8),
            sketches=self._sketches.whole(),
            checks=self._checks,
            confidential=self._confidential,
            meter=self._meter,
            labels=self._labels.labels(),
        )


def _word_for(uri: str) -> str:
    """What an image or video is in a prompt: a word of its own in which nothing can be found."""
    digest = blake2b(uri.encode(), digest_size=_LETTERS).digest()
    return digest.translate(_TO_LETTERS).decode()


def _pairs_within(systems: Sequence[str]) -> Counts:
    """The different word pairs of each system prompt, of which there are few different ones."""
    different = tuple(dict.fromkeys(systems))
    sketches = Sketches(size=WHOLE)
    sketches.add(TextBlock(first=0, prompts=different, completions=("",) * len(different)))
    counts = np.diff(sketches.whole().distinct().bounds).tolist()
    pairs = dict(zip(different, counts, strict=True))
    return np.array([pairs[each] for each in systems], np.int64)


def _joined(parts: list[NDArray[T]], kind: type[T]) -> NDArray[T]:
    whole = np.concatenate(parts) if parts else np.zeros(0, kind)
    parts[:] = [whole]
    return whole
