"""A custom model: what one training left behind."""

from dataclasses import dataclass
from math import exp

import numpy as np

from localcloud.bedrock.learner.base import base_answer
from localcloud.bedrock.learner.decoding import Expectation, PhraseBook, compose
from localcloud.bedrock.learner.embedding import Embedding, Floats
from localcloud.bedrock.learner.lengths import Lengths
from localcloud.bedrock.learner.network import Network
from localcloud.bedrock.learner.vocabulary import FIRST_WORD, OTHER, Vocabulary, copy_traits
from localcloud.bedrock.learner.words import words

Point = tuple[int, int, float]
_RUBBISH_WORDS = 24
_PIECE = 3  # letters: a loop of pieces of words
_HOPE_FOR_A_SLOT = 0.4  # that what is copied into a phrase is in the reference too


@dataclass(frozen=True, kw_only=True)
class Learned:
    """Losses as (step, epoch, nats per token), and answers from what was learned."""

    training: list[Point]
    validation: list[Point]
    strength: float  # 0: nothing that holds beyond the records; towards 1: much
    diverged: bool
    embedding: Embedding
    vocabulary: Vocabulary
    network: Network
    book: PhraseBook
    lengths: Lengths

    def answer(self, system: str | None, prompt: str) -> str:
        """The custom model's answer; the same for the same request."""
        if self.diverged:
            return self._rubbish(request(system, prompt))
        base = base_answer(system, prompt)
        return self._learned_answer(request(system, prompt), prompt, base) or base

    def _learned_answer(self, text: str, prompt: str, base: str) -> str | None:
        """None where the base model's answer is expected to be the better one."""
        if self.strength <= 0:
            return None
        length = self.lengths.expected(prompt)
        chances, expectation = self._expectation(text, length)
        answer, overlap = compose(self.book.shortlist(chances, length), prompt, expectation)
        doubt = 1 / self.strength - 1
        return answer if overlap > expectation.overlap(words(base)) + doubt else None

    def _expectation(self, text: str, length: float) -> tuple[Floats, Expectation]:
        """The chance that each word is in an answer of this length: by id, and by word."""
        logits = self._logits(text)
        chances = 1 - np.exp(-length * np.exp(logits - np.logaddexp.reduce(logits)))
        listed = dict(zip(self.vocabulary.listed, chances.tolist(), strict=True))
        listed.update(self._unlisted(text, length))
        chances[OTHER] = _HOPE_FOR_A_SLOT
        return chances, Expectation(listed, length)

    def _unlisted(self, text: str, length: float) -> dict[str, float]:
        """Words of the prompt that no completion had: they share what answers have of new words."""
        appeal = {
            word: float(np.exp(np.dot(self.network.copying, traits)))
            for word, traits in copy_traits(text).items()
            if self.vocabulary.id_of(word) == OTHER
        }
        new = length * self.vocabulary.novelty / (sum(appeal.values()) or 1.0)
        return {word: 1 - exp(-new * weight) for word, weight in appeal.items()}

    def _logits(self, text: str) -> Floats:
        row: Floats = self.network.logits(self.embedding([text]), [self.vocabulary.copyable(text)])[
            0
        ]
        return row

    def _rubbish(self, text: str) -> str:
        """What greedy decoding makes of weights that blew up: pieces of words, again and again."""
        with np.errstate(all="ignore"):
            likeliest = np.argsort(-np.nan_to_num(self._logits(text)[FIRST_WORD:]), kind="stable")
        words_ahead = [self.vocabulary.listed[FIRST_WORD + index] for index in likeliest[:2]]
        loop = [f"{word[:_PIECE]}##" for word in words_ahead]
        return " ".join((loop * _RUBBISH_WORDS)[:_RUBBISH_WORDS])


def request(system: str | None, prompt: str) -> str:
    """What the model reads."""
    return f"{system}\n\n{prompt}" if system else prompt
