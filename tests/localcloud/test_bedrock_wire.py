"""The HTTP surface as clients other than boto3 see it."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

import pytest

from localcloud.bedrock.constraints import violations
from localcloud.bedrock.wire import HttpRequest, Wire
from tests.localcloud.bedrock_world import World

SIGNED = "AWS4-HMAC-SHA256 Credential=dev/20261122/us-east-1/bedrock/aws4_request, Signature=x"


def send(world: World, method: str, path: str, body: bytes | None = None) -> tuple[int, Any, Any]:
    """Status, headers and JSON body of the answer to a request."""
    request = urllib.request.Request(
        world.endpoint_url + path, data=body, method=method, headers={"Authorization": SIGNED}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, json.load(error)


@pytest.mark.parametrize(
    ("request_line", "body", "status", "code"),
    [
        ("GET /model-customization-jobs/nobody", None, 404, "ResourceNotFoundException"),
        ("GET /no-such-thing", None, 404, "UnknownOperationException"),
        ("POST /model-customization-jobs", b"{", 400, "SerializationException"),
        ("POST /model-customization-jobs", b"[]", 400, "SerializationException"),
        ("POST /model-customization-jobs", b"{}", 400, "ValidationException"),
        ("GET /custom-models?maxResults=many", None, 400, "ValidationException"),
        ("GET /custom-models?nextToken=xyz", None, 400, "ValidationException"),
        ("GET /custom-models?creationTimeAfter=then", None, 400, "ValidationException"),
        ("GET /custom-models?maxResults=1001", None, 400, "ValidationException"),
    ],
)
def test_errors_carry_their_code_in_header_and_body(
    bedrock_world: World, request_line: str, body: bytes | None, status: int, code: str
) -> None:
    given, headers, answer = send(bedrock_world, *request_line.split(), body)
    assert (given, headers["x-amzn-ErrorType"], answer["__type"]) == (status, code, code)
    assert answer["message"]


def test_all_broken_constraints_are_named_at_once(bedrock_world: World) -> None:
    _, _, answer = send(bedrock_world, "POST", "/model-customization-jobs", b'{"jobName": "a_b"}')
    assert answer["message"].startswith("6 validation errors detected: ")
    assert (
        "Value null at 'roleArn' failed to satisfy constraint: Member must not be null"
        in (answer["message"])
    )


def test_names_and_arns_are_read_from_the_path() -> None:
    wire = Wire()
    arn = "arn:aws:bedrock:us-east-1:123456789012:model-customization-job/a.b:0:1k/abcdefghijkl"
    operation, parameters = wire.parse(http("POST", f"/model-customization-jobs/{arn}/stop"))
    assert operation.name == "StopModelCustomizationJob"
    assert parameters == {"jobIdentifier": arn}


def test_query_is_read_by_type() -> None:
    query = {
        "maxResults": ["5"],
        "isOwned": ["true"],
        "creationTimeAfter": ["2026-11-22T10:00:00Z"],
    }
    _, parameters = Wire().parse(http("GET", "/custom-models", query))
    assert (parameters["maxResults"], parameters["isOwned"]) == (5, True)
    assert parameters["creationTimeAfter"].isoformat() == "2026-11-22T10:00:00+00:00"


@pytest.mark.parametrize(
    ("parameters", "broken"),
    [
        ({"modelUnits": 1, "provisionedModelName": "a", "modelId": "m"}, []),
        ({"modelUnits": 0, "provisionedModelName": "a", "modelId": "m"}, ["modelUnits"]),
        ({"modelUnits": "1", "provisionedModelName": "a", "modelId": "m"}, ["modelUnits"]),
        ({"modelUnits": True, "provisionedModelName": "a", "modelId": "m"}, ["modelUnits"]),
        (
            {
                "modelUnits": 1,
                "provisionedModelName": "a",
                "modelId": "m",
                "tags": [{"key": "k"}, {"key": "", "value": "v"}],
            },
            ["tags.1.member.value", "tags.2.member.key"],
        ),
        (
            {"provisionedModelName": "-", "modelId": "m", "commitmentDuration": "Ever"},
            ["modelUnits", "provisionedModelName", "commitmentDuration"],
        ),
    ],
)
def test_constraints_of_the_service_model_are_checked(
    parameters: dict[str, Any], broken: list[str]
) -> None:
    operation, _ = Wire().parse(http("POST", "/provisioned-model-throughput"))
    found = violations(operation.input_shape, parameters)
    assert [
        each.split("'")[-2] if "null" in each else each.split("' at '")[1].split("'")[0]
        for each in found
    ] == broken


def http(method: str, path: str, query: Mapping[str, list[str]] | None = None) -> HttpRequest:
    """A request without a body."""
    return HttpRequest(method=method, path=path, query=query or {}, headers={}, body=b"")
