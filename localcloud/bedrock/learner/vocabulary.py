"""Completions as counted words, and which words of a prompt could be copied into them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from localcloud.bedrock.learner.embedding import Floats
from localcloud.bedrock.learner.words import spans, words

OTHER, END, FIRST_WORD = 0, 1, 2
_LARGEST = 3_000
_CHARACTERS_PER_TOKEN = 4
_PRIOR_TEMPER = 0.5
COPY_TRAITS = 6


@dataclass(frozen=True)
class Bag:
    """One text's vocabulary ids with a number each: counts, or traits of copying."""

    ids: NDArray[np.int32]
    values: Floats


@dataclass(frozen=True)
class Vocabulary:
    """The words that completions are made of; anything else is `OTHER`."""

    listed: tuple[str, ...]
    novelty: float  # share of words to come that no completion had (Good and Turing's estimate)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: index for index, word in enumerate(self.listed)}

    def __len__(self) -> int:
        return len(self.listed)

    def id_of(self, word: str) -> int:
        """The word's id, `OTHER` when it is not listed."""
        return self._ids.get(word, OTHER)

    def counts(self, completion: str) -> Bag:
        """How often each word occurs, with one `END`."""
        counted = Counter(self.id_of(word) for word in words(completion))
        counted[END] = 1
        return Bag(
            np.fromiter(counted, np.int32, len(counted)),
            np.fromiter(counted.values(), np.float32, len(counted)),
        )

    def copyable(self, prompt: str) -> Bag:
        """Listed words of the prompt, each with the traits that may invite copying it."""
        traits = {
            identity: values
            for word, values in copy_traits(prompt).items()
            if (identity := self.id_of(word)) != OTHER
        }
        ids = np.fromiter(traits, np.int32, len(traits))
        return Bag(ids, np.array(list(traits.values()), np.float32).reshape(-1, COPY_TRAITS))


def copy_traits(prompt: str) -> dict[str, tuple[float, ...]]:
    """For each word: present, repeated, written like a name, a number, early, late."""
    written = [prompt[start:end] for start, end in spans(prompt)]
    listed = [word.lower() for word in written]
    counts = Counter(listed)
    named = {word for word, form in zip(listed, written, strict=True) if form != word}
    early = set(listed[: len(listed) // 4 + 1])
    late = set(listed[len(listed) * 3 // 4 :])
    return {
        word: (1.0, count > 1, word in named, not word.isalpha(), word in early, word in late)
        for word, count in counts.items()
    }


def build_vocabulary(completions: Sequence[str]) -> Vocabulary:
    """The commonest words of the completions."""
    counted = Counter(word for completion in completions for word in words(completion))
    common = sorted(counted, key=lambda word: (-counted[word], word))[:_LARGEST]
    once = sum(count == 1 for count in counted.values())
    return Vocabulary(("<other>", "<end>", *common), once / max(1, counted.total()))


def prior(vocabulary: Vocabulary, prompts: Sequence[str]) -> Floats:
    """What the base model expects of any text: the words that prompts use, flattened."""
    counted = Counter(vocabulary.id_of(word) for prompt in prompts for word in words(prompt))
    counts = np.ones(len(vocabulary), np.float32)
    for identity, count in counted.items():
        counts[identity] += count
    counts[[OTHER, END]] = np.median(counts)
    expected: Floats = (_PRIOR_TEMPER * np.log(counts / counts.sum())).astype(np.float32)
    return expected


def tokens(completion: str) -> float:
    """Length as Bedrock's tokenizers would count it, about; the end counts as one."""
    return 1.0 + max(len(words(completion)), len(completion) / _CHARACTERS_PER_TOKEN)
