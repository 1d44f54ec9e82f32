"""The last net: each hour, what carries our tags and has no living owner is taken down."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from stacks.permissions import Permission, allow
from stacks.task_functions import TaskFunction
from stacks.workflow import Workflow


class Sweep(Construct):
    """The hourly rule, and what the function Sweep may ask of the state machines."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: TaskFunction,
        fine_tuning: Workflow,
        clean_up_run: Workflow,
    ) -> None:
        super().__init__(scope, id)
        rule = events.Rule(
            self,
            "Hourly",
            description="Sweeps up what runs left behind in Bedrock",
            schedule=events.Schedule.rate(Duration.hours(1)),
        )
        rule.add_target(targets.LambdaFunction(function.function))
        function.function.add_environment("STATE_MACHINE_ARN", fine_tuning.arn)
        function.function.add_environment("CLEAN_UP_STATE_MACHINE_ARN", clean_up_run.arn)
        allow(
            function.role,
            Permission(actions=["states:StartExecution"], resources=[clean_up_run.arn]),
            Permission(
                actions=["states:DescribeExecution"],
                resources=[fine_tuning.execution_arns, clean_up_run.execution_arns],
                why="Executions are named after runs; whether one is alive decides what is swept.",
            ),
        )
