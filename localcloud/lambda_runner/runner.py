"""Invokes functions: takes an instance, watches the clock, and reports failures as Lambda does."""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localcloud.lambda_runner.code import CodeStore
from localcloud.lambda_runner.environment import (
    Credentials,
    instance_environment,
    published_version,
)
from localcloud.lambda_runner.instances import Blueprint, Instance, InstancePool


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The end of one invocation; the payload of a failed one is Lambda's error object."""

    payload: str
    failed: bool
    log: str


class LambdaRunner:
    """Runs functions of moto's Lambda backend; `credentials` assumes a function's role."""

    def __init__(
        self,
        *,
        endpoint_url: str,
        code: CodeStore,
        credentials: Callable[[Any], Credentials],
    ) -> None:
        self._endpoint_url = endpoint_url
        self._code = code
        self._credentials = credentials
        self._pool = InstancePool()

    def invoke(self, function: Any, event: Any) -> Outcome:
        """Run one invocation to its end, be it an error or the timeout."""
        request_id = str(uuid.uuid4())
        started = time.monotonic()
        instance = self._pool.take(self._blueprint(function))
        try:
            answer = instance.invoke(
                _request(function, event, request_id), timeout=float(function.timeout)
            )
        except TimeoutError:
            answer = {"error": self._overrun(instance, function, request_id)}
        except EOFError:
            answer = {"error": self._death(instance, request_id)}
        log = _log(function, request_id, instance.take_output(), time.monotonic() - started)
        self._keep_or_end(instance, answer)
        if "error" not in answer:
            return Outcome(payload=answer["payload"], failed=False, log=log)
        report = json.dumps(answer["error"])
        return Outcome(payload=report, failed=True, log=f"{log}[ERROR] {report}\n")

    def close(self) -> None:
        """End all processes."""
        self._pool.close()

    def _blueprint(self, function: Any) -> Blueprint:
        code_root = self._code.root_of(function)
        environment = instance_environment(
            function,
            credentials=self._credentials(function),
            endpoint_url=self._endpoint_url,
            code_root=code_root,
        )
        return Blueprint(
            function_arn=function.function_arn,
            environment=tuple(sorted(environment.items())),
            code_root=code_root,
        )

    def _keep_or_end(self, instance: Instance, answer: dict[str, Any]) -> None:
        error_type = answer.get("error", {}).get("errorType", "")
        if error_type.startswith(("Sandbox.", "Runtime.")):
            instance.discard()
        else:
            self._pool.give_back(instance)

    def _overrun(self, instance: Instance, function: Any, request_id: str) -> dict[str, str]:
        instance.kill()
        message = f"Task timed out after {float(function.timeout):.2f} seconds"
        return {
            "errorType": "Sandbox.Timedout",
            "errorMessage": f"RequestId: {request_id} Error: {message}",
        }

    def _death(self, instance: Instance, request_id: str) -> dict[str, str]:
        code = self._pool.exit_code(instance)
        if not code:
            reason = "Runtime exited without providing a reason"
        elif code < 0:
            reason = f"Runtime exited with error: signal {-code}"
        else:
            reason = f"Runtime exited with error: exit status {code}"
        return {
            "errorType": "Runtime.ExitError",
            "errorMessage": f"RequestId: {request_id} Error: {reason}",
        }


def _request(function: Any, event: Any, request_id: str) -> dict[str, Any]:
    now = time.time()
    version = published_version(function)
    return {
        "event": event,
        "trace_id": f"Root=1-{int(now):08x}-{uuid.uuid4().hex[:24]};Sampled=0",
        "context": {
            "function_name": function.function_name,
            "function_version": version,
            "invoked_function_arn": function.function_arn,
            "memory_limit_in_mb": str(function.memory_size),
            "aws_request_id": request_id,
            "log_group_name": function.logs_group_name,
            "log_stream_name": f"[{version}]{request_id}",
            "deadline": now + float(function.timeout),
        },
    }


def _log(function: Any, request_id: str, output: str, seconds: float) -> str:
    version = published_version(function)
    milliseconds = seconds * 1000
    return (
        f"START RequestId: {request_id} Version: {version}\n"
        f"{output}"
        f"END RequestId: {request_id}\n"
        f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\n"
    )
