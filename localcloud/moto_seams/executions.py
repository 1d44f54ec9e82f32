"""Executions: how they are named, started, stopped and announced.

- AWS checks names and the size of the input; moto takes anything.
- AWS starts one execution per name, however many requests race; moto checks and then acts.
- AWS announces each change of status on the default event bus; moto is silent.
- AWS aborts at once (a Lambda function in flight runs on, and its result is dropped); moto waits
  for the state to end, forgets error and cause, and may turn ABORTED into FAILED.
"""

import json
import re
import threading
import uuid
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.stepfunctions import responses
from moto.stepfunctions.exceptions import InvalidExecutionInput, InvalidName
from moto.stepfunctions.parser.api import (
    ExecutionAbortedEventDetails,
    ExecutionStatus,
    HistoryEventType,
)
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.backend import execution as executions
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from localcloud.moto_seams.event_bus import publish
from localcloud.moto_seams.replacing import replace

_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
_MAX_INPUT_BYTES = 262_144
_starting = threading.Lock()


def apply() -> None:
    """Correct starting, ending and stopping."""
    _correct_start()
    _correct_end()
    _correct_stop()


def _correct_start() -> None:
    @replace(StepFunctionsParserBackend, "start_execution")
    def start_execution(
        original: Any,
        backend: Any,
        state_machine_arn: str,
        name: str | None = None,
        execution_input: str | None = None,
        trace_header: Any = None,
    ) -> Any:
        name = name or str(uuid.uuid4())
        if not _NAME.fullmatch(name):
            raise InvalidName(f"Invalid Name: '{name}'")
        size = len((execution_input or "").encode())
        if size > _MAX_INPUT_BYTES:
            raise InvalidExecutionInput(
                f"Invalid State Machine Execution Input: {size} bytes, at most {_MAX_INPUT_BYTES}"
            )
        with _starting:
            return original(backend, state_machine_arn, name, execution_input, trace_header)

    @replace(executions.Execution, "start")
    def start(original: Any, execution: Any) -> None:
        original(execution)
        _announce(execution)


def _correct_end() -> None:
    @replace(executions.BaseExecutionWorkerCommunication, "terminated")
    def terminated(original: Any, communication: Any) -> None:
        execution = communication.execution
        with _starting:
            if execution.exec_status != ExecutionStatus.RUNNING:
                return
            original(communication)
        _announce(execution)


def _correct_stop() -> None:
    @replace(executions.Execution, "stop")
    def stop(
        original: Any, execution: Any, stop_date: datetime, error: str | None, cause: str | None
    ) -> None:
        with _starting:
            if execution.exec_status != ExecutionStatus.RUNNING:
                return
            execution.exec_status = ExecutionStatus.ABORTED
            execution.stop_date = stop_date
            execution.error, execution.cause = error, cause
        _close_history(execution, error, cause)
        original(execution, stop_date, error, cause)
        for endpoint in list(execution.exec_worker.env.callback_pool_manager._pool.values()):
            endpoint.interrupt_all()
        _announce(execution)

    def stop_execution(self: Any) -> ActionResult:
        execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
        execution.stop(datetime.now(tz=UTC), self._get_param("error"), self._get_param("cause"))
        return ActionResult({"stopDate": execution.stop_date})

    responses.StepFunctionResponse.stop_execution = stop_execution


def _close_history(execution: Any, error: str | None, cause: str | None) -> None:
    env = _environment(execution)
    details = ExecutionAbortedEventDetails(error=error, cause=cause)
    env.event_history_context.source_event_id = 0
    env.event_manager.add_event(
        context=env.event_history_context,
        event_type=HistoryEventType.ExecutionAborted,
        event_details=EventDetails(executionAbortedEventDetails=details),
    )
    env.event_manager.add_event = lambda *_, **__: None


def _environment(execution: Any) -> Any:
    """The interpreter's environment; it comes to be a moment after the execution has started."""
    pause = threading.Event()
    while execution.exec_worker.env is None:
        pause.wait(0.005)
    return execution.exec_worker.env


def _announce(execution: Any) -> None:
    output = execution.output if execution.exec_status == ExecutionStatus.SUCCEEDED else None
    publish(
        account=execution.account_id,
        region=execution.region_name,
        source="aws.states",
        detail_type="Step Functions Execution Status Change",
        resources=[execution.exec_arn],
        detail={
            "executionArn": execution.exec_arn,
            "stateMachineArn": execution.state_machine_arn,
            "name": execution.name,
            "status": execution.exec_status.value,
            "startDate": _milliseconds(execution.start_date),
            "stopDate": _milliseconds(execution.stop_date),
            "input": execution.execution_input,
            "output": None if output is None else json.dumps(output),
            "inputDetails": {"included": True},
            "outputDetails": None if output is None else {"included": True},
            "error": execution.error,
            "cause": execution.cause,
        },
    )


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)
