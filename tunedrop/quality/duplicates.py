"""Records that say the same: exactly, nearly, or the same prompt with another completion."""

from dataclasses import dataclass

import numpy as np

from tunedrop.quality.block import Counts, Flags, Floats, Hashes
from tunedrop.quality.boilerplate import Boilerplate
from tunedrop.quality.near_duplicates import Signatures, clusters, near_pairs
from tunedrop.quality.sketches import SketchTable

_COMMON = 0.2
_FEW = 4


@dataclass(frozen=True, kw_only=True)
class Duplicates:
    """`first_alike[i]` is the first record that says exactly what record i says: often i itself.

    `cluster[i]` is the first record of the group of exact and near duplicates that i is in, or -1.
    `pairs` are near-duplicates among first records, a row each, with their `similarities`.
    `said` are the word pairs of records and completions, and how many of them many others say.
    """

    first_alike: Counts
    cluster: Counts
    pairs: Counts
    similarities: Floats
    said: Counts

    @property
    def exact(self) -> Counts:
        """Records that repeat an earlier one."""
        return np.flatnonzero(self.first_alike != np.arange(len(self.first_alike)))

    @property
    def near(self) -> Counts:
        """Records beyond the first of each group that no earlier record says exactly."""
        own = np.arange(len(self.cluster))
        return np.flatnonzero(
            (self.cluster >= 0) & (self.cluster != own) & (self.first_alike == own)
        )

    def similarity(self, one: int, other: int) -> float | None:
        """Of two records, where they are duplicates."""
        low, high = sorted(self.first_alike[[one, other]].tolist())
        if low == high:
            return 1.0
        found = self.similarities[(self.pairs == (low, high)).all(axis=1)]
        return float(found[0]) if len(found) else None

    def groups(self) -> list[list[int]]:
        """The members of each group, the largest groups first."""
        members = np.flatnonzero(self.cluster >= 0)
        members = members[np.argsort(self.cluster[members], kind="stable")]
        cuts = np.flatnonzero(np.diff(self.cluster[members])) + 1
        found = [each.tolist() for each in np.split(members, cuts) if len(each)]
        return sorted(found, key=lambda group: (-len(group), group[0]))


def duplicates(keys: Hashes, sketches: SketchTable) -> Duplicates:
    """Group all records."""
    boilerplate = Boilerplate.of(sketches)
    signatures = Signatures.of(sketches, boilerplate)
    first_alike = firsts(keys)
    own = np.arange(len(keys))
    pairs, similarities = near_pairs(sketches, signatures, first_alike == own, boilerplate)
    cluster = clusters(pairs, len(keys))[first_alike]
    sizes = np.bincount(cluster, minlength=len(keys))
    cluster[sizes[cluster] == 1] = -1
    return Duplicates(
        first_alike=first_alike,
        cluster=cluster,
        pairs=pairs,
        similarities=similarities,
        said=signatures.said,
    )


def firsts(keys: Hashes) -> Counts:
    """For each key the place where it stands first."""
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return first[inverse]


@dataclass(frozen=True, kw_only=True)
class SharedPrompts:
    """`first[i]` is the first record that has the prompt of record i: often i itself.

    A prompt of more than a fifth of all records is an instruction that tells none from another:
    these are `common`, and each of them is the first of its own.
    """

    first: Counts
    common: Counts


def shared_prompts(prompts: Hashes, worded: Flags) -> SharedPrompts:
    """Records that ask the same; without a prompt (`worded` is false) none does."""
    first, own = firsts(prompts), np.arange(len(prompts))
    sizes = np.bincount(first, minlength=len(prompts))[first]
    common = worded & (sizes > max(_COMMON * len(prompts), _FEW))
    return SharedPrompts(
        first=np.where(worded & ~common, first, own), common=np.flatnonzero(common)
    )


def hanging_together(cluster: Counts, first: Counts) -> Counts:
    """For each record the first of those that duplicates or prompts tie it to: often itself."""
    own = np.arange(len(first))
    others = np.concatenate([np.where(cluster < 0, own, cluster), first])
    return clusters(np.stack([np.tile(own, 2), others], axis=1), len(own))


def contradictions(prompts: Hashes, completions: Hashes, worded: Flags) -> list[list[int]]:
    """Groups of records with the same prompt and more than one completion; the largest first."""
    first_prompt = firsts(prompts)
    differs = completions != completions[first_prompt]
    contested = np.zeros(len(prompts), np.bool_)
    contested[first_prompt[differs & worded]] = True
    members = np.flatnonzero(contested[first_prompt] & worded)
    members = members[np.argsort(first_prompt[members], kind="stable")]
    cuts = np.flatnonzero(np.diff(first_prompt[members])) + 1
    groups = [each.tolist() for each in np.split(members, cuts) if len(each)]
    return sorted(groups, key=lambda group: (-len(group), group[0]))
