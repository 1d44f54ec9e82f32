"""Bedrock's job events wake the runs that wait for them, and people's answers do."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from stacks.permissions import Permission, allow_through_policy
from stacks.task_functions import TaskFunction
from stacks.workflow import Workflow


class Resume(Construct):
    """The rule on customization jobs, and the right to answer the tokens of waiting states."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        resume_run: TaskFunction,
        answering: tuple[TaskFunction, ...],
        fine_tuning: Workflow,
    ) -> None:
        super().__init__(scope, id)
        rule = events.Rule(
            self,
            "CustomizationJobs",
            description="Customization jobs that change their state",
            event_pattern=events.EventPattern(
                source=["aws.bedrock"],
                detail_type=["Model Customization Job State Change"],
            ),
        )
        # No dead-letter queue: the waiting state looks at its job again after its timeout.
        rule.add_target(targets.LambdaFunction(resume_run.function))
        for function in (resume_run, *answering):
            allow_through_policy(
                self,
                f"{function.node.id}Answers",
                role=function.role,
                permissions=[_answers(fine_tuning)],
            )


def _answers(fine_tuning: Workflow) -> Permission:
    return Permission(
        actions=["states:SendTaskSuccess", "states:SendTaskFailure"], resources=[fine_tuning.arn]
    )
