"""Labelled tasks: which label an answer gives, and how often it is the right one.

Own code, checked in tests against scikit-learn, which brings scipy.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tunedrop.evaluation.metrics import plain

OTHER = "(another answer)"
Outcome = tuple[str, str]

_MOST_LABELS = 100
_RECORDS_PER_LABEL = 2
_LONGEST_LABEL = 80
_AROUND = ".,:;!?\"'`*()[] "


@dataclass(frozen=True, kw_only=True)
class Labels:
    """The labels of a task, as its references spell them, by how they are recognized."""

    by_key: Mapping[str, str]

    @classmethod
    def of(cls, references: Sequence[str]) -> "Labels | None":
        """The labels in a test set; None where its answers are too many or too long to be labels.

        At most 100 of at most 80 characters, on average on two records or more.
        """
        by_key: dict[str, str] = {}
        for reference in references:
            by_key.setdefault(_key(reference), plain(reference))
        few = len(by_key) <= min(_MOST_LABELS, len(references) // _RECORDS_PER_LABEL)
        short = all(0 < len(key) <= _LONGEST_LABEL for key in by_key)
        return cls(by_key=by_key) if by_key and few and short else None

    def read(self, answer: str) -> str:
        """The label that an answer gives: its text, else the only label that it mentions.

        Whole words count, without regard to case: a base model that wraps its label in a sentence
        knows the label.
        """
        key = _key(answer)
        if key in self.by_key:
            return self.by_key[key]
        mentioned = [each for each in self.by_key if _mentions(key, each)]
        longest = [each for each in mentioned if not _is_part(each, mentioned)]
        return self.by_key[longest[0]] if len(longest) == 1 else OTHER

    def outcomes(self, references: Iterable[str], answers: Iterable[str]) -> list[Outcome]:
        """For each record the label that is right and the label that was given."""
        pairs = zip(references, answers, strict=True)
        return [(self.by_key[_key(right)], self.read(given)) for right, given in pairs]


def macro_f1(outcomes: Iterable[Outcome]) -> float:
    """The mean of the F1 scores of the labels that are right for some record or given for one.

    An answer that is none of the labels is a miss of the right one, and no label of its own.
    """
    counts = Counter(outcomes)
    right, given, hits = Counter[str](), Counter[str](), Counter[str]()
    for (true, answered), count in counts.items():
        right[true] += count
        given[answered] += count
        hits[true] += count * (true == answered)
    del given[OTHER]
    labels = right.keys() | given.keys()
    return sum(2 * hits[each] / (right[each] + given[each]) for each in labels) / len(labels)


def confusion(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Counts by right label (rows) and given label (columns), the most frequent label first."""
    frequent = Counter(right for right, _ in outcomes).most_common()
    labels = [label for label, _ in frequent]
    strange = Counter(given for _, given in outcomes if given not in labels)
    columns = [*labels, *(label for label, _ in strange.most_common())]
    counts = Counter(outcomes)
    return {
        "labels": labels,
        "given": columns,
        "counts": [[counts[right, given] for given in columns] for right in labels],
    }


def _key(text: str) -> str:
    return plain(text).casefold().strip(_AROUND)


def _mentions(text: str, key: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(key)}(?!\w)", text) is not None


def _is_part(key: str, others: Sequence[str]) -> bool:
    """Whether a label is only a part of a longer one: `urgent` within `not urgent`."""
    return any(key != other and _mentions(other, key) for other in others)
