"""One instance of one function: what Lambda's runtime does around a handler."""

import importlib
import json
import os
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localcloud.lambda_runner import frames

Handler = Callable[[Any, "Context"], Any]
MAX_PAYLOAD_BYTES = 6_291_556


class HandlerFailureError(Exception):
    """Ends an invocation with the error that Lambda's runtime would report."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.report: dict[str, Any] = {"errorType": error_type, "errorMessage": message}


@dataclass(frozen=True, kw_only=True)
class Context:
    """What Lambda hands to a handler beside the event."""

    function_name: str
    function_version: str
    invoked_function_arn: str
    memory_limit_in_mb: str
    aws_request_id: str
    log_group_name: str
    log_stream_name: str
    deadline: float
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda stops the invocation."""
        return max(0, int((self.deadline - time.time()) * 1000))


def serve(channel: socket.socket) -> None:
    """Become the function that the first message describes, then answer invocations."""
    start = frames.receive(channel)
    _take_on(start["environment"], start["code_root"])
    handler: Handler | None = None
    while True:
        try:
            request = frames.receive(channel)
        except EOFError:
            return
        os.environ["_X_AMZN_TRACE_ID"] = request["trace_id"]
        try:
            handler = handler or _load(os.environ["_HANDLER"])
            answer: dict[str, Any] = {"payload": _call(handler, request)}
        except HandlerFailureError as failure:
            answer = {"error": failure.report}
        sys.stdout.flush()
        sys.stderr.flush()
        frames.send(channel, answer)


def _take_on(environment: dict[str, str], code_root: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(code_root)
    sys.path[0] = code_root
    sys.argv = [""]


def _load(handler: str) -> Handler:
    module_name, _, name = handler.rpartition(".")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise HandlerFailureError("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {error}"
        raise HandlerFailureError("Runtime.UserCodeSyntaxError", message) from error
    except Exception as error:
        raise _failure(error) from error
    try:
        loaded: Handler = getattr(module, name)
    except AttributeError as error:
        message = f"Handler '{name}' missing on module '{module_name}'"
        raise HandlerFailureError("Runtime.HandlerNotFound", message) from error
    return loaded


def _call(handler: Handler, request: dict[str, Any]) -> str:
    try:
        result = handler(request["event"], Context(**request["context"]))
    except Exception as error:
        raise _failure(error) from error
    try:
        payload = json.dumps(result)
    except (TypeError, ValueError) as error:
        message = f"Unable to marshal response: {error}"
        raise HandlerFailureError("Runtime.MarshalError", message) from error
    if len(payload.encode()) > MAX_PAYLOAD_BYTES:
        message = (
            "Response payload size exceeded maximum allowed payload size "
            f"({MAX_PAYLOAD_BYTES} bytes)."
        )
        raise HandlerFailureError("Function.ResponseSizeTooLarge", message)
    return payload


def _failure(error: Exception) -> HandlerFailureError:
    failure = HandlerFailureError(type(error).__name__, str(error))
    frames_of_handler = traceback.extract_tb(error.__traceback__)[1:]
    failure.report["stackTrace"] = traceback.format_list(frames_of_handler)
    traceback.print_exception(error)
    return failure
