"""A table in columns where the terminal is wide enough, else with all but the first one merged."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from tunedrop.cli.terminal import coloured, columns

_GAP = 2
_NARROWEST_COLUMN = 20


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of a table; a cell may hold line breaks, and lists a comma before each."""
    width = columns()
    if width is not None and _width(heads, rows) > width:
        room = max(width - _widths(heads, rows)[0] - _GAP, _NARROWEST_COLUMN)
        heads = (heads[0], _merged([", ".join(heads[1:]).lower()], room))
        rows = [(row[0], _merged(row[1:], room)) for row in rows]
    else:
        rows = [[cell.replace(",\n", "\n") for cell in row] for row in rows]
    widths = _widths(heads, rows)
    for line in _lines(heads, widths):
        yield coloured(line, "dim")
    for row in rows:
        yield from _lines(row, widths)


def _merged(cells: Sequence[str], room: int) -> str:
    """Each cell on a line of its own, broken where the room ends."""
    texts = (cell.replace("\n", " ") for cell in cells if cell)
    broken = (
        textwrap.wrap(text, room, subsequent_indent="  ", break_on_hyphens=False) for text in texts
    )
    return "\n".join(line for lines in broken for line in lines)


def _width(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    return sum(_widths(heads, rows)) + _GAP * (len(heads) - 1)


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    by_column = zip(heads, *rows, strict=True)
    return [max(len(line) for cell in cells for line in _pieces(cell)) for cells in by_column]


def _lines(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for line in zip_longest(*map(_pieces, row), fillvalue=""):
        padded = (f"{text:{width}}" for text, width in zip(line, widths, strict=True))
        yield (" " * _GAP).join(padded).rstrip()


def _pieces(cell: str) -> list[str]:
    return cell.split("\n")
