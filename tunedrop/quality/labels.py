"""Labels: which there are, how they are spread, how they are spelt, and which look wrong."""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np

from tunedrop.quality.block import Counts, Hashes, Sketch, TextBlock
from tunedrop.quality.duplicates import firsts
from tunedrop.quality.label_noise import LabelNoise, label_noise

_LONGEST_LABEL = 64
_MOST_LABELS = 200
_FEWEST_RECORDS_PER_LABEL = 5
_WORDS_PER_RECORD = 512
_DOMINANT_SHARE = 0.8
_FEWEST_TO_LEARN = 10
_ALIKE = 0.85
_SHORTEST_FOR_TYPOS = 5
_NOT_SPELLING = re.compile(r"[\W_]+")
_NUMBERS = re.compile(r"\d+")


class LabelCollector:
    """Collects labels and words as long as completions look like labels: short, and few of them."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._labels: list[str] = []
        self._words: list[Sketch] = []
        self._sizes: list[Counts] = []
        self._are_labels = True

    def add(self, block: TextBlock) -> None:
        """Take in a block; free text ends the collecting."""
        if not self._are_labels:
            return
        labels = [completion.strip() for completion in block.completions]
        self._counts.update(labels)
        seen = len(self._labels) + len(labels)
        if len(self._counts) > _MOST_LABELS or max(map(len, labels)) > _LONGEST_LABEL:
            self._are_labels = False
        if len(self._counts) * _FEWEST_RECORDS_PER_LABEL > max(seen, _MOST_LABELS):
            self._are_labels = False
        if not self._are_labels:
            self._labels, self._words, self._sizes = [], [], []
            return
        self._labels += labels
        words, sizes = _prompt_words(block)
        self._words.append(words)
        self._sizes.append(sizes)

    def labels(self) -> "Labels | None":
        """The labels, or None where completions are free text."""
        few = len(self._counts) * _FEWEST_RECORDS_PER_LABEL <= len(self._labels)
        if not self._are_labels or not few or len(self._counts) < 2:  # noqa: PLR2004
            return None
        return Labels(self._labels, np.concatenate(self._words), np.concatenate(self._sizes))


class Labels:
    """The labels of a dataset, one per record."""

    def __init__(self, labels: Sequence[str], words: Sketch, sizes: Counts) -> None:
        self.counts = Counter(labels)
        self._names = [name for name, _ in self.counts.most_common()]
        places = {name: place for place, name in enumerate(self._names)}
        self._ids = np.fromiter((places[each] for each in labels), np.int64, len(labels))
        self._words = words
        self._sizes = sizes

    def dominant(self) -> str | None:
        """The label of at least four fifths of all records."""
        name = self._names[0]
        return name if self.counts[name] >= _DOMINANT_SHARE * len(self._ids) else None

    def rare(self) -> list[str]:
        """Labels of fewer than ten records."""
        return sorted(name for name, count in self.counts.items() if count < _FEWEST_TO_LEARN)

    def similar(self) -> list[tuple[str, str]]:
        """Labels that differ in case, spaces and signs, or in a letter or two of a long word."""
        names = sorted(self.counts)
        return [
            (one, other)
            for place, one in enumerate(names)
            for other in names[place + 1 :]
            if _spelt_alike(one, other)
        ]

    def disagreeing(self, prompts: Hashes) -> Counts:
        """Records whose prompt stands elsewhere with another label."""
        first = firsts(prompts)
        differs = self._ids != self._ids[first]
        contested = np.zeros(len(self._ids), np.bool_)
        contested[first[differs]] = True
        return np.flatnonzero(contested[first])

    def agreement(self, prompts: Hashes) -> float | None:
        """Of the records whose prompt occurs more than once, the share that has its usual label."""
        first = firsts(prompts)
        repeated = np.flatnonzero(np.bincount(first, minlength=len(first))[first] > 1)
        if not len(repeated):
            return None
        pairs = Counter(zip(first[repeated].tolist(), self._ids[repeated].tolist(), strict=True))
        most: dict[int, int] = {}
        for (prompt, _), count in pairs.items():
            most[prompt] = max(most.get(prompt, 0), count)
        return round(sum(most.values()) / len(repeated), 4)

    def noise(self) -> LabelNoise:
        """Records whose label is not what their words and their nearest neighbours say."""
        return label_noise(self._words, self._sizes, self._ids, len(self._names))

    def name(self, place: int) -> str:
        """The label at a place of `LabelNoise`."""
        return self._names[place]


def _prompt_words(block: TextBlock) -> tuple[Sketch, Counts]:
    """The words of each prompt as 32 bits, and their number; of long prompts the first."""
    begins, ends = block.field_bounds[:-1:2], block.field_bounds[1::2]
    sizes = np.minimum(ends - begins, _WORDS_PER_RECORD)
    offsets = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    words = block.words[np.repeat(begins, sizes) + offsets] >> np.uint64(32)
    return words.astype(np.uint32), sizes


def _spelt_alike(one: str, other: str) -> bool:
    plain, other_plain = (_NOT_SPELLING.sub("", each.casefold()) for each in (one, other))
    if plain == other_plain:
        return bool(plain)
    if _NUMBERS.findall(one) != _NUMBERS.findall(other):
        return False
    if min(len(plain), len(other_plain)) < _SHORTEST_FOR_TYPOS:
        return False
    return SequenceMatcher(None, plain, other_plain).ratio() >= _ALIKE
