"""From an object in the datasets bucket to the function StartRun, with nothing lost on the way."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from constructs import Construct

from stacks.permissions import Permission, allow
from stacks.task_functions import TASKS, TaskFunction
from stacks.workflow import Workflow
from tunedrop.catalog import all_models

_ATTEMPTS = 5


class Intake(Construct):
    """EventBridge rule, queue, dead-letter queue, and what StartRun needs to start runs."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket: s3.IBucket,
        start_run: TaskFunction,
        fine_tuning: Workflow,
    ) -> None:
        super().__init__(scope, id)
        self.dead_letter_queue = self._queue("DeadLetterQueue", retention=Duration.days(14))
        queue = self._queue(
            "Queue",
            retention=Duration.days(4),
            visibility_timeout=Duration.seconds(6 * TASKS["StartRun"].timeout),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letter_queue, max_receive_count=_ATTEMPTS
            ),
        )
        self._rule(bucket).add_target(targets.SqsQueue(queue))
        start_run.function.add_event_source(
            SqsEventSource(queue, batch_size=10, report_batch_item_failures=True)
        )
        start_run.function.add_environment("STATE_MACHINE_ARN", fine_tuning.arn)
        allow(start_run.role, *_start_permissions(fine_tuning))

    def _queue(
        self,
        id: str,
        *,
        retention: Duration,
        visibility_timeout: Duration | None = None,
        dead_letter_queue: sqs.DeadLetterQueue | None = None,
    ) -> sqs.Queue:
        # Messages hold names of objects only, so SQS's own key does: EventBridge would need a
        # right of its own on a customer-managed one.
        return sqs.Queue(
            self,
            id,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=retention,
            visibility_timeout=visibility_timeout,
            dead_letter_queue=dead_letter_queue,
        )

    def _rule(self, bucket: s3.IBucket) -> events.Rule:
        # Not only the keys of runs: a drop in the wrong place is answered too, and EventBridge's
        # wildcards cross slashes, so that the depth is StartRun's to check. Images and videos
        # come by the thousands, and nobody takes one for a dataset.
        return events.Rule(
            self,
            "Drops",
            description="Objects dropped into the datasets bucket",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [bucket.bucket_name]},
                    "object": {"key": [{"anything-but": {"suffix": _media_suffixes()}}]},
                },
            ),
        )


def _media_suffixes() -> list[str]:
    limits = [how.limits.media for model in all_models() for how in model.customizations]
    known = {name for each in limits if each for name in (*each.image_formats, *each.video_formats)}
    return sorted(f".{name}" for name in known | {"jpg"})


def _start_permissions(fine_tuning: Workflow) -> list[Permission]:
    return [
        Permission(actions=["states:StartExecution"], resources=[fine_tuning.arn]),
        Permission(
            actions=["states:DescribeExecution"],
            resources=[fine_tuning.execution_arns],
            why="Executions are named after runs.",
        ),
    ]
