"""What the blocks of a dataset added up to."""

from dataclasses import dataclass

import numpy as np

from tunedrop.quality.block import Counts, Flags, Hashes
from tunedrop.quality.completions import CompletionChecks
from tunedrop.quality.confidential import ConfidentialData
from tunedrop.quality.coverage import CoverageMeter
from tunedrop.quality.labels import Labels
from tunedrop.quality.languages import Languages
from tunedrop.quality.sketches import SketchTable

_TEST = 2


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Arrays with a value per record (`languages`: one per prompt and completion), and collectors.

    `sides` are places in `SIDES`, `system_pairs` the word pairs of the record's system prompt.
    """

    characters: int
    sides: Counts
    keys: Hashes
    prompts: Hashes
    completions: Hashes
    system_pairs: Counts
    languages: Languages
    sketches: SketchTable
    checks: CompletionChecks
    confidential: ConfidentialData
    meter: CoverageMeter
    labels: Labels | None

    @property
    def trained(self) -> Flags:
        """The records to train on."""
        return np.equal(self.sides, 0)

    @property
    def tested(self) -> Flags:
        """The records to test with."""
        return np.equal(self.sides, _TEST)

    def __len__(self) -> int:
        return len(self.sides)


def nothing() -> Counts:
    """No records."""
    return np.zeros(0, np.int64)
