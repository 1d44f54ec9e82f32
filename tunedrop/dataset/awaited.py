"""Records whose media are still being looked at, and what becomes of the counts if they fail."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from typing import Protocol

from tunedrop.dataset.findings import Fault
from tunedrop.dataset.records import AnyRecord


class MediaChecker(Protocol):
    """Looks at the images and videos that records name, concurrently as it likes."""

    def take(self, record: AnyRecord, file: str, line: int) -> None:
        """Begin to look at the media of a record in which nothing else is wrong.

        Called in file order, once for each such record that names media.
        """

    def faults(self) -> Iterable[tuple[str, int, Fault]]:
        """File, line and fault of all that is wrong with what was taken, in any order.

        Asked once, after the last record of the last file.
        """


class AwaitedRecords:
    """What the records of one file counted for, in a dozen bytes each."""

    def __init__(self) -> None:
        self._lines = array("Q")
        self._characters = array("L")
        self._keys = array("Q")
        self._taken_back = bytearray()

    def add(self, line: int, characters: int, key: int | None) -> None:
        """Note a record; only the first ones of a file have keys."""
        self._lines.append(line)
        self._characters.append(characters)
        self._taken_back.append(0)
        if key is not None:
            self._keys.append(key)

    def take_back(self, line: int) -> tuple[int, int | None] | None:
        """Characters and key of a record that cannot be used after all; None the second time."""
        index = bisect_left(self._lines, line)
        if self._taken_back[index]:
            return None
        self._taken_back[index] = 1
        key = self._keys[index] if index < len(self._keys) else None
        return self._characters[index], key
