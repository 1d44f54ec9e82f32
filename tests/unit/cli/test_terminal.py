"""What a terminal gets and a pipe does not."""

import io
from pathlib import Path

import pytest

from tests.unit.cli.terminals import Terminal, read_along
from tunedrop.cli.progress import ProgressBar
from tunedrop.cli.terminal import cause_in_lines, coloured, wrapped
from tunedrop.dataset.lines import local_file

WORDS = "what happened " * 20


def test_long_text_is_broken_at_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    read_along(monkeypatch, columns=50)
    lines = wrapped(WORDS, "    ", "=>").splitlines()
    assert lines[0].startswith("=>what")
    assert max(map(len, lines)) <= 50
    assert all(line.startswith("    what") or line.startswith("    happened") for line in lines[1:])


def test_a_pipe_gets_each_sentence_group_on_one_line_without_colours() -> None:
    told = cause_in_lines(f"{WORDS}Still billing: nothing. Next: Go. Runbook: docs, X.")
    assert len(told.splitlines()) == 4
    assert coloured("Fit", "green") == "Fit"


def test_names_are_never_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    read_along(monkeypatch, columns=40)
    arn = "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-micro-v1:0:128k/fb529a36"
    assert arn in wrapped(f"The custom model {arn} is version 1.").splitlines()


class Clock:
    """Goes on by a second with every look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def read_all(tmp_path: Path, stream: io.StringIO) -> str:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"x" * 4_000_000)
    with ProgressBar(4_000_000, stream, Clock()) as bar:
        [source] = bar.watched({"train": [local_file(file)]})["train"]
        assert sum(map(len, source.chunks())) == 4_000_000
    return stream.getvalue()


def test_a_terminal_sees_how_far_a_long_file_has_been_read(tmp_path: Path) -> None:
    shown = read_all(tmp_path, Terminal())
    assert "100% [##############################] 4 of 4 MB" in shown
    assert shown.endswith("\r\033[K")


def test_a_pipe_sees_no_progress_bar(tmp_path: Path) -> None:
    assert read_all(tmp_path, io.StringIO()) == ""


def test_a_file_that_is_read_at_once_shows_no_bar(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"x" * 4_000_000)
    with ProgressBar(4_000_000, stream := Terminal(), lambda: 0.0) as bar:
        list(bar.watched({"train": [local_file(file)]})["train"][0].chunks())
    assert stream.getvalue() == ""
