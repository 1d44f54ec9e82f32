"""Lambda: moto runs functions in Docker; here the runner does, with Lambda's own manners.

- `LambdaFunction._invoke_lambda` is the seam that every caller in moto passes.
- An invocation of type Event answers at once and is tried twice more; moto runs it in line.
- A function error is `Unhandled`, which is what Lambda says of every error that a handler raises.
"""

import base64
import json
import time
from pathlib import Path
from typing import Any

from moto.awslambda import models

from localcloud.lambda_runner.runner import LambdaRunner, Outcome
from localcloud.moto_seams.background import in_background, logger
from localcloud.moto_seams.replacing import replace
from localcloud.pace import paced

_RETRY_AFTER_SECONDS = (60, 120)


def apply(runner: LambdaRunner, logs: Path) -> None:
    """Hand every invocation to the runner; logs go to CloudWatch and to a file per function."""

    @replace(models.LambdaFunction, "_invoke_lambda")
    def _invoke_lambda(_: Any, function: Any, event: Any = None) -> tuple[str, bool, str]:
        outcome = runner.invoke(function, {} if event in (None, "{}") else event)
        _keep_log(function, outcome, logs)
        return outcome.payload, outcome.failed, outcome.log

    @replace(models.LambdaFunction, "invoke")
    def invoke(
        _: Any, function: Any, body: Any, request_headers: Any, response_headers: Any
    ) -> bytes:
        event = json.loads(body) if body else {}
        if request_headers.get("X-Amz-Invocation-Type") == "Event":
            in_background(invoke_asynchronously, function, event)
            return b""
        payload, failed, log = function._invoke_lambda(event)
        if failed:
            response_headers["x-amz-function-error"] = "Unhandled"
        response_headers["x-amz-log-result"] = base64.b64encode(log.encode()[-4096:]).decode()
        return bytes(payload.encode())


def invoke_asynchronously(function: Any, event: Any) -> None:
    """Invoke as event sources do: two more tries, then the event is dropped."""
    for pause in (*_RETRY_AFTER_SECONDS, 0):
        _, failed, log = function._invoke_lambda(event)
        if not failed:
            return
        time.sleep(paced(pause))
    logger.error("event dropped after three failures of %s: %s", function.function_name, log)


def _keep_log(function: Any, outcome: Outcome, logs: Path) -> None:
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / f"{function.function_name}.log").open("a") as file:
        file.write(outcome.log)
    function.logs_backend.ensure_log_group(function.logs_group_name)
    function.save_logs(outcome.log)
