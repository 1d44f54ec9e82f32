"""What is to be said of each record, once all are known."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tunedrop.quality.block import Counts
from tunedrop.quality.completions import same_completions
from tunedrop.quality.duplicates import (
    Duplicates,
    contradictions,
    duplicates,
    hanging_together,
    shared_prompts,
)
from tunedrop.quality.label_noise import LabelNoise
from tunedrop.quality.languages import UNDECIDED, Languages
from tunedrop.quality.leakage import Leak, leaks
from tunedrop.quality.measured import Measured, nothing
from tunedrop.quality.sketches import WHOLE

_NEARLY_ALL = 0.9
_FEWEST_SAME = 10
_MOSTLY = 0.5
_FEWEST_PAIRS = 8
# Short completions of plain words share half of their word pairs with many others by chance.
_A_SENTENCE = 16


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """`records[code]` are the records that a rule speaks of, in ascending order.

    Of duplicates these are the ones to drop: every group keeps its first. `together` is for each
    record the first of those that duplicates and prompts tie it to. `noise` is None where there are
    no labels.
    """

    records: dict[str, Counts]
    duplicates: Duplicates
    together: Counts
    contradictions: list[list[int]]
    leaks: list[Leak]
    noise: LabelNoise | None
    same_completion_share: float


def judged(measured: Measured) -> Verdicts:
    """Hold every record against all others."""
    groups = duplicates(measured.keys, measured.sketches)
    prompted = measured.checks.prompted()
    contradicting = contradictions(measured.prompts, measured.completions, prompted)
    noise = measured.labels.noise() if measured.labels else None
    prompts = shared_prompts(measured.prompts, prompted)
    leaking = leaks(groups, measured.trained, prompts.first)
    same = same_completions(measured.completions)
    records = {
        "exact-duplicate": groups.exact,
        "near-duplicate": groups.near,
        "contradiction": _sorted(record for group in contradicting for record in group),
        "same-completion": _same(measured, same),
        "common-prompt": prompts.common,
        **_of_free_text(measured),
        "boilerplate": _mostly_boilerplate(measured, groups),
        "wrong-language": _foreign(measured.languages),
        **_confidential(measured),
        "label-noise": nothing() if noise is None else noise.records,
        "leakage": _sorted(leak.tested for leak in leaking),
    }
    return Verdicts(
        records=records,
        duplicates=groups,
        together=hanging_together(groups.cluster, prompts.first),
        contradictions=contradicting,
        leaks=leaking,
        noise=noise,
        same_completion_share=same,
    )


def _of_free_text(measured: Measured) -> dict[str, Counts]:
    """What is said of completions that are no labels."""
    checks = measured.checks
    if measured.labels:
        return {}
    return {
        "trivial-completion": checks.trivial(),
        "truncated-completion": checks.truncated(),
        "answer-in-prompt": checks.copied_from_prompt(),
    }


def _confidential(measured: Measured) -> dict[str, Counts]:
    found = measured.confidential
    blocking = {code: _sorted(records) for code, records in found.blocking.items()}
    return blocking | {f"possible-{code}": _sorted(found.hinted[code]) for code in found.hinted}


def _sorted(records: Iterable[int]) -> Counts:
    return np.array(sorted(records), np.int64)


def _same(measured: Measured, share: float) -> Counts:
    if share < _NEARLY_ALL or len(measured) < _FEWEST_SAME:
        return nothing()
    keys, counts = np.unique(measured.completions, return_counts=True)
    return np.flatnonzero(measured.completions == keys[counts.argmax()])


def _mostly_boilerplate(measured: Measured, groups: Duplicates) -> Counts:
    """A system prompt is there to be shared: the rest of each record counts, and its completion
    where that is a text.
    """
    system = measured.system_pairs * (measured.sketches.ceilings / WHOLE)
    (told, shared), (written, repeated) = groups.said
    rest = told - system
    whole = (rest >= _FEWEST_PAIRS) & (shared - system >= _MOSTLY * rest)
    alone = repeated >= np.maximum(_MOSTLY * written, _A_SENTENCE)
    return np.flatnonzero(whole | (alone & ~measured.checks.structured()))


def _foreign(languages: Languages) -> Counts:
    """Records in a language of few, where nearly all that are decided are in one language."""
    spoken = languages[1::2]
    if np.count_nonzero(spoken == UNDECIDED) > _MOSTLY * len(spoken):
        spoken = languages[::2]
    decided = spoken[spoken != UNDECIDED]
    if not len(decided):
        return nothing()
    counts = np.bincount(decided)
    if counts.max() < _NEARLY_ALL * len(decided):
        return nothing()
    return np.flatnonzero((spoken != UNDECIDED) & (spoken != counts.argmax()))
