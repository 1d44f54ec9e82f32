"""Sends each request to the Bedrock stand-in or to moto, by the service that it is signed for."""

import io
import json
import re
import threading
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
App = Callable[[Environ, Any], Iterable[bytes]]

OWN_PATHS = "/_localcloud/"
_SCOPE = re.compile(r"Credential=[^/]*/\d+/[^/]*/([^/]+)/aws4_request")


class Dispatcher:
    """The one WSGI application behind the one port."""

    def __init__(self, *, moto: App, bedrock: App | None) -> None:
        self._moto = moto
        self._bedrock = bedrock
        self._one_write_at_a_time = threading.Lock()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        service = signed_service(environ)
        if self._bedrock and self._is_for_bedrock(environ, service):
            return self._bedrock(environ, start_response)
        if service == "dynamodb":
            # moto checks a condition and then writes; DynamoDB does both at once.
            with self._one_write_at_a_time:
                return list(self._moto(environ, start_response))
        return self._moto(environ, start_response)

    def _is_for_bedrock(self, environ: Environ, service: str) -> bool:
        if environ.get("PATH_INFO", "").startswith(OWN_PATHS) or service == "bedrock":
            return True
        return service == "servicequotas" and _json_body(environ).get("ServiceCode") == "bedrock"


def signed_service(environ: Environ) -> str:
    """The service in the scope of the request's signature; empty when it is not signed."""
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return found[1].lower() if found else ""


def _json_body(environ: Environ) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = json.loads(body_of(environ) or b"{}")
    except ValueError:
        return {}
    return parsed


def body_of(environ: Environ) -> bytes:
    """The body of a request, which can be read again afterwards."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body
