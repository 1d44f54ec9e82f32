"""How long an answer should be, from how long its prompt is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from localcloud.bedrock.learner.words import words

_SHRINKAGE = 0.05


@dataclass(frozen=True)
class Lengths:
    """A line through the logarithms of lengths in words, kept within what was seen."""

    slope: float
    offset: float
    shortest: float
    longest: float

    def expected(self, prompt: str) -> float:
        """Words that the completion of this prompt is expected to have."""
        length = np.expm1(self.offset + self.slope * np.log1p(len(words(prompt))))
        return float(np.clip(length, self.shortest, self.longest))


def fit_lengths(prompts: Sequence[str], completions: Sequence[str]) -> Lengths:
    """Least squares with a slope between 0 and 1."""
    asked = np.log1p([len(words(prompt)) for prompt in prompts])
    said = np.log1p([len(words(completion)) for completion in completions])
    together = float(((asked - asked.mean()) * (said - said.mean())).mean())
    slope = float(np.clip(together / (asked.var() + _SHRINKAGE), 0.0, 1.0))
    offset = float(said.mean() - slope * asked.mean())
    shortest, longest = np.expm1([said.min(), said.max()])
    return Lengths(slope, offset, float(max(1.0, shortest)), float(max(1.0, longest)))
