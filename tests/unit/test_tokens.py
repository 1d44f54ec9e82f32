"""Task tokens: answered once, in Lambda's words."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tunedrop.errors import CustomizationJobFailedError
from tunedrop.tokens import TaskTokens


@dataclass
class FakeStepFunctions:
    """Takes every answer, or refuses with a code."""

    code: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)

    def send_task_success(self, **answer: Any) -> None:
        self._take(answer)

    def send_task_failure(self, **answer: Any) -> None:
        self._take(answer)

    def _take(self, answer: dict[str, Any]) -> None:
        if self.code:
            raise ClientError({"Error": {"Code": self.code}}, "SendTaskSuccess")
        self.taken.append(answer)


def test_a_state_is_resumed_with_its_output() -> None:
    steps = FakeStepFunctions()
    assert TaskTokens(steps).succeed("token", {"completed": True})
    assert steps.taken == [{"taskToken": "token", "output": '{"completed": true}'}]


def test_a_failure_looks_as_it_would_on_lambda() -> None:
    steps = FakeStepFunctions()
    assert TaskTokens(steps).fail("token", CustomizationJobFailedError("Too bad."))
    [answer] = steps.taken
    assert answer["error"] == "CustomizationJobFailedError"
    assert json.loads(answer["cause"])["errorMessage"] == "Too bad."


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_spent_token_is_left_alone(code: str) -> None:
    tokens = TaskTokens(FakeStepFunctions(code))
    assert not tokens.succeed("token", {})
    assert not tokens.fail("token", CustomizationJobFailedError("x"))


def test_another_refusal_is_an_error() -> None:
    with pytest.raises(ClientError):
        TaskTokens(FakeStepFunctions("AccessDeniedException")).succeed("token", {})
