"""Reads from a request what IAM is asked about: service, operation, parameters, who signed."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from localcloud.dispatcher import Environ

_SCOPE = re.compile(r"Credential=([^/]*)/\d+/([^/]*)/([^/]+)/aws4_request")
_BODY_IS_READ = ("dynamodb", "ssm", "sqs", "sns", "states", "kms", "events")


@dataclass(frozen=True, kw_only=True)
class Request:
    """A signed request; unsigned ones have no access key and no service."""

    access_key: str = ""
    service: str = ""
    region: str = ""
    method: str = ""
    path: str = ""
    operation: str = ""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    parameters: Mapping[str, Any]


def read_request(environ: Environ) -> Request:
    """Read a request and leave its body as it was."""
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    access_key, region, service = scope.groups() if scope else ("", "", "")
    target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    parameters = _parameters(environ) if service in _BODY_IS_READ else {}
    return Request(
        access_key=access_key,
        service=service,
        region=region,
        method=environ["REQUEST_METHOD"],
        path=unquote(str(environ.get("REQUEST_URI") or environ["PATH_INFO"]).partition("?")[0]),
        operation=target or parameters.get("Action", ""),
        query=dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
        headers={
            key[5:].replace("_", "-").lower(): str(value)
            for key, value in environ.items()
            if key.startswith("HTTP_")
        },
        parameters=parameters,
    )


def _parameters(environ: Environ) -> Mapping[str, Any]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    try:
        parsed: Mapping[str, Any] = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed
