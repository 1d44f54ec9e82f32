"""Records whose media are still being looked at, and what becomes of the counts if they fail."""

import heapq
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from tunedrop.dataset.findings import Fault, Finding, finding
from tunedrop.dataset.records import AnyRecord


class MediaChecker(Protocol):
    """Looks at the images and videos that records name, concurrently as it likes."""

    def take(self, record: AnyRecord, file: str, line: int) -> None:
        """Begin to look at the media of a record, whatever else may be wrong with it.

        Called in file order, once for each record that names media.
        """

    def faults(self) -> Iterable[tuple[str, int, Fault]]:
        """File, line and fault of all that is wrong with what was taken, in any order.

        Asked once, after the last record of the last file.
        """


class AwaitedRecords:
    """What the records of one file counted for, in a few bytes each."""

    def __init__(self) -> None:
        self._lines = array("Q")
        self._characters = array("Q")
        self._keys = array("Q")
        self._taken_back = bytearray()

    def add(self, line: int, characters: int, key: int | None) -> None:
        """Note a record; only the first ones of a file have keys."""
        self._lines.append(line)
        self._characters.append(characters)
        self._taken_back.append(False)
        if key is not None:
            self._keys.append(key)

    def take_back(self, line: int) -> tuple[int, int | None] | None:
        """Characters and key of a record that cannot be used after all.

        None the second time, and for one that could not be used in the first place.
        """
        index = bisect_left(self._lines, line)
        if self._lines[index : index + 1] != array("Q", [line]) or self._taken_back[index]:
            return None
        self._taken_back[index] = True
        key = self._keys[index] if index < len(self._keys) else None
        return self._characters[index], key


class LateFindings:
    """Findings that come in any order, put among those that came in file order."""

    def __init__(self, files: Sequence[str], cap: int) -> None:
        self._order = {name: index for index, name in reversed(list(enumerate(files)))}
        self._cap = cap

    def merged(
        self, kept: Sequence[Finding], late: Iterable[tuple[str, int, Fault]]
    ) -> list[Finding]:
        """The first findings of both in file order; of a line, what came in order goes first."""
        first = heapq.nsmallest(self._cap, late, key=self._late_place)
        both = heapq.merge(
            self._placed(kept),
            ((self._late_place(each)[:2], finding(each[2], *each[:2])) for each in first),
            key=lambda each: each[0],
        )
        return [each for _, each in both][: self._cap]

    def _late_place(self, late: tuple[str, int, Fault]) -> tuple[int, int, str, str]:
        file, line, fault = late
        return self._order[file], line, fault.field or "", fault.code

    def _placed(self, kept: Sequence[Finding]) -> Iterator[tuple[tuple[int, int], Finding]]:
        """With what is said of a file as a whole where it was said."""
        file, line = -1, 0
        for each in kept:
            if self._order[each.file] != file:
                file, line = self._order[each.file], 0
            line = line if each.line is None else each.line
            yield (file, line), each
