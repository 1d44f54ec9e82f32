"""The answer that is expected to overlap most with what a trained assistant would say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from localcloud.bedrock.learner.embedding import Floats
from localcloud.bedrock.learner.entities import entities
from localcloud.bedrock.learner.phrases import Phrase
from localcloud.bedrock.learner.vocabulary import OTHER, Vocabulary
from localcloud.bedrock.learner.words import words

_SHORTLIST = 60
_MOST_SENTENCES = 4


@dataclass(frozen=True)
class PhraseBook:
    """Phrases with their words as one flat array, to be scored all at once."""

    phrases: tuple[Phrase, ...]
    ids: NDArray[np.int16]
    starts: NDArray[np.int32]
    lengths: Floats

    def shortlist(self, expected: Floats, length: float) -> list[Phrase]:
        """The phrases whose words are the most expected, for their length."""
        overlap = np.add.reduceat(expected[self.ids], self.starts)
        scores = overlap / (self.lengths + length)
        best = np.argsort(-scores, kind="stable")[:_SHORTLIST]
        return [self.phrases[index] for index in best]


def build_phrase_book(phrases: Sequence[Phrase], vocabulary: Vocabulary) -> PhraseBook:
    """Phrases with at least one word."""
    kept = [(phrase, _ids(phrase, vocabulary)) for phrase in phrases]
    kept = [(phrase, ids) for phrase, ids in kept if ids]
    lengths = np.array([len(ids) for _, ids in kept], np.float32)
    return PhraseBook(
        tuple(phrase for phrase, _ in kept),
        np.array([identity for _, ids in kept for identity in ids], np.int16),
        np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int32),
        lengths,
    )


def _ids(phrase: Phrase, vocabulary: Vocabulary) -> list[int]:
    slots = sum(not isinstance(piece, str) for piece in phrase.pieces)
    return [vocabulary.id_of(word) for word in words(phrase.pattern)] + [OTHER] * slots


@dataclass(frozen=True)
class Expectation:
    """How likely each word is to be in the reference answer, and how long that would be."""

    chances: Mapping[str, float]
    length: float

    def overlap(self, said: Sequence[str]) -> float:
        """Expected F measure of the words in common with the reference."""
        hits = sum(self.chances.get(word, 0.0) for word in dict.fromkeys(said))
        return 2 * hits / (len(said) + self.length)


@dataclass(frozen=True)
class _Filled:
    phrase: Phrase
    text: str
    words: list[str]


def compose(
    shortlist: Sequence[Phrase], prompt: str, expectation: Expectation
) -> tuple[str, float]:
    """The best whole answer or combination of sentences, and the overlap expected of it."""
    offered = entities(prompt)
    filled = [
        _Filled(phrase, text, words(text))
        for phrase in shortlist
        if (text := phrase.filled(offered)) is not None
    ]
    wholes = [[item] for item in filled if item.phrase.whole]
    candidates = [
        *wholes,
        _combined([item for item in filled if not item.phrase.whole], expectation),
    ]
    best = max(candidates, key=lambda chosen: _overlap(chosen, expectation))
    ordered = sorted(best, key=lambda item: item.phrase.place)
    return " ".join(item.text for item in ordered), _overlap(best, expectation)


def _combined(sentences: Sequence[_Filled], expectation: Expectation) -> list[_Filled]:
    """Sentences, added one by one while they raise the expected overlap."""
    chosen: list[_Filled] = []
    while sentences and len(chosen) < _MOST_SENTENCES:
        best = max(sentences, key=lambda item: _overlap([*chosen, item], expectation))
        if _overlap([*chosen, best], expectation) <= _overlap(chosen, expectation):
            break
        chosen.append(best)
    return chosen


def _overlap(chosen: Sequence[_Filled], expectation: Expectation) -> float:
    return expectation.overlap([word for item in chosen for word in item.words])
