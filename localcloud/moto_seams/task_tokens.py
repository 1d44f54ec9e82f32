"""Task tokens: who may answer, and with what.

moto uses one token for all attempts of a state (a retried round then ends at once), drops the
cause of SendTaskFailure, lets a token be answered after its round has timed out, and does not
know the tokens of executions that have ended. AWS makes a token per attempt, and answers dead
ones with TaskTimedOut.
"""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.stepfunctions import responses
from moto.stepfunctions.exceptions import AWSError, InvalidToken
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import (
    ResourceCondition,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (  # noqa: E501
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackConsumerTimeout,
    CallbackEndpoint,
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
)
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from localcloud.moto_seams.replacing import replace


class TaskTimedOutError(AWSError):  # type: ignore[misc]
    """The answer to a token whose round is over."""

    TYPE = "TaskTimedOut"
    STATUS = 400


def apply() -> None:
    """Correct how tokens are answered."""

    def send_task_success(backend: Any, task_token: str, outcome: str) -> None:
        answer = CallbackOutcomeSuccess(callback_id=task_token, output=outcome)
        _endpoint(backend, task_token).notify(answer)

    def send_task_failure(
        backend: Any, task_token: str, error: str | None = None, cause: str | None = None
    ) -> None:
        answer = CallbackOutcomeFailure(callback_id=task_token, error=error, cause=cause)
        _endpoint(backend, task_token).notify(answer)

    StepFunctionsParserBackend.send_task_success = send_task_success
    StepFunctionsParserBackend.send_task_failure = send_task_failure
    responses.StepFunctionResponse.send_task_failure = _send_task_failure

    @replace(StateTaskServiceCallback, "_evaluate_with_timeout")
    def evaluate_attempt(original: Any, task: Any, env: Any) -> None:
        if task.resource.condition == ResourceCondition.WaitForTaskToken:
            env.callback_pool_manager.add(env.states.context_object.update_task_token())
        original(task, env)

    @replace(CallbackEndpoint, "interrupt_all")
    def interrupt_all(original: Any, endpoint: Any) -> None:
        if endpoint.consumer_error is None:
            endpoint.report(CallbackConsumerTimeout())
        original(endpoint)


def _send_task_failure(self: Any) -> ActionResult:
    self.stepfunction_backend.send_task_failure(
        self._get_param("taskToken"),
        error=self._get_param("error"),
        cause=self._get_param("cause"),
    )
    return EmptyResult()


def _endpoint(backend: Any, token: str) -> Any:
    for execution in backend._get_executions():
        env = execution.exec_worker.env
        endpoint = env and env.callback_pool_manager.get(token)
        if not endpoint:
            continue
        answered = endpoint.consumer_error is not None or endpoint.get_outcome() is not None
        if answered or execution.exec_status != ExecutionStatus.RUNNING:
            raise TaskTimedOutError("Task Timed Out: 'Provided task does not exist anymore'")
        return endpoint
    raise InvalidToken("'Invalid token'")
