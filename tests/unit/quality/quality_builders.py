"""Builders of texts, blocks and scans for the tests of quality."""

import random
from collections.abc import Sequence

from tunedrop.quality.block import TextBlock
from tunedrop.quality.finding_data import Found
from tunedrop.quality.personal_data import find, find_near
from tunedrop.quality.scan import QualityScan
from tunedrop.quality.signs import spots

_PARTS = """
    river stone window letter garden engine market winter school doctor music paper bridge forest
    silver kitchen summer travel number yellow simple answer little before always quick station
    morning shadow planet teacher machine picture history method signal harbor
"""
_WORDS = [one + other for one in _PARTS.split() for other in _PARTS.split()]

Pair = tuple[str, str]


def prose(seed: int, words: int = 60) -> str:
    """Words in an order that no other seed gives, with a full stop."""
    chance = random.Random(seed)
    return " ".join(chance.choices(_WORDS, k=words)).capitalize() + "."


def pair(seed: int) -> Pair:
    """A record that resembles no other seed's."""
    return prose(2 * seed), prose(2 * seed + 1, 30)


def scan_of(pairs: Sequence[Pair], **sides: Sequence[Pair]) -> QualityScan:
    """A scan over training records, and what the test puts on other sides."""
    scan = QualityScan()
    for side, records in (("train", pairs), *sides.items()):
        for prompt, completion in records:
            scan.add_texts([prompt], [completion], side)  # type: ignore[arg-type]
    return scan


def marked(pairs: Sequence[Pair], code: str) -> list[int]:
    """The records that a rule speaks of."""
    return scan_of(pairs).verdicts().records[code].tolist()


def found_in_block(text: str) -> list[Found]:
    """What is found in a text by the signs of its block."""
    block = TextBlock(first=0, prompts=["nothing here", text], completions=["nor here", "or here"])
    return [
        found for field, signs in spots(block) if field == 2 for found in find_near(text, signs)
    ]


def kinds(text: str) -> set[tuple[str, str]]:
    """Kinds and strengths in a text."""
    return {(each.kind, each.strength) for each in find(text)}
