"""A test set as it is asked: its records in an order that makes any beginning a fair sample."""

import heapq
from collections.abc import Iterable, Iterator
from hashlib import blake2b

import msgspec

from tunedrop.dataset import formats
from tunedrop.dataset.lines import blocks
from tunedrop.dataset.records import AnyRecord
from tunedrop.errors import InvalidInputError


def draw(chunks: Iterable[bytes], most: int) -> dict[int, AnyRecord]:
    """At most so many records of a file by their line, in the order in which they are asked.

    The order follows from the lines' content alone: every call draws the same records.
    """
    keyed = ((digest(line), number, line) for number, line in lines(chunks))
    return {number: record(line, number) for _, number, line in heapq.nsmallest(most, keyed)}


def lines(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that hold something, with their numbers from 1."""
    for block in blocks(chunks):
        for number, line in block.each_line():
            if line.strip():
                yield number, line


def record(line: bytes, number: int) -> AnyRecord:
    """A line as a record, whatever its format; `InvalidInputError` says what is wrong with it."""
    try:
        content = msgspec.json.decode(line, type=dict)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"line {number}: it is no JSON object") from error
    found = formats.detect(content)
    if found is None:
        raise InvalidInputError(f"line {number}: its fields are those of no format")
    try:
        return formats.parse(found, content)
    except InvalidInputError as error:
        raise InvalidInputError(f"line {number}: {error}") from error


def digest(content: bytes) -> bytes:
    """64 bits of a text, by which equal ones are found."""
    return blake2b(content, digest_size=8).digest()
