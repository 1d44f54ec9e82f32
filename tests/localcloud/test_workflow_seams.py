"""Step Functions' seams: pace, tokens, stopping, nested executions, status events."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.localcloud.cloud_process import RunningCloud, eventually
from tests.localcloud.small_stacks import (
    Template,
    arn_of,
    deploy_stack,
    ended,
    execute,
    function,
    machine,
    one_state,
    ref,
    role,
)

SLOW = "import time\ndef handler(event, context): time.sleep(event.get('seconds', 0)); return event"
FAIL = {"Type": "Fail", "Error": "Broken", "Cause": "on purpose"}
INVOKE = "arn:aws:states:::lambda:invoke"
START = "arn:aws:states:::states:startExecution.sync:2"


def _machine(cloud: RunningCloud, definition: Template, **more: Any) -> str:
    resources = {"Role": role(), "Function": function(SLOW), **more}
    resources["Machine"] = machine(definition, Function=ref("Function"), **_inner(more))
    return deploy_stack(cloud, resources, Arn=ref("Machine"))["Arn"]


def _inner(more: dict[str, Any]) -> dict[str, Any]:
    return {"Inner": ref("Inner")} if "Inner" in more else {}


def _invoke(**state: Any) -> Template:
    parameters = {"FunctionName": "${Function}", "Payload.$": "$"}
    return {"Type": "Task", "Resource": INVOKE, "Parameters": parameters, **state}


def _token(seconds: int, **state: Any) -> Template:
    parameters = {"QueueUrl": "${Queue}", "MessageBody.$": "$$.Task.Token"}
    resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    return {
        "Type": "Task",
        "Resource": resource,
        "Parameters": parameters,
        "TimeoutSeconds": seconds,
        **state,
    }


class Waiting:
    """An execution that waits for a token, and the tokens that it has handed out."""

    def __init__(self, cloud: RunningCloud, state: Template) -> None:
        resources = {"Role": role(), "Queue": {"Type": "AWS::SQS::Queue"}}
        resources["Machine"] = machine(one_state(state), Queue=ref("Queue"))
        outputs = deploy_stack(cloud, resources, Arn=ref("Machine"), Queue=ref("Queue"))
        self._cloud, self._queue = cloud, outputs["Queue"]
        self.stepfunctions = cloud.client("stepfunctions")
        started = self.stepfunctions.start_execution(stateMachineArn=outputs["Arn"])
        self.execution = started["executionArn"]

    def token(self) -> str:
        """The next token."""
        received = eventually(lambda: self._receive().get("Messages"))
        return str(received[0]["Body"])

    def _receive(self) -> Any:
        return self._cloud.client("sqs").receive_message(
            QueueUrl=self._queue, VisibilityTimeout=600
        )


def test_waiting_is_shortened_and_work_is_not(bare_cloud: RunningCloud) -> None:
    definition = {
        "StartAt": "Wait",
        "States": {
            "Wait": {"Type": "Wait", "Seconds": 120, "Next": "Work"},
            "Work": {**_invoke(), "End": True},
        },
    }
    arn = _machine(bare_cloud, definition)
    start = time.monotonic()
    assert execute(bare_cloud, arn, {"seconds": 1})["status"] == "SUCCEEDED"
    assert 2.0 <= time.monotonic() - start < 5


def test_round_of_a_token_times_out_at_pace_and_its_token_is_dead(
    bare_cloud: RunningCloud,
) -> None:
    retry = [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 5, "IntervalSeconds": 1}]
    waiting = Waiting(bare_cloud, _token(240, Retry=retry))
    stale, fresh = waiting.token(), waiting.token()
    with pytest.raises(ClientError, match="TaskTimedOut"):
        waiting.stepfunctions.send_task_success(taskToken=stale, output="{}")
    waiting.stepfunctions.send_task_success(taskToken=fresh, output='{"ok": true}')
    assert json.loads(ended(bare_cloud, waiting.execution)["output"]) == {"ok": True}


def test_failure_sent_with_a_token_keeps_its_cause(bare_cloud: RunningCloud) -> None:
    waiting = Waiting(bare_cloud, _token(3600))
    waiting.stepfunctions.send_task_failure(
        taskToken=waiting.token(), error="Declined", cause="by Ana"
    )
    described = ended(bare_cloud, waiting.execution)
    assert (described["error"], described["cause"]) == ("Declined", "by Ana")


def test_token_of_an_execution_that_was_stopped_is_dead(bare_cloud: RunningCloud) -> None:
    waiting = Waiting(bare_cloud, _token(3600))
    token = waiting.token()
    waiting.stepfunctions.stop_execution(executionArn=waiting.execution)
    with pytest.raises(ClientError, match="TaskTimedOut"):
        waiting.stepfunctions.send_task_success(taskToken=token, output="{}")


def test_stopping_aborts_at_once_while_the_function_runs_on(bare_cloud: RunningCloud) -> None:
    arn = _machine(bare_cloud, one_state(_invoke()))
    stepfunctions = bare_cloud.client("stepfunctions")
    execution = stepfunctions.start_execution(stateMachineArn=arn, input='{"seconds": 2}')
    eventually(lambda: "TaskStarted" in _types(stepfunctions, execution))
    stopped = stepfunctions.stop_execution(
        executionArn=execution["executionArn"], error="Cancelled", cause="by hand"
    )
    described = stepfunctions.describe_execution(executionArn=execution["executionArn"])
    assert (described["status"], described["cause"]) == ("ABORTED", "by hand")
    assert described["stopDate"] == stopped["stopDate"]
    # As long as the function would have run: nothing of it may come after the end.
    time.sleep(2)
    assert _types(stepfunctions, execution)[-1] == "ExecutionAborted"


def _types(stepfunctions: Any, execution: Any) -> list[str]:
    """The types of the events of an execution, in their order."""
    history = stepfunctions.get_execution_history(executionArn=execution["executionArn"])
    return [event["type"] for event in history["events"]]


def test_nested_execution_answers_with_parsed_output(bare_cloud: RunningCloud) -> None:
    inner = machine(one_state({"Type": "Pass", "Result": {"taken_down": ["a"]}}))
    outer = one_state(_nested())
    output = json.loads(execute(bare_cloud, _machine(bare_cloud, outer, Inner=inner))["output"])
    assert output["Output"] == {"taken_down": ["a"]}


def _nested() -> Template:
    parameters = {"StateMachineArn": "${Inner}", "Input": {"by": "outer"}}
    return {"Type": "Task", "Resource": START, "Parameters": parameters}


def test_nested_failure_is_caught_with_its_cause(bare_cloud: RunningCloud) -> None:
    inner = machine({"StartAt": "F", "States": {"F": FAIL}})
    catch = [{"ErrorEquals": ["States.TaskFailed"], "Next": "Told", "ResultPath": "$.error"}]
    definition = {
        "StartAt": "Run",
        "States": {"Run": {**_nested(), "Catch": catch, "End": True}, "Told": {"Type": "Succeed"}},
    }
    output = json.loads(
        execute(bare_cloud, _machine(bare_cloud, definition, Inner=inner))["output"]
    )
    assert json.loads(output["error"]["Cause"])["Cause"] == "on purpose"


def test_status_events_reach_a_state_machine_with_the_input_of_the_rule(
    bare_cloud: RunningCloud,
) -> None:
    pattern = {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": [ref("Watched")],
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
        },
    }
    paths = {"name": "$.detail.name", "status": "$.detail.status", "input": "$.detail.input"}
    written = '{"run_id":<name>,"status":<status>,"input":<input>}'
    target = {
        "Id": "watcher",
        "Arn": ref("Watcher"),
        "RoleArn": arn_of("Role"),
        "InputTransformer": {"InputPathsMap": paths, "InputTemplate": written},
    }
    resources = {
        "Role": role(),
        "Watched": machine({"StartAt": "F", "States": {"F": FAIL}}),
        "Watcher": machine(one_state({"Type": "Pass"})),
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {"EventPattern": pattern, "State": "ENABLED", "Targets": [target]},
        },
    }
    outputs = deploy_stack(bare_cloud, resources, Watched=ref("Watched"), Watcher=ref("Watcher"))
    execute(bare_cloud, outputs["Watched"], {"key": 'with "quotes"'}, name="watched-1")
    stepfunctions = bare_cloud.client("stepfunctions")
    started = eventually(
        lambda: stepfunctions.list_executions(stateMachineArn=outputs["Watcher"])["executions"]
    )
    assert len(started) == 1
    output = json.loads(ended(bare_cloud, started[0]["executionArn"])["output"])
    assert (output["run_id"], output["status"]) == ("watched-1", "FAILED")
    assert json.loads(output["input"]) == {"key": 'with "quotes"'}


@pytest.mark.parametrize("name", ["a" * 81, "a b", "a/b", "a:b"])
def test_execution_name_that_aws_refuses_is_refused(bare_cloud: RunningCloud, name: str) -> None:
    arn = _machine(bare_cloud, one_state({"Type": "Pass"}))
    with pytest.raises(ClientError, match="InvalidName"):
        bare_cloud.client("stepfunctions").start_execution(stateMachineArn=arn, name=name)


def test_execution_name_is_used_once(bare_cloud: RunningCloud) -> None:
    arn = _machine(bare_cloud, one_state({"Type": "Pass"}))
    execute(bare_cloud, arn, {"n": 1}, name="once")
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        execute(bare_cloud, arn, {"n": 2}, name="once")
