"""Small templates for the seams, and what tests do with their stacks."""

import json
import uuid
from typing import Any

from tests.localcloud.cloud_process import RunningCloud, eventually

Template = dict[str, Any]

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {
                "Service": ["lambda.amazonaws.com", "states.amazonaws.com", "events.amazonaws.com"]
            },
            "Action": "sts:AssumeRole",
        }
    ],
}


def role(*statements: dict[str, Any]) -> Template:
    """A role that the services may assume; without statements it may do everything."""
    allowed = statements or ({"Effect": "Allow", "Action": "*", "Resource": "*"},)
    document = {"Version": "2012-10-17", "Statement": list(allowed)}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": _TRUST,
            "Policies": [{"PolicyName": "inline", "PolicyDocument": document}],
        },
    }


def function(code: str, **properties: Any) -> Template:
    """A function with inline code whose role has the logical id `Role`."""
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"ZipFile": code},
            "Handler": "index.handler",
            "Role": arn_of("Role"),
            "Runtime": "python3.14",
            "Timeout": 10,
            **properties,
        },
    }


def machine(definition: Template, **substitutions: Any) -> Template:
    """A state machine whose role has the logical id `Role`."""
    return {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "RoleArn": arn_of("Role"),
            "DefinitionString": json.dumps(definition),
            "DefinitionSubstitutions": substitutions,
        },
    }


def one_state(state: Template) -> Template:
    """A definition of one state, which ends the execution."""
    return {"StartAt": "Only", "States": {"Only": {"End": True, **state}}}


def arn_of(logical_id: str) -> Template:
    """`Fn::GetAtt` of the ARN."""
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def ref(logical_id: str) -> Template:
    """`Ref`."""
    return {"Ref": logical_id}


def deploy_stack(
    cloud: RunningCloud, resources: Template, name: str | None = None, **outputs: Any
) -> dict[str, str]:
    """Create or update a stack; returns its outputs."""
    cloudformation = cloud.client("cloudformation")
    body = template(resources, **outputs)
    if name and name in stack_names(cloud):
        cloudformation.update_stack(StackName=name, TemplateBody=body)
    else:
        name = name or f"stack-{uuid.uuid4().hex[:8]}"
        cloudformation.create_stack(StackName=name, TemplateBody=body)
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    assert stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), reasons(cloud, name)
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def reasons(cloud: RunningCloud, stack: str) -> str:
    """What the events of a stack say of its failures."""
    events = cloud.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    return " ".join(event.get("ResourceStatusReason", "") for event in events)


def template(resources: Template, **outputs: Any) -> str:
    """A template as text."""
    values = {name: {"Value": value} for name, value in outputs.items()}
    return json.dumps({"Resources": resources, "Outputs": values})


def stack_names(cloud: RunningCloud) -> list[str]:
    """The stacks that there are."""
    return [
        each["StackName"] for each in cloud.client("cloudformation").describe_stacks()["Stacks"]
    ]


def invoke(cloud: RunningCloud, arn: str, event: Any) -> tuple[str | None, Any]:
    """Invoke a function; the kind of its error, and its payload."""
    answer = cloud.client("lambda").invoke(FunctionName=arn, Payload=json.dumps(event))
    return answer.get("FunctionError"), json.loads(answer["Payload"].read())


def execute(cloud: RunningCloud, machine_arn: str, event: Any = None, name: str = "") -> Any:
    """Start an execution, wait for its end, and return its description."""
    stepfunctions = cloud.client("stepfunctions")
    started = stepfunctions.start_execution(
        stateMachineArn=machine_arn, name=name or uuid.uuid4().hex, input=json.dumps(event or {})
    )
    return ended(cloud, started["executionArn"])


def ended(cloud: RunningCloud, execution_arn: str) -> Any:
    """The description of an execution once it has ended."""
    stepfunctions = cloud.client("stepfunctions")

    def look() -> Any:
        described = stepfunctions.describe_execution(executionArn=execution_arn)
        return None if described["status"] == "RUNNING" else described

    described = eventually(look)
    assert described, f"{execution_arn} is still running"
    return described
