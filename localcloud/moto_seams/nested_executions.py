"""Nested executions: `startExecution.sync:2` of one state machine by another.

moto hands the task's parameters to Step Functions as the workflow spells them (StateMachineArn)
and expects its answers spelled so too; the API spells both with a small first letter. It asks for
the end twice a second; here the answer comes as soon as paced workflows end.
"""

from datetime import datetime
from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback as callback,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (  # noqa: E501
    StateTaskServiceSfn,
)

from localcloud.moto_seams.replacing import replace

_POLL_SECONDS = 0.1


def apply() -> None:
    """Translate between the workflow's spelling and the API's."""
    callback._DELAY_SECONDS_SYNC_CONDITION_CHECK = _POLL_SECONDS

    @replace(StateTaskServiceSfn, "_normalise_parameters")
    def normalise_parameters(
        original: Any, service: Any, parameters: dict[str, Any], *args: Any, **kwargs: Any
    ) -> None:
        original(service, parameters, *args, **kwargs)
        _rename(parameters, str.lower)

    @replace(StateTaskServiceSfn, "_normalise_response")
    def normalise_response(original: Any, service: Any, response: Any, **_: Any) -> None:
        _rename(response, str.upper)
        for name, value in response.items():
            if isinstance(value, datetime):
                response[name] = int(value.timestamp() * 1000)


def _rename(fields: dict[str, Any], change: Any) -> None:
    for name in list(fields):
        fields[change(name[0]) + name[1:]] = fields.pop(name)
