"""The runbook against the code: headings, names, commands and durations."""

import ast
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.docs import aws_cli
from tests.docs.markdown import OPERATING, ROOT, headings
from tests.docs.readme import Command, runbook_commands
from tunedrop import errors
from tunedrop.cli.main import parser
from tunedrop.report.sentences import RUNBOOK, outcomes
from tunedrop.serving.approval import DEADLINE

TEXT = OPERATING.read_text(encoding="utf-8")
HEADINGS = headings(OPERATING)
MACHINES = [
    json.loads((ROOT / "statemachines" / name).read_text(encoding="utf-8"))
    for name in ("fine_tuning.asl.json", "clean_up_run.asl.json")
]
STATES: dict[str, Any] = {**MACHINES[1]["States"], **MACHINES[0]["States"]}
FAIL_STATES = sorted(name for name, state in STATES.items() if state["Type"] == "Fail")
COMMENTS = [state["Comment"] for state in STATES.values()]


def alarms() -> list[str]:
    """The alarms' ids, as stacks/alarms.py gives them."""
    source = ast.parse((ROOT / "stacks" / "alarms.py").read_text(encoding="utf-8"))
    named = [
        call.args[0].value
        for call in ast.walk(source)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "self._alarm"
        and isinstance(call.args[0], ast.Constant)
    ]
    paging = next(
        node.value
        for node in ast.walk(source)
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "PAGING_OUTCOMES"
    )
    return [*named, *ast.literal_eval(paging)]


@pytest.mark.parametrize("state", FAIL_STATES)
def test_every_fail_state_has_a_heading(state: str) -> None:
    assert state in HEADINGS


@pytest.mark.parametrize("alarm", alarms())
def test_every_alarm_has_a_heading(alarm: str) -> None:
    assert alarm in HEADINGS


def test_all_alarms_are_found() -> None:
    assert {"ServiceFailed", "CleanUpFailed", "DeploymentFailed"} < set(alarms())
    assert len(alarms()) == 6


@pytest.mark.parametrize(
    "heading", sorted({w.runbook_heading for w in outcomes() if w.runbook_heading})
)
def test_heading_that_a_cause_names_exists(heading: str) -> None:
    assert (ROOT / RUNBOOK).resolve() == OPERATING.resolve()
    assert heading in HEADINGS


def test_heading_that_a_comment_names_exists() -> None:
    named = {found for text in COMMENTS for found in re.findall(r"heading (\w+)", text)}
    assert named
    assert named <= set(HEADINGS)


def test_every_heading_of_a_red_end_or_alarm_is_one_still() -> None:
    start, end = HEADINGS.index("Red ends"), HEADINGS.index("Long waits that are normal")
    section = set(HEADINGS[start + 1 : end]) - {"Alarms"}
    assert section == {*FAIL_STATES, *alarms()}


@pytest.mark.parametrize("error", sorted(set(re.findall(r"`([A-Z]\w+Error)`", TEXT))))
def test_error_that_the_runbook_names_is_ours(error: str) -> None:
    assert hasattr(errors, error)


@pytest.mark.parametrize(
    ("state", "field", "said"),
    [
        ("WaitForJobSlot", "Seconds", "every 30 minutes"),
        ("WaitForCapacity", "Seconds", "every 10 minutes"),
        ("WaitForCustomizationJob", "TimeoutSeconds", "every 15 minutes"),
        ("ApproveDeployment", "TimeoutSeconds", "every hour"),
    ],
)
def test_waits_last_as_long_as_told(state: str, field: str, said: str) -> None:
    minutes = STATES[state][field] // 60
    expected = "every hour" if minutes == 60 else f"every {minutes} minutes"
    row = next(line for line in TEXT.splitlines() if line.startswith("|") and state in line)
    assert said == expected
    assert any(
        said in line for line in TEXT.splitlines() if line.startswith("|") and state in line
    ), row


def test_time_to_approve_is_as_told() -> None:
    assert DEADLINE.days == 3
    assert "at most three days" in TEXT


def test_days_of_an_execution_are_as_told() -> None:
    assert f"over {MACHINES[0]['TimeoutSeconds'] // 86_400} days old" in TEXT


@pytest.mark.parametrize("command", runbook_commands(), ids=lambda each: each.text[:60])
def test_command_of_the_runbook_is_understood(command: Command) -> None:
    if command.program == "aws":
        assert list(aws_cli.faults(command.words)) == []
    else:
        assert command.program == "tunedrop"
        parser().parse_args(command.words[1:])


@pytest.mark.parametrize("line", sorted(set(re.findall(r"`(tunedrop [^`]+)`", TEXT))))
def test_command_in_the_text_is_understood(line: str) -> None:
    parser().parse_args(shlex.split(line)[1:])


@pytest.mark.parametrize("function", sorted(set(re.findall(r"Tunedrop: (\w+)", TEXT))))
def test_function_is_found_by_its_description(function: str) -> None:
    assert 'description=f"Tunedrop: {name}"' in source("stacks/task_functions.py")
    assert f'"{function}": Task(' in source("stacks/task_functions.py")


def test_redrive_is_forbidden_with_its_reason() -> None:
    assert "**Do not use Redrive**" in TEXT
    assert "tunedrop rerun RUN" in TEXT.partition("Do not use Redrive")[2][:600]


def source(path: str) -> str:
    return (ROOT / Path(path)).read_text(encoding="utf-8")
