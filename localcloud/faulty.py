"""Lets ordered faults strike the other services, too: calls whose operation a header names."""

import json
import time
from collections.abc import Iterable
from typing import Any

from localcloud.bedrock.fault_book import Fault, FaultBook
from localcloud.dispatcher import App, Environ, body_of

_BUSY = "ServiceUnavailable"
_JSON = ("Content-Type", "application/x-amz-json-1.1")


class Faulty:
    """A WSGI application whose calls are struck by the faults that were ordered by their name."""

    def __init__(self, app: App, faults: FaultBook) -> None:
        self._app = app
        self._faults = faults

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        fault = self._faults and self._fault(environ)
        if not fault:
            return self._app(environ, start_response)
        time.sleep(fault.delay)
        error = {"__type": fault.code or _BUSY, "message": fault.message or "Ordered by a fault."}
        body = json.dumps(error).encode()
        length = ("Content-Length", str(len(body)))
        start_response("503 Service Unavailable", [_JSON, length])
        return [body]

    def _fault(self, environ: Environ) -> Fault | None:
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        if not operation or not self._faults.names(operation):
            return None
        text = body_of(environ).decode("utf-8", "replace")
        return self._faults.take(("error",), operation=operation, text=text)
