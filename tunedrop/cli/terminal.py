"""What a terminal gets and a pipe does not: colours, lines broken at its width."""

import re
import sys
import textwrap
from typing import Literal

Colour = Literal["red", "yellow", "green", "dim"]

_CODES: dict[Colour, int] = {"red": 31, "yellow": 33, "green": 32, "dim": 2}
_NARROWEST = 40
# The sentences of a cause that are looked for first, each on a line of its own.
_PARTS = re.compile(r" (?=Still billing: |Next: |Runbook: )")


def is_terminal() -> bool:
    """Whether somebody reads along."""
    return sys.stdout.isatty()


def coloured(text: str, colour: Colour) -> str:
    """The text in a colour, on a terminal."""
    return f"\033[{_CODES[colour]}m{text}\033[0m" if is_terminal() else text


def wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    """The text broken at the terminal's width, its lines indented; a pipe gets one line.

    `first` is what stands before the first line in place of the indent.
    """
    start = indent if first is None else first
    if not is_terminal():
        return start + text
    return textwrap.fill(
        text,
        width=columns() or 0,
        initial_indent=start,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def cause_in_lines(cause: str, indent: str = "", first: str | None = None) -> str:
    """A cause with what still bills, the next step and the runbook on lines of their own."""
    what, *rest = _PARTS.split(cause)
    return "\n".join([wrapped(what, indent, first), *(wrapped(each, indent) for each in rest)])


def columns() -> int | None:
    """How wide the terminal is; None: a pipe, which is as wide as its lines."""
    if not is_terminal():
        return None
    from shutil import get_terminal_size

    return max(get_terminal_size().columns, _NARROWEST)
