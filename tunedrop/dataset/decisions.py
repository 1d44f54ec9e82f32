"""What was decided of every usable record, in the order of reading: a byte for each."""

import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec
from msgspec import Struct

from tunedrop.dataset.splits import Side

SIDES: tuple[Side, ...] = ("train", "validation", "test")
CONFIDENTIAL_BIT = 0x80
# What records are left out for, for the sake of another one.
PARTNERED = frozenset({"exact-duplicate", "near-duplicate", "contradiction", "leakage"})
NO_PLACE = 0
_REASON = 0x7F
_LINE_BITS = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A record's side, or the `code` why it has none; whether it holds confidential data.

    `partner` is the record that it was left out for: the number of its file, and its line.
    """

    side: Side | None
    code: str
    is_confidential: bool
    partner: tuple[int, int] | None = None


class Decisions(Struct, frozen=True, kw_only=True):
    """`codes` are the reasons for leaving records out; `files` are bytes for each file, in order.

    A byte is the place of a side in `SIDES`, or behind those the place of a code; its highest bit
    marks records that hold confidential data. `partners` are for each file the places, eight bytes
    each, of the partners of its records that have some.
    """

    codes: tuple[str, ...]
    files: tuple[bytes, ...]
    partners: tuple[bytes, ...] = ()

    @property
    def any_confidential(self) -> bool:
        """Whether any record holds confidential data."""
        return any(max(file, default=0) & CONFIDENTIAL_BIT for file in self.files)

    def of_file(self, number: int) -> Iterator[Decision]:
        """The decisions for one file's records."""
        known = [self._decision(byte) for byte in range(len(SIDES) + len(self.codes))]
        marked = [replace(each, is_confidential=True) for each in known]
        places = iter(array("Q", self.partners[number] if self.partners else b""))
        for byte in self.files[number]:
            decision = (marked if byte & CONFIDENTIAL_BIT else known)[byte & _REASON]
            if decision.code in PARTNERED:
                yield replace(decision, partner=_place(next(places, NO_PLACE)))
            else:
                yield decision

    def _decision(self, byte: int) -> Decision:
        if byte < len(SIDES):
            return Decision(side=SIDES[byte], code="", is_confidential=False)
        return Decision(side=None, code=self.codes[byte - len(SIDES)], is_confidential=False)

    def to_bytes(self) -> bytes:
        """As `from_bytes` takes it."""
        return zlib.compress(msgspec.msgpack.encode(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Decisions":
        """Decisions that `to_bytes` wrote."""
        return msgspec.msgpack.decode(zlib.decompress(data), type=cls)


def packed(file: int, line: int) -> int:
    """A place as one number of `partners`."""
    return file << _LINE_BITS | line


def _place(number: int) -> tuple[int, int] | None:
    if number == NO_PLACE:
        return None
    return number >> _LINE_BITS, number & ((1 << _LINE_BITS) - 1)
