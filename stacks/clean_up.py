"""CleanUpRun for executions that ended without passing it, and the right to call it from others."""

from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from stacks.permissions import Permission, allow
from stacks.workflow import Workflow

_ENDED_BADLY = ["FAILED", "TIMED_OUT", "ABORTED"]


class CleanUpAfterEnd(Construct):
    """The rule on executions of FineTuning that ended badly, whether or not they cleaned up.

    States.ALL does not catch everything, and a stopped execution leaves its function running;
    CleanUpRun finds nothing to do where the execution took everything down itself.
    """

    def __init__(
        self, scope: Construct, id: str, *, fine_tuning: Workflow, clean_up_run: Workflow
    ) -> None:
        super().__init__(scope, id)
        rule = events.Rule(
            self,
            "EndedBadly",
            description="Executions of FineTuning that failed, timed out or were stopped",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={"stateMachineArn": [fine_tuning.arn], "status": _ENDED_BADLY},
            ),
        )
        # No dead-letter queue: what this misses is left to the sweep.
        rule.add_target(
            targets.SfnStateMachine(clean_up_run.state_machine, input=_clean_up_input())
        )


def _clean_up_input() -> events.RuleTargetInput:
    fields = {
        "run_id": "$.detail.name",
        "execution_arn": "$.detail.executionArn",
        "status": "$.detail.status",
        "input": "$.detail.input",
    }
    return events.RuleTargetInput.from_object(
        {name: events.EventField.from_path(path) for name, path in fields.items()}
    )


def allow_nested_execution(parent: Workflow, child: Workflow) -> None:
    """Let a workflow start another one and wait for its end (`startExecution.sync:2`)."""
    stack = Stack.of(parent)
    managed_rule = (
        f"arn:{stack.partition}:events:{stack.region}:{stack.account}:"
        "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
    )
    allow(
        parent.role,
        Permission(actions=["states:StartExecution"], resources=[child.arn]),
        Permission(
            actions=["states:DescribeExecution", "states:StopExecution"],
            resources=[child.execution_arns],
            why="Step Functions names the execution that it starts.",
        ),
        # Step Functions hears of the child's end through a rule that it manages itself.
        Permission(
            actions=["events:PutTargets", "events:PutRule", "events:DescribeRule"],
            resources=[managed_rule],
        ),
    )
