"""A deployed stage as the command line sees it, in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from msgspec import structs

from tests.unit.run_builders import NOW, run
from tunedrop.answers import Answer
from tunedrop.errors import TunedropError
from tunedrop.run import ENDED, RUNNING, Run, Source, timestamp
from tunedrop.serving.recipe_state import RecipeState


def ended(outcome: str = "RunSucceeded", cause: str = "It serves.", **sections: Any) -> Run:
    """A run that has ended a minute after it began."""
    given = {"ended_at": "2026-11-22T12:01:00.000Z", **sections}
    return run(status=ENDED, outcome=outcome, cause=cause, **given)


@dataclass
class FakeRecords:
    """Shows each of `looks` once, and the last for ever."""

    looks: list[Run]

    def find(self, run_id: str) -> Run | None:
        found = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0] if self.looks else None
        return found if found and found.run_id == run_id else None

    def of_recipe(self, recipe: str) -> Iterator[Run]:
        return (each for each in self.looks if each.recipe == recipe)

    def cancel(self, run_id: str, by: str) -> Run | None:
        found = self.looks[0]
        return structs.replace(found, cancelled_by=by) if found.status == RUNNING else None


@dataclass
class FakeTokens:
    """Remembers what was answered."""

    spent: bool = False
    sent: list[tuple[str, Any]] = field(default_factory=list)

    def succeed(self, token: str, output: Any) -> bool:
        self.sent.append((token, output))
        return not self.spent

    def fail(self, token: str, error: TunedropError) -> bool:
        self.sent.append((token, error))
        return not self.spent


@dataclass
class FakeApprovalFunction:
    """Remembers what was answered."""

    answered: list[tuple[str, bool, str]] = field(default_factory=list)

    def answer(self, run_id: str, *, approved: bool, commitment: str = "") -> str:
        self.answered.append((run_id, approved, commitment))
        return "arn:aws:iam::1:user/ada"


@dataclass
class FakeWorkflow:
    """Remembers what was started."""

    started: list[tuple[str, Source]] = field(default_factory=list)

    def start(self, run_id: str, source: Source) -> bool:
        self.started.append((run_id, source))
        return True


@dataclass
class FakeAnswers:
    """Shows each of the answers once, and the last for ever."""

    given: list[Answer | None]

    def find(self, key: str) -> Answer | None:
        return self.given.pop(0) if len(self.given) > 1 else self.given[0]


class FakeServices:
    """What the commands ask of `Services`."""

    def __init__(self, *looks: Run, answers: tuple[Answer | None, ...] = (None,)) -> None:
        self.records = FakeRecords(list(looks))
        self.tokens = FakeTokens()
        self.workflow = FakeWorkflow()
        self.approval_function = FakeApprovalFunction()
        self.answers = FakeAnswers(list(answers))
        self.settings = SimpleNamespace(tunedrop_stage="dev")
        self.datasets = SimpleNamespace(bucket="drops", uri=lambda key: f"s3://drops/{key}")
        self.parameters = SimpleNamespace(recipe=lambda name: "{}" if name == "support" else None)
        self.champions = SimpleNamespace(state=lambda _: RecipeState())
        self.artifacts = SimpleNamespace(uri=lambda key: f"s3://artifacts/{key}")

    def now(self) -> datetime:
        return NOW

    def client(self, service: str) -> Any:
        assert service == "sts"
        return SimpleNamespace(get_caller_identity=lambda: {"Arn": "arn:aws:iam::1:user/ada"})


def entered(*states: str) -> dict[str, str]:
    """A timeline with a second between two states."""
    seconds = {state: NOW.replace(second=second) for second, state in enumerate(states)}
    return {state: timestamp(moment) for state, moment in seconds.items()}


def no_sleep(seconds: float) -> None:
    """Time does not pass in unit tests."""
