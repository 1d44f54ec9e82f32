"""The Lambda runner: real processes, Lambda's environment, Lambda's errors."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.localcloud.cloud_process import RunningCloud
from tests.localcloud.small_stacks import arn_of, deploy_stack, function, invoke, ref, role

CODE = """
import os, time

def handler(event, context):
    match event.get("do"):
        case "raise": raise ValueError("line 3: not good")
        case "exit": os._exit(3)
        case "sleep": time.sleep(event["seconds"])
        case "object": return object()
        case "big": return "x" * 7_000_000
        case "environment": return dict(os.environ)
        case "context":
            return [context.function_name, context.memory_limit_in_mb, context.invoked_function_arn,
                    len(context.aws_request_id), context.get_remaining_time_in_millis()]
    return {"pid": os.getpid()}
"""


@pytest.fixture(scope="module")
def arn(bare_cloud: RunningCloud) -> str:
    variables = {"Environment": {"Variables": {"COLOUR": "blue"}}, "MemorySize": 512}
    resources = {
        "Role": role(),
        "Function": function(CODE, Timeout=1, **variables),
        "Version": {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": ref("Function")},
        },
    }
    return deploy_stack(bare_cloud, resources, Arn=ref("Version"))["Arn"]


def test_instance_is_reused_while_idle(bare_cloud: RunningCloud, arn: str) -> None:
    first, second = (invoke(bare_cloud, arn, {})[1]["pid"] for _ in range(2))
    assert first == second


def test_concurrent_invocations_run_in_processes_of_their_own(
    bare_cloud: RunningCloud, arn: str
) -> None:
    def nap(_: int) -> int:
        invoke(bare_cloud, arn, {"do": "sleep", "seconds": 0.4})
        return int(invoke(bare_cloud, arn, {})[1]["pid"])

    with ThreadPoolExecutor(3) as together:
        assert len(set(together.map(nap, range(3)))) > 1


def test_environment_is_the_templates_and_lambdas_own(
    bare_cloud: RunningCloud, arn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = invoke(bare_cloud, arn, {"do": "environment"})[1]
    assert environment["COLOUR"] == "blue"
    assert environment["AWS_ENDPOINT_URL_BEDROCK"] == bare_cloud.endpoint_url
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert not environment.keys() & {"VIRTUAL_ENV", "PYTHONPATH", "MOTO_PORT", "AWS_PROFILE"}


def test_context_says_which_function_and_how_long(bare_cloud: RunningCloud, arn: str) -> None:
    name, memory, invoked, id_length, left = invoke(bare_cloud, arn, {"do": "context"})[1]
    assert (name, memory, invoked, id_length) == (arn.split(":")[6], "512", arn, 36)
    assert 0 < left <= 1000


@pytest.mark.parametrize(
    ("event", "error_type", "message"),
    [
        ({"do": "raise"}, "ValueError", "line 3: not good"),
        ({"do": "exit"}, "Runtime.ExitError", "exit status 3"),
        ({"do": "sleep", "seconds": 5}, "Sandbox.Timedout", "Task timed out after 1.00 seconds"),
        ({"do": "object"}, "Runtime.MarshalError", "not JSON serializable"),
        ({"do": "big"}, "Function.ResponseSizeTooLarge", "6291556"),
    ],
)
def test_failure_is_reported_as_lambda_does(
    bare_cloud: RunningCloud, arn: str, event: object, error_type: str, message: str
) -> None:
    kind, error = invoke(bare_cloud, arn, event)
    assert (kind, error["errorType"]) == ("Unhandled", error_type)
    assert message in error["errorMessage"]


@pytest.mark.parametrize(
    ("code", "handler", "error_type"),
    [
        ("import nothing_like_this", "index.handler", "Runtime.ImportModuleError"),
        ("x = 1", "index.handler", "Runtime.HandlerNotFound"),
        ("def handler(:", "index.handler", "Runtime.UserCodeSyntaxError"),
        ("x = 1", "elsewhere.handler", "Runtime.ImportModuleError"),
    ],
)
def test_code_that_cannot_be_loaded_fails_in_lambdas_words(
    bare_cloud: RunningCloud, code: str, handler: str, error_type: str
) -> None:
    resources = {"Role": role(), "Function": function(code, Handler=handler)}
    arn = deploy_stack(bare_cloud, resources, Arn=arn_of("Function"))["Arn"]
    assert invoke(bare_cloud, arn, {})[1]["errorType"] == error_type


def test_output_reaches_the_log_group(bare_cloud: RunningCloud) -> None:
    code = "def handler(event, context): print('seen by nobody')"
    resources = {"Role": role(), "Function": function(code)}
    name = deploy_stack(bare_cloud, resources, Name=ref("Function"))["Name"]
    invoke(bare_cloud, name, {})
    events = bare_cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")
    assert "seen by nobody" in [event["message"] for event in events["events"]]
