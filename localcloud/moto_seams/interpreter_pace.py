"""The interpreter's clock: Wait states, Retry intervals and rounds of task tokens are shortened.

The timeouts of other tasks are not: they bound work, which takes as long here as anywhere. The
history keeps the seconds that the definition says.
"""

import time
from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
    WaitFunction,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint

from localcloud.moto_seams.replacing import replace
from localcloud.pace import paced

_POLL_SECONDS = 0.05


def apply() -> None:
    """Shorten waiting, and look at synchronous sub-executions often."""
    WaitFunction._wait_interval = _wait_interval
    retrier_decl.time = SimpleNamespace(sleep=lambda seconds: time.sleep(paced(seconds)))
    state_task_service_callback._DELAY_SECONDS_SYNC_CONDITION_CHECK = _POLL_SECONDS

    @replace(state_task_service_callback.StateTaskServiceCallback, "_wait_for_task_token_timeout")
    def wait_for_task_token(original: Any, task: Any, timeout_seconds: float, endpoint: Any) -> Any:
        return original(task, paced(timeout_seconds), endpoint)

    @replace(CallbackEndpoint, "setup_heartbeat_endpoint")
    def setup_heartbeat(original: Any, endpoint: Any, heartbeat_seconds: float) -> Any:
        return original(endpoint, paced(heartbeat_seconds))


def _wait_interval(self: Any, env: Any, wait_seconds: float) -> None:
    end = time.monotonic() + paced(wait_seconds)
    while env.is_running() and (left := end - time.monotonic()) > 0:
        env.program_state_event.wait(min(left, 1.0))
