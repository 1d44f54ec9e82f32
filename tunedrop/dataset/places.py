"""Where each usable record of a dataset stands, in a few bytes for each run of lines."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator

from tunedrop.dataset.splits import Side


class Places:
    """Where each record stands; lines that follow one another take no room."""

    def __init__(self) -> None:
        self._files: list[tuple[Side, str]] = []
        self._starts = array("Q")
        self._firsts, self._lines, self._owners = array("Q"), array("Q"), array("L")
        self._records = 0

    def begin(self, role: Side, file: str) -> None:
        """The next records are of this file."""
        self._files.append((role, file))
        self._starts.append(self._records)

    def add(self, line: int, count: int) -> None:
        """So many records, from this line on, one per line."""
        owner = len(self._files) - 1
        follows = bool(self._firsts) and self._owners[-1] == owner
        if not follows or line != self._lines[-1] + self._records - self._firsts[-1]:
            self._firsts.append(self._records)
            self._lines.append(line)
            self._owners.append(owner)
        self._records += count

    def __len__(self) -> int:
        return self._records

    def ranges(self) -> Iterator[tuple[Side, int, int]]:
        """For each file its role, its first record, and the one behind its last."""
        ends = [*self._starts[1:], self._records]
        for (role, _), start, end in zip(self._files, self._starts, ends, strict=True):
            yield role, start, end

    def name(self, record: int) -> str:
        """`tickets.jsonl, line 7`; `line 7` where there is one file alone."""
        owner, line = self.at(record)
        file = self._files[owner][1]
        return f"line {line:,}" if len(self._files) == 1 else f"{file}, line {line:,}"

    def at(self, record: int) -> tuple[int, int]:
        """The number of the file, and the line."""
        run = bisect_right(self._firsts, record) - 1
        return self._owners[run], self._lines[run] + record - self._firsts[run]

    def find(self, file: str, line: int) -> int | None:
        """The record of a line, or None where there is none that can be used."""
        for run, first in enumerate(self._firsts):
            ends = self._firsts[run + 1] if run + 1 < len(self._firsts) else self._records
            if self._files[self._owners[run]][1] == file:
                record = first + line - self._lines[run]
                if first <= record < ends:
                    return record
        return None
