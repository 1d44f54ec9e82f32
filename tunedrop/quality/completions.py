"""What is wrong with single completions: trivial, truncated, copied from the prompt."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from tunedrop.quality.block import Counts, Flags, Hashes, TextBlock, word_keys

# Words that no sentence ends with.
_OPEN_WORDS = [
    "the",
    "a",
    "an",
    "and",
    "or",
    "but",
    "of",
    "to",
    "with",
    "for",
    "from",
    "by",
    "in",
    "at",
    "as",
    "is",
    "are",
    "was",
    "were",
    "that",
    "which",
    "because",
    "if",
    "their",
    "your",
    "his",
    "her",
    "our",
    "my",
    "its",
    "der",
    "die",
    "das",
    "und",
    "oder",
    "ein",
    "eine",
    "von",
    "zu",
    "mit",
    "für",
    "le",
    "la",
    "les",
    "et",
    "ou",
    "de",
    "des",
    "du",
    "un",
    "une",
    "pour",
    "avec",
    "el",
    "los",
    "las",
    "y",
    "o",
    "una",
    "con",
    "para",
    "por",
]
_CLOSING = frozenset(b".!?\"')]}>`*:;|%" + b"\x80\x81\x82\x9d\x99\xa6\xaf\xbb\xbc\x9f")
_OPENING = frozenset(b",-(&/+=")
_FEWEST_BYTES = 80
_VERY_FEW = 3
_COPIED_CHARACTERS = 20
_COPIED_WORDS = 4


@dataclass(frozen=True, kw_only=True)
class CompletionFacts:
    """Of each record of a block: the completion's words, and whether it looks wrong by itself."""

    words: Counts
    prompted: Flags
    closed: Flags
    cut: Flags
    unclosed: Flags
    copied: Flags
    structured: Flags


def _no_facts(words: Counts) -> CompletionFacts:
    none = np.zeros(len(words), np.bool_)
    flags = ("prompted", "closed", "cut", "unclosed", "copied", "structured")
    return CompletionFacts(words=words, **dict.fromkeys(flags, none))


def completion_facts(block: TextBlock) -> CompletionFacts:
    """Look at each completion of a block."""
    bounds = block.field_bounds
    words = bounds[2::2] - bounds[1::2]
    last = np.where(words > 0, bounds[2::2] - 1, 0)
    if len(block.words) == 0:
        return _no_facts(words)
    first = np.minimum(bounds[1::2], len(block.words) - 1)
    ends = block.bytes[(block.starts + block.lengths)[last] - 1]
    sizes = block.field_ends[1::2] - block.field_ends[::2] - 1
    long_enough = (words > 0) & (sizes >= _FEWEST_BYTES)
    open_word = np.isin(block.words[last], _OPEN)
    cut = long_enough & (_IS_OPENING[ends] | open_word)
    closed = _IS_CLOSING[ends] & (words > 0)
    return CompletionFacts(
        words=words,
        prompted=bounds[1::2] > bounds[:-1:2],
        closed=closed,
        cut=cut,
        unclosed=long_enough & ~closed,
        copied=_copied(block, words),
        structured=(words > 0) & np.isin(block.bytes[block.starts[first]], _BRACKETS),
    )


def _copied(block: TextBlock, words: Counts) -> Flags:
    """Whether the prompt holds the whole completion, where that is more than a phrase."""
    copied = np.zeros(len(block), np.bool_)
    for record in np.flatnonzero(words >= _COPIED_WORDS).tolist():
        completion = block.completions[record].strip()
        if len(completion) >= _COPIED_CHARACTERS and completion in block.prompts[record]:
            copied[record] = True
    return copied


class CompletionChecks:
    """Collects facts, and judges them against what is usual in the dataset."""

    def __init__(self) -> None:
        self._facts = [_no_facts(np.zeros(0, np.int64))]

    def add(self, block: TextBlock) -> None:
        """Take in a block."""
        self._facts.append(completion_facts(block))

    def prompted(self) -> Flags:
        """Which records have any word in the prompt."""
        return np.concatenate([each.prompted for each in self._facts])

    def structured(self) -> Flags:
        """Which completions are data, such as JSON or XML, whose frame is there to be the same."""
        return np.concatenate([each.structured for each in self._facts])

    def trivial(self) -> Counts:
        """Records whose completion has no word, or very few where others have many."""
        words = self._words()
        usual = float(np.median(words)) if len(words) else 0.0
        few = _VERY_FEW if usual >= _USUALLY_LONG else 0
        return np.flatnonzero(words <= few)

    def truncated(self) -> Counts:
        """Records whose completion breaks off; in prose also those that end without a mark."""
        long_ones = self._words() >= _USUALLY_LONG
        closed = np.concatenate([each.closed for each in self._facts])[long_ones]
        prose = len(closed) > 0 and float(closed.mean()) >= _MOSTLY_CLOSED
        broken = [each.unclosed if prose else each.cut for each in self._facts]
        return np.flatnonzero(np.concatenate(broken))

    def copied_from_prompt(self) -> Counts:
        """Records whose prompt holds the completion."""
        return np.flatnonzero(np.concatenate([each.copied for each in self._facts]))

    def _words(self) -> Counts:
        return np.concatenate([each.words for each in self._facts])


def same_completions(keys: Hashes) -> float:
    """The share of the most frequent completion."""
    most = Counter(keys.tolist()).most_common(1)
    return most[0][1] / len(keys) if most else 0.0


_USUALLY_LONG = 12
_MOSTLY_CLOSED = 0.95
_OPEN = word_keys(_OPEN_WORDS)
_BRACKETS = np.frombuffer(b"{[<", np.uint8)
_IS_OPENING = np.array([byte in _OPENING for byte in range(256)])
_IS_CLOSING = np.array([byte in _CLOSING for byte in range(256)])
