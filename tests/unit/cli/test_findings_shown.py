"""How `tunedrop check` shows findings: by rule, with excerpts on a terminal alone."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.terminals import read_along
from tunedrop.cli import main
from tunedrop.cli.excerpts import piece
from tunedrop.dataset.rules import RULES

SECRET = "the-quick-brown-fox"
BROKEN = [
    {"prompt": SECRET, "completion": ""},
    {"prompt": "two", "completion": "good", "extra": 1},
    *({"prompt": SECRET} for _ in range(7)),
]
NOVA = ("--base-model", "amazon.nova-micro-v1:0:128k")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    file = tmp_path / "broken.jsonl"
    file.write_text("".join(f"{json.dumps(each)}\n" for each in BROKEN))
    return file


def test_findings_stand_by_rule_with_count_first_lines_and_one_hint(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(broken), *NOVA]) == 1
    lines = capsys.readouterr().out.splitlines()
    [at] = [
        number for number, line in enumerate(lines) if line.startswith("error    missing-field")
    ]
    assert lines[at].split(maxsplit=2)[2] == "7  lines 3, 4, 5, 6, 7 ..."
    assert [line.strip() for line in lines[at + 1 : at + 4]] == [
        f'broken.jsonl, line {line}, completion: the field "completion" is missing'
        for line in (3, 4, 5)
    ]
    assert lines[at + 4].strip() == RULES["missing-field"].hint


def test_errors_stand_before_warnings(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(broken), *NOVA])
    labels = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line]
    severities = [each for each in labels if each in ("error", "warning")]
    assert severities == sorted(severities)
    assert set(severities) == {"error", "warning"}


def test_a_pipe_sees_neither_records_nor_colours(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["check", str(broken), *NOVA])
    captured = capsys.readouterr()
    assert SECRET not in captured.out
    assert "\033" not in captured.out + captured.err


def test_json_holds_no_record(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = read_along(monkeypatch)
    main(["check", str(broken), *NOVA, "--json"])
    assert SECRET not in terminal.getvalue()


def test_a_terminal_sees_the_beginning_of_a_record(
    broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = read_along(monkeypatch)
    main(["check", str(broken), *NOVA])
    assert SECRET in terminal.getvalue()
    assert "\033[31merror" in terminal.getvalue()


TOKEN = b"ghp_aBcDefGhIjKlmnOpQrStUvWxyzABCDEFghij"


@pytest.mark.parametrize(
    ("line", "field", "shown"),
    [
        (b'{"prompt": "Write to ada@example.com", "completion": 1}', "prompt", "Write to ...@..."),
        (b'{"prompt": "Call 555 01 23"}', "prompt", "Call ### ## ##"),
        (b'{"messages": [{"content": "hello"}]}', "messages[0].content", "hello"),
        (b'{"prompt": "' + TOKEN + b' is it"}', "prompt", "aaa_aaaaaaaaaaaaaaaaaaaa\u2026 is it"),
        (b'["' + TOKEN + b'"]', "prompt", '["aaa_aaaaaaaaaaaaaaaaaaaa\u2026"]'),
        (b'["Hauptstra\\u00dfe 12, 10115 Berlin."]', "a", '["aaaaaaaaaaa ##, ##### aa\u2026."]'),
        (b'{"prompt": "a", "completion": 5}', "completion", '{"prompt": "a", "completion": #}'),
        (b'{"prompt": "' + b"a" * 99 + b'"}', "prompt", "a" * 40 + "..."),
        (b"\xff\x1b[2Jnot json", None, "\ufffd?[#Jnot json"),
        (b"[" * 100_000, "a", "[" * 40 + "..."),
        (b'{"messages": []}', "messages[0].role", '{"messages": []}'),
    ],
)
def test_excerpts_are_short_and_masked(line: bytes, field: str | None, shown: str) -> None:
    assert piece(line, field) == shown
