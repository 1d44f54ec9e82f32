"""REST-JSON and JSON over HTTP as botocore's service models describe them: requests and answers."""

import base64
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import botocore.session
from botocore.model import ListShape, OperationModel, Shape, StructureShape

from localcloud.bedrock.errors import ServiceError, invalid

_REST_SERVICES = ("bedrock", "bedrock-runtime")
_CREDENTIAL = re.compile(r"Credential=([^/]+)/[^/]+/([^/]+)/")
DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """What the stand-in reads of an HTTP request; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def access_key(self) -> str:
        """The access key that the request is signed with; empty where it is not signed."""
        found = _CREDENTIAL.search(self.headers.get("authorization", ""))
        return found[1] if found else ""

    @property
    def region(self) -> str:
        """The Region of the request's credential scope."""
        found = _CREDENTIAL.search(self.headers.get("authorization", ""))
        return found[2] if found else DEFAULT_REGION


@dataclass(frozen=True, kw_only=True)
class HttpAnswer:
    """An answer to send: status, headers and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Route:
    """A method and a path of one operation."""

    operation: OperationModel
    pattern: re.Pattern[str]
    literals: int

    def labels(self, request: HttpRequest) -> dict[str, str] | None:
        """The path's labels; None where the request is for another operation."""
        if request.method != self.operation.http["method"]:
            return None
        found = self.pattern.fullmatch(request.path)
        return found.groupdict() if found else None


class Wire:
    """Finds the operation of a request, reads its parameters, and writes answers."""

    def __init__(self) -> None:
        session = botocore.session.Session()
        models = [session.get_service_model(name) for name in _REST_SERVICES]
        self._routes = sorted(
            (
                _route(model.operation_model(name))
                for model in models
                for name in model.operation_names
            ),
            key=lambda route: -route.literals,
        )
        self._quotas = session.get_service_model("service-quotas")

    def parse(self, request: HttpRequest) -> tuple[OperationModel, dict[str, Any]]:
        """The operation that is asked for, and its parameters."""
        target = request.headers.get("x-amz-target")
        if target:
            return self._parse_json_protocol(target.rpartition(".")[2], request.body)
        for route in self._routes:
            labels = route.labels(request)
            if labels is not None:
                return route.operation, _rest_parameters(route.operation, labels, request)
        raise ServiceError("UnknownOperationException", f"{request.method} {request.path}")

    def _parse_json_protocol(self, name: str, body: bytes) -> tuple[OperationModel, dict[str, Any]]:
        if name not in self._quotas.operation_names:
            raise ServiceError("UnknownOperationException", name)
        return self._quotas.operation_model(name), dict(_json_object(body))


def answer(operation: OperationModel, result: Mapping[str, Any]) -> HttpAnswer:
    """The HTTP answer of an operation that succeeded."""
    status = operation.http.get("responseCode", 200)
    headers = _headers()
    payload = operation.output_shape and operation.output_shape.serialization.get("payload")
    if payload:
        headers |= result.get("headers", {})
        headers["Content-Type"] = result.get("contentType", "application/json")
        return HttpAnswer(status=status, headers=headers, body=result[payload])
    body = json.dumps(result, default=_jsonable).encode()
    return HttpAnswer(status=status, headers=headers, body=body)


def error_answer(operation: OperationModel | None, error: ServiceError) -> HttpAnswer:
    """The HTTP answer of an operation that failed."""
    headers = {**_headers(), "x-amzn-ErrorType": error.code}
    body = json.dumps({"__type": error.code, "message": error.message}).encode()
    return HttpAnswer(status=_error_status(operation, error.code), headers=headers, body=body)


def _headers() -> dict[str, str]:
    return {"Content-Type": "application/json", "x-amzn-RequestId": str(uuid.uuid4())}


def _error_status(operation: OperationModel | None, code: str) -> int:
    shapes = operation.error_shapes if operation is not None else []
    for shape in shapes:
        if shape.name == code:
            return int(shape.metadata.get("error", {}).get("httpStatusCode", 400))
    return {
        "UnknownOperationException": 404,
        "InternalServerException": 500,
        "ThrottlingException": 429,
        "AccessDeniedException": 403,
    }.get(code, 400)


def _route(operation: OperationModel) -> Route:
    template = operation.http["requestUri"].partition("?")[0]
    parts = re.split(r"\{(\w+)\+?\}", template)
    pattern = "".join(
        f"(?P<{part}>.+)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
    )
    return Route(
        operation=operation, pattern=re.compile(pattern), literals=len("".join(parts[::2]))
    )


def _rest_parameters(
    operation: OperationModel, labels: Mapping[str, str], request: HttpRequest
) -> dict[str, Any]:
    shape = operation.input_shape
    if shape is None:
        return {}
    found = dict(_outside_the_body(shape, labels, request))
    payload = shape.serialization.get("payload")
    if payload:
        return {**found, payload: request.body}
    inside = {
        name: member
        for name, member in shape.members.items()
        if "location" not in member.serialization
    }
    if inside:
        body = _json_object(request.body)
        found |= {
            name: _from_json(member, body[name])
            for name, member in inside.items()
            if body.get(name) is not None
        }
    return found


def _outside_the_body(
    shape: StructureShape, labels: Mapping[str, str], request: HttpRequest
) -> Iterator[tuple[str, Any]]:
    for name, member in shape.members.items():
        location = member.serialization.get("location")
        wire_name = member.serialization.get("name", name)
        if location == "uri":
            yield name, labels[wire_name]
        elif location == "querystring" and wire_name in request.query:
            yield name, _from_text(member, request.query[wire_name][0], name)
        elif location == "header" and wire_name.lower() in request.headers:
            yield name, _from_text(member, request.headers[wire_name.lower()], name)


def _from_text(shape: Shape, text: str, name: str) -> Any:
    try:
        match shape.type_name:
            case "integer" | "long":
                return int(text)
            case "boolean":
                return {"true": True, "false": False}[text.lower()]
            case "timestamp":
                return _aware(datetime.fromisoformat(text))
    except (ValueError, KeyError) as error:
        raise invalid(f"Value '{text}' at '{name}' is no {shape.type_name}") from error
    return text


def _from_json(shape: Shape, value: Any) -> Any:
    """The value with its blobs, wherever they are, as bytes."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {
            name: _from_json(shape.members[name], member) if name in shape.members else member
            for name, member in value.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_from_json(shape.member, member) for member in value]
    if shape.type_name == "blob" and isinstance(value, str):
        return base64.b64decode(value)
    return value


def _json_object(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError as error:
        raise ServiceError("SerializationException", "The request's body is no JSON") from error
    if not isinstance(value, dict):
        raise ServiceError("SerializationException", "The request's body is no JSON object")
    return value


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _jsonable(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no place in an answer")
