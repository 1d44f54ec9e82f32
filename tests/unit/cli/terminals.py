"""Streams that call themselves a terminal."""

import io
import sys

import pytest


class Terminal(io.StringIO):
    """Text that somebody reads along."""

    def isatty(self) -> bool:
        return True


def read_along(monkeypatch: pytest.MonkeyPatch, columns: int = 80) -> Terminal:
    """Make standard output a terminal of this width."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", str(columns))
    return terminal
