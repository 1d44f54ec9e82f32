"""The Lambda functions: one per Task state, and those that events call, each with its own role."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy, Size
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_logs import ILogGroup
from constructs import Construct

from stacks import task_permissions as may
from stacks.log_groups import LogGroups
from stacks.permissions import Permission, acknowledge_wildcards, allow
from stacks.resources import Resources


@dataclass(frozen=True, kw_only=True)
class Task:
    """A function as declared: what it may do, for how long, with how much memory and disk (MB).

    `creates` marks those that create or change something in Bedrock, which a stopped run may leave
    behind.
    """

    permissions: Callable[[Resources], Sequence[Permission]]
    timeout: int = 60
    memory: int = 512
    disk: int = 512
    creates: bool = False


TASKS: Mapping[str, Task] = {
    "StartRun": Task(permissions=may.start_run),
    "PrepareRun": Task(permissions=may.prepare_run),
    "ValidateDataset": Task(permissions=may.validate_dataset, timeout=900, memory=3008),
    # What is shuffled and larger than memory waits on disk.
    "UploadDataset": Task(permissions=may.upload_dataset, timeout=900, memory=2048, disk=10_240),
    "CreateCustomizationJob": Task(permissions=may.create_customization_job, creates=True),
    "WaitForCustomizationJob": Task(permissions=may.wait_for_customization_job),
    "ResumeRun": Task(permissions=may.resume_run),
    "EvaluateModel": Task(permissions=may.evaluate_model, timeout=120),
    "ApproveDeployment": Task(permissions=may.approve_deployment),
    "ApproveCommitment": Task(permissions=may.approve_commitment),
    "ProvisionThroughput": Task(permissions=may.provision_throughput, creates=True),
    "SwapThroughput": Task(permissions=may.swap_throughput, creates=True),
    "DeployOnDemand": Task(permissions=may.deploy_on_demand, creates=True),
    "WaitForDeployment": Task(permissions=may.wait_for_deployment),
    "TestDeployment": Task(permissions=may.test_deployment, timeout=900, memory=1024),
    "PromoteModel": Task(permissions=may.promote_model),
    "CleanUp": Task(permissions=may.clean_up, timeout=120),
    "RecordOutcome": Task(permissions=may.record_outcome, timeout=120),
    "Sweep": Task(permissions=may.sweep, timeout=300),
    "AnswerApproval": Task(permissions=may.answer_approval),
}

# Called by events or people; no state machine names them, so that they may be told about those.
EVENT_FUNCTIONS = ("StartRun", "ResumeRun", "Sweep", "AnswerApproval")

CREATE_TIMEOUT = max(task.timeout for task in TASKS.values() if task.creates)

_XRAY = "Traces belong to no resource: X-Ray's writing actions take none."


@dataclass(frozen=True, kw_only=True)
class FunctionSettings:
    """What all functions have in common."""

    code: lambda_.Code
    environment: Mapping[str, str]
    logs: LogGroups


def task_functions(
    scope: Construct, *, settings: FunctionSettings, resources: Resources
) -> dict[str, "TaskFunction"]:
    """Every function of the service, by the name of its state."""
    functions = {}
    for name, task in TASKS.items():
        function = TaskFunction(scope, name, task=task, settings=settings)
        allow(function.role, *may.everybody(resources), *task.permissions(resources))
        functions[name] = function
    return functions


class TaskFunction(Construct):
    """A function with its role and log group, published as a version that stays."""

    def __init__(
        self, scope: Construct, name: str, *, task: Task, settings: FunctionSettings
    ) -> None:
        super().__init__(scope, name)
        log_group = settings.logs.create(self)
        self.role = self._role(log_group)
        self.function = lambda_.Function(
            self,
            "Function",
            description=f"Tunedrop: {name}",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            code=settings.code,
            handler=f"lambdas.{module_of(name)}.handler",
            environment={**settings.environment},
            timeout=Duration.seconds(task.timeout),
            memory_size=task.memory,
            ephemeral_storage_size=Size.mebibytes(task.disk),
            role=self.role,
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            tracing=lambda_.Tracing.ACTIVE,
            # A run in flight goes on calling the version that it started with.
            current_version_options=lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN),
        )

    def _role(self, log_group: ILogGroup) -> iam.Role:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        allow(
            role,
            Permission(
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[log_group.log_group_arn],
            ),
        )
        acknowledge_wildcards(role, {"*": _XRAY})
        return role

    @property
    def version_arn(self) -> str:
        """ARN of the version published with this deployment."""
        return self.function.current_version.function_arn


def module_of(name: str) -> str:
    """`WaitForDeployment` is served by `lambdas/wait_for_deployment.py`."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
