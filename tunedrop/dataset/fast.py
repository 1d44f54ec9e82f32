"""The fast path: a whole block of lines decoded and checked at once, or given up as not clean.

It never says what is wrong. A block that it takes is one in which the slow path would find
nothing; whatever it cannot be sure of, it leaves to the slow path.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import filterfalse

import msgspec

from tunedrop.dataset.formats import Format
from tunedrop.dataset.rows import SHAPES, Flat, Row, Shape
from tunedrop.dataset.target import Target
from tunedrop.dataset.text_rules import may_hold_mojibake

# JSON's escapes of ASCII characters by number (in keys too) and of control characters. All
# patterns here begin with one literal character: the search for it is what is fast.
_RARE_ESCAPE = re.compile(rb"\\[bfu]")
_ASCII_ESCAPE = re.compile(rb"\\(?:[bf]|u00[0-7])")
# No text holds it: it could only come of an escape.
_SEPARATOR = "\0"
_ONE_EXCHANGE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class CleanBlock:
    """Records in which nothing is wrong, one per line, with what was reckoned on the way."""

    first_line: int
    rows: Sequence[Row]
    characters: int


class FastPath:
    """Checks blocks of one format for one target."""

    def __init__(self, shape: Shape, target: Target) -> None:
        self._flat = shape.flat
        self._target = target
        self._safe_characters = target.safe_characters
        self._decode = msgspec.json.Decoder(shape.row).decode
        self._reserved = list(_searches(target.limits.reserved_strings))

    @classmethod
    def of(cls, format_: Format, target: Target) -> "FastPath | None":
        """The fast path of a format; None where it has none, or the target cannot say it."""
        shape = SHAPES.get(format_)
        return cls(shape, target) if shape and target.format in shape.targets else None

    def clean(self, data: bytes, lines: Sequence[bytes], first_line: int) -> CleanBlock | None:
        """The rows of a block of whole lines, or None where one of them may have a fault."""
        if _has_suspicious_bytes(data):
            return None
        try:
            rows = list(map(self._decode, lines))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        flat = self._flat(rows)
        if flat is None or not self._expressible(flat) or not self._short(lines, rows):
            return None
        joined = _joined(flat.texts)
        if not self._texts_fit(flat.texts, joined):
            return None
        # A key that stands twice in an object brings more quotation marks than the rows account
        # for; nothing brings fewer, because none is escaped by number.
        if data.count(b'"') != flat.quotes + sum(each.count('"') for each in joined):
            return None
        characters = sum(map(len, flat.texts))
        return CleanBlock(first_line=first_line, rows=rows, characters=characters)

    def _expressible(self, flat: Flat) -> bool:
        several = flat.most_turns > _ONE_EXCHANGE
        return (self._target.takes_system_prompt or not flat.systems) and (
            self._target.takes_several_turns or not several
        )

    def _short(self, lines: Sequence[bytes], rows: Sequence[Row]) -> bool:
        """Whether every record is within all limits; no text is longer than its line."""
        safe = self._safe_characters
        if max(map(len, lines)) <= safe:
            return True
        return all(sum(map(len, row.texts())) <= safe for row in rows)

    def _texts_fit(self, texts: Sequence[str], joined: Sequence[str]) -> bool:
        if not all(texts) or any(map(str.isspace, texts)):
            return False
        return not any(
            last in each and find(each) for each in joined for last, find in self._reserved
        )


def _has_suspicious_bytes(data: bytes) -> bool:
    if b"\r" in data or b"\x7f" in data:
        return True
    escape = _RARE_ESCAPE.search(data)
    if escape and _ASCII_ESCAPE.search(data, escape.start()):
        return True
    return may_hold_mojibake(data, escapes=escape is not None)


def _joined(texts: Sequence[str]) -> list[str]:
    """All texts, in as few as is cheap: one wide character would make all the others as wide."""
    narrow = list(filter(str.isascii, texts))
    if len(narrow) == len(texts):
        return [_SEPARATOR.join(narrow)]
    return [_SEPARATOR.join(narrow), _SEPARATOR.join(filterfalse(str.isascii, texts))]


def _searches(reserved: Sequence[str]) -> Iterator[tuple[str, Callable[[str], object]]]:
    """For each last character of reserved strings: itself, and the search for all that end so."""
    for last in sorted({each[-1] for each in reserved}):
        endings = [f"(?<={re.escape(each)})" for each in reserved if each.endswith(last)]
        yield last, re.compile(f"{re.escape(last)}(?:{'|'.join(endings)})").search
