"""Reads a state machine into what a drawing of it needs: rows, side states, edges, ends."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

States = Mapping[str, Mapping[str, Any]]

_ENDS = ("Succeed", "Fail")
_ANYTHING = "States.ALL"


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A way from a state to another; `label` says when it is taken, `caught` by which error."""

    source: str
    target: str
    label: str = ""
    caught: bool = False


@dataclass(frozen=True)
class Graph:
    """The states of one definition, told apart by their part in a drawing."""

    start: str
    states: States

    @classmethod
    def read(cls, definition: Path) -> "Graph":
        """The graph of an ASL file."""
        machine = json.loads(definition.read_text(encoding="utf-8"))
        return cls(machine["StartAt"], machine["States"])

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Every way of the definition but those of `failures`."""
        every = (edge for name in self.states for edge in _edges(name, self.states[name]))
        return tuple(edge for edge in every if edge.target != self.rescue or not edge.caught)

    @cached_property
    def rescue(self) -> str:
        """The state that most others go to when anything fails."""
        targets = [edge.target for edge in self._every_failure()]
        return max(targets, key=targets.count)

    @cached_property
    def failures(self) -> tuple[str, ...]:
        """The states that go to `rescue` when they fail."""
        names = [edge.source for edge in self._every_failure() if edge.target == self.rescue]
        return tuple(dict.fromkeys(names))

    @cached_property
    def ends(self) -> tuple[str, ...]:
        """The states that end an execution."""
        return tuple(name for name in self.states if self.type_of(name) in _ENDS)

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """The pauses that lead back to where the execution came from."""
        return tuple(
            name
            for name in self.states
            if self.type_of(name) == "Wait" and self._reaches(self.states[name]["Next"], name)
        )

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The states of the main line from top to bottom; those abreast share a row."""
        depths = self._depths()
        return tuple(
            tuple(name for name in self.states if depths.get(name) == depth)
            for depth in range(max(depths.values()) + 1)
        )

    def type_of(self, name: str) -> str:
        """`Task`, `Choice`, `Wait`, `Succeed` or `Fail`."""
        return str(self.states[name]["Type"])

    def summary_of(self, name: str) -> str:
        """The first clause of a state's comment, without what stands in brackets."""
        comment = re.sub(r" \([^)]*\)", "", str(self.states[name].get("Comment", "")))
        return comment.partition(". ")[0].partition("; ")[0].rstrip(".")

    def outcomes_of(self, name: str) -> tuple[str, ...]:
        """The ends that the errors which a state catches by name lead to."""
        catches = self.states[name].get("Catch", ())
        ends = (error.removesuffix("Error") for each in catches for error in each["ErrorEquals"])
        own = [end for end in ends if end in self.states]
        return tuple(end for end in own if not self._is_everywhere(end))

    def _is_everywhere(self, end: str) -> bool:
        error = f"{end}Error"
        return all(error in str(self.states[name].get("Catch")) for name in self.failures)

    def _is_further_down(self, edge: Edge) -> bool:
        """Whether an edge goes on: the definition lists its states from start to end."""
        listed = tuple(self.states)
        return listed.index(edge.target) > listed.index(edge.source)

    def _every_failure(self) -> Iterator[Edge]:
        for name, state in self.states.items():
            for edge in _edges(name, state):
                if edge.caught and edge.label == "":
                    yield edge

    def _reaches(self, source: str, target: str) -> bool:
        seen, found = set[str](), [source]
        while found:
            name = found.pop()
            if name not in seen:
                seen.add(name)
                found += [edge.target for edge in self.edges if edge.source == name]
        return target in seen

    def _depths(self) -> dict[str, int]:
        """The longest way from the start to each state of the main line, going back nowhere."""
        depths = {self.start: 0}
        pending: list[tuple[str, tuple[str, ...]]] = [(self.start, (self.start,))]
        while pending:
            name, way = pending.pop()
            for target in self._onward(name):
                depth = depths[name] + 1
                if target not in way and depth > depths.get(target, -1):
                    depths[target] = depth
                    pending.append((target, (*way, target)))
        return depths

    def _onward(self, name: str) -> Iterator[str]:
        aside = (*self.sides, *self.ends, self.rescue)
        return (
            edge.target
            for edge in self.edges
            if edge.source == name
            and edge.target not in aside
            and not edge.caught
            and self._is_further_down(edge)
        )


def _edges(name: str, state: Mapping[str, Any]) -> Iterator[Edge]:
    for choice in state.get("Choices", ()):
        yield Edge(source=name, target=choice["Next"], label=_condition(choice))
    if "Default" in state:
        yield Edge(source=name, target=state["Default"], label="else")
    if "Next" in state:
        yield Edge(source=name, target=state["Next"])
    for catch in state.get("Catch", ()):
        errors = catch["ErrorEquals"]
        label = "" if _ANYTHING in errors else ", ".join(errors)
        yield Edge(source=name, target=catch["Next"], label=label, caught=True)


def _condition(choice: Mapping[str, Any]) -> str:
    """`$.run.deployment_mode` equal to `none` as "deployment mode: none"."""
    words = str(choice["Variable"]).rpartition(".")[2].replace("_", " ")
    is_so = choice.get("BooleanEquals") or choice.get("IsPresent")
    return words if is_so else f"{words}: {choice.get('StringEquals', 'no')}"
