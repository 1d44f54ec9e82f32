"""The state machines: ASL files with the ARNs of this deployment filled in."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from aws_cdk import Names, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.config import ROOT
from stacks.log_groups import LogGroups
from stacks.permissions import Permission, acknowledge_wildcards, allow
from stacks.task_functions import TaskFunction

DEFINITIONS = ROOT / "statemachines"

_LOG_DELIVERY = (
    "Setting up log delivery and writing traces belong to no resource; Step Functions documents "
    "these actions with a wildcard only."
)


class Workflow(Construct):
    """One state machine, its role and its log group."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        definition: Path,
        functions: Mapping[str, TaskFunction],
        logs: LogGroups,
        substitutions: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(scope, id)
        text = definition.read_text(encoding="utf-8")
        called = {
            name: function for name, function in functions.items() if _placeholder(name) in text
        }
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        allow(self.role, *(_invocation(function) for function in called.values()))
        acknowledge_wildcards(self.role, {"*": _LOG_DELIVERY})
        arns = {f"{name}FunctionArn": function.version_arn for name, function in called.items()}
        self.state_machine = sfn.StateMachine(
            self,
            "StateMachine",
            # The timeout and the comment are in the file: the properties of these names are
            # dropped without a word for a definition that is a string.
            definition_body=sfn.DefinitionBody.from_string(text),
            definition_substitutions={**arns, **substitutions},
            role=self.role,
            tracing_enabled=True,
            logs=sfn.LogOptions(
                level=sfn.LogLevel.ALL,
                include_execution_data=True,
                destination=logs.create(self, self._log_group_name),
            ),
        )

    @property
    def _log_group_name(self) -> str:
        # Only groups below /aws/vendedlogs/ need no entry each in the account's log resource
        # policy, which is limited to 5,120 characters.
        name = Names.unique_resource_name(self, max_length=64, separator="-")
        return f"/aws/vendedlogs/states/{name}"

    @property
    def arn(self) -> str:
        return self.state_machine.state_machine_arn

    @property
    def execution_arns(self) -> str:
        """The ARN pattern of this machine's executions."""
        stack = Stack.of(self)
        executions = f"arn:{stack.partition}:states:{stack.region}:{stack.account}:execution"
        return f"{executions}:{self.state_machine.state_machine_name}:*"


def _placeholder(name: str) -> str:
    return f'"${{{name}FunctionArn}}"'


def _invocation(function: TaskFunction) -> Permission:
    return Permission(
        actions=["lambda:InvokeFunction"],
        resources=[f"{function.function.function_arn}:*"],
        why="Executions in flight through a deployment call the version they started with.",
    )
