"""Files as they are written: one after another, or in an order that a seed draws."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from heapq import merge
from tempfile import TemporaryFile
from typing import IO, Protocol

from msgspec import Struct

from tunedrop.dataset.target import Target

_WRITE_BYTES = 1 << 18
# What is held of a file that is shuffled: Python's objects take about as much again.
_HELD_BYTES = 96 << 20
_DRAWN_BYTES = 8


class Output(Protocol):
    """Where a file is written to."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""

    def close(self) -> object:
        """The file is complete."""


class PreparedFile(Struct, frozen=True, kw_only=True):
    """A file that was written; one without records was never opened."""

    name: str
    records: int
    bytes: int
    sha256: str
    tokens: int


class Writer:
    """Opens its file with the first record, and hands on large pieces."""

    def __init__(self, name: str, open_output: Callable[[str], Output]) -> None:
        self._name = name
        self._open = open_output
        self._output: Output | None = None
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._hash = hashlib.sha256()
        self._bytes = self._records = self._characters = 0

    def add(self, line: bytes, characters: int) -> None:
        """Write a line."""
        self._records += 1
        self._characters += characters
        self._put(line)

    def close(self, target: Target) -> PreparedFile:
        """Write what is left."""
        self._flush()
        if self._output is not None:
            self._output.close()
        return PreparedFile(
            name=self._name,
            records=self._records,
            bytes=self._bytes,
            sha256=self._hash.hexdigest(),
            tokens=target.tokens(self._characters),
        )

    def _put(self, line: bytes) -> None:
        self._held.append(line)
        self._held_bytes += len(line)
        if self._held_bytes >= _WRITE_BYTES:
            self._flush()

    def _flush(self) -> None:
        if not self._held:
            return
        if self._output is None:
            self._output = self._open(self._name)
        data = b"".join(self._held)
        self._output.write(data)
        self._hash.update(data)
        self._bytes += len(data)
        self._held, self._held_bytes = [], 0


class ShuffledWriter(Writer):
    """Writes its lines in the order of their digests under a seed, whatever order they came in.

    It holds at most `held_bytes` of lines; what is more waits on disk in sorted parts, which takes
    the size of the file there.
    """

    def __init__(
        self,
        name: str,
        open_output: Callable[[str], Output],
        seed: str,
        held_bytes: int = _HELD_BYTES,
    ) -> None:
        super().__init__(name, open_output)
        self._key = seed.encode()
        self._most = held_bytes
        self._drawn: list[bytes] = []
        self._drawn_bytes = 0
        self._files = ExitStack()
        self._parts: list[IO[bytes]] = []

    def close(self, target: Target) -> PreparedFile:
        """Write all lines."""
        with self._files:
            waiting = [_lines(each) for each in self._parts]
            for drawn in merge(*waiting, sorted(self._drawn)):
                super()._put(drawn[_DRAWN_BYTES:])
            self._drawn = []
            return super().close(target)

    def _put(self, line: bytes) -> None:
        digest = hashlib.blake2b(line, digest_size=_DRAWN_BYTES, key=self._key).digest()
        self._drawn.append(digest + line)
        self._drawn_bytes += len(line)
        if self._drawn_bytes >= self._most:
            self._set_aside()

    def _set_aside(self) -> None:
        part = self._files.enter_context(TemporaryFile())  # noqa: SIM115 - closed with the others
        part.writelines(sorted(self._drawn))
        part.seek(0)
        self._parts.append(part)
        self._drawn, self._drawn_bytes = [], 0


def _lines(part: IO[bytes]) -> Iterator[bytes]:
    """The lines of a part, each behind its digest, in which a newline may stand, too."""
    while digest := part.read(_DRAWN_BYTES):
        yield digest + part.readline()
