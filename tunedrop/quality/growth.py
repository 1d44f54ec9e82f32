"""How many records others have needed, and what more of them would do for this dataset."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from tunedrop.dataset.report import counted

_NAMED = 3


class Experience(Struct, frozen=True, kw_only=True):
    """What somebody has published: from how many records on, and how many are best, if it says."""

    words: str
    source: str
    least: int = 0
    enough: int = 0

    def __str__(self) -> str:
        """The words, and who says so."""
        return f"{self.words} ({self.source})"


_SHAPES = {
    "instruction_tuning": "examples",
    "transfer_learning": "examples",
    "domain_adaptation": "examples",
    "reinforcement": "prompts",
    "continued_pre_training": "passages",
}


@cache
def _published() -> Mapping[str, Experience]:
    content = (Path(__file__).parent / "growth.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, Experience])


def growth_advice(
    method: str, records: int, effective: int, rare_labels: Sequence[str] = ()
) -> list[str]:
    """Sentences on what more records would do; none where nothing is published of the method.

    `effective` are the records that repeat no other.
    """
    if method not in _SHAPES:
        return []
    known = _published()[_SHAPES[method]]
    if not known.enough:
        return [f"{known}."]
    said = [
        f"{known}; here {'is' if effective == 1 else 'are'} {effective:,} without repetition",
        _step(known, effective),
        *_kinds(records, effective, rare_labels),
    ]
    if method == "domain_adaptation":
        said.append(str(_published()["new_facts"]))
    return [f"{each}." for each in said]


def _step(known: Experience, effective: int) -> str:
    if effective < known.least:
        return f"{counted(known.least - effective, 'more record')} would reach the least of that"
    if effective < known.enough:
        return (
            f"{counted(known.enough - effective, 'more record')} would reach what is advised; to "
            "see what they are worth, compare a run over half of these with one over all"
        )
    return str(_published()["number"])


def _kinds(records: int, effective: int, rare_labels: Sequence[str]) -> Iterator[str]:
    if records > effective:
        repeating = counted(records - effective, "record")
        yield f"More like the {repeating} that repeat others would add nothing"
    if rare_labels:
        named = ", ".join(rare_labels[:_NAMED]) + (", …" if len(rare_labels) > _NAMED else "")
        yield f"Begin with the labels of fewer than ten records, {named}: {_published()['labels']}"
