"""Reads the state machines as what they are: graphs of states."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MACHINES = ("fine_tuning", "clean_up_run")
WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")

State = dict[str, Any]


@cache
def text_of(machine: str) -> str:
    """The file of a state machine."""
    return (ROOT / "statemachines" / f"{machine}.asl.json").read_text()


@cache
def definition(machine: str) -> State:
    """A state machine; a key that is written twice is an error."""
    read: State = json.loads(text_of(machine), object_pairs_hook=_without_twins)
    return read


def states(machine: str) -> dict[str, State]:
    """The states by name."""
    found: dict[str, State] = definition(machine)["States"]
    return found


def all_states() -> list[tuple[str, str, State]]:
    """Every state with its machine and its name."""
    return [(m, name, state) for m in MACHINES for name, state in states(m).items()]


def all_tasks() -> list[tuple[str, str, State]]:
    """Every Task state with its machine and its name."""
    return [each for each in all_states() if each[2]["Type"] == "Task"]


def function_tasks() -> list[tuple[str, str, State]]:
    """Every Task state that invokes a function."""
    return [each for each in all_tasks() if "lambda:invoke" in each[2]["Resource"]]


def named(task: tuple[str, str, State]) -> str:
    """How pytest shows a state."""
    return f"{task[0]}.{task[1]}"


def follow_ups(state: State) -> Iterator[str]:
    """Every state that can come next."""
    for branch in (state, *state.get("Choices", ()), *state.get("Catch", ())):
        if "Next" in branch:
            yield branch["Next"]
    if "Default" in state:
        yield state["Default"]


def reachable(machine: str, start: Iterable[str], *, without: Iterable[str] = ()) -> set[str]:
    """The states that can come after these, themselves included."""
    closed, found, open_ = set(without), set(), list(start)
    while open_:
        name = open_.pop()
        if name in found or name in closed:
            continue
        found.add(name)
        open_ += follow_ups(states(machine)[name])
    return found


def caught(state: State) -> list[str]:
    """The errors that a state catches by name."""
    return [error for catch in state.get("Catch", ()) for error in catch["ErrorEquals"]]


def retried(state: State) -> list[str]:
    """The errors that a state retries."""
    return [error for retry in state.get("Retry", ()) for error in retry["ErrorEquals"]]


def module_of(name: str) -> str:
    """`ValidateDataset` as `validate_dataset`."""
    return WORD_START.sub("_", name).lower()


def selected(fields: State) -> set[str]:
    """The names of fields of a payload template or a ResultSelector."""
    return {name.removesuffix(".$") for name in fields}


def _without_twins(pairs: list[tuple[str, Any]]) -> State:
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f"written twice: {names}"
    return dict(pairs)
