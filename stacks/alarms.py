"""What pages somebody: our own faults and money that runs on. A refused dataset pages nobody."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.task_functions import TaskFunction
from stacks.workflow import Workflow
from tunedrop.settings import METRICS_NAMESPACE, OUTCOME_METRIC, outcome_dimensions

PAGING_OUTCOMES: Mapping[str, str] = {
    "ServiceFailed": "A run ended by our own fault, which is no business outcome.",
    "CleanUpFailed": "Something that bills could not be taken down.",
    "DeploymentFailed": "A trained model could not be put into service.",
}

_PERIOD = Duration.minutes(5)


class Alarms(Construct):
    """Each alarm is named like its heading in docs/operating.md."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: str,
        topic: sns.ITopic,
        dead_letter_queue: sqs.IQueue,
        clean_up_run: Workflow,
        sweep: TaskFunction,
    ) -> None:
        super().__init__(scope, id)
        self._stage = stage
        self._action = actions.SnsAction(topic)
        for outcome, meaning in PAGING_OUTCOMES.items():
            self._alarm(outcome, _outcome(stage, outcome), meaning)
        self._alarm(
            "DropsNotAnswered",
            dead_letter_queue.metric_approximate_number_of_messages_visible(
                period=_PERIOD, statistic="Maximum"
            ),
            "Events of drops lie in the dead-letter queue: StartRun failed on them repeatedly.",
        )
        self._alarm(
            "CleanUpRunFailed",
            _unsuccessful(clean_up_run),
            "An execution of CleanUpRun did not succeed: something may bill on.",
        )
        self._alarm(
            "SweepFailed",
            sweep.function.metric_errors(period=_PERIOD),
            "The hourly sweep failed: what runs left behind is not found.",
        )

    def _alarm(self, id: str, metric: cloudwatch.IMetric, meaning: str) -> None:
        alarm = cloudwatch.Alarm(
            self,
            id,
            alarm_description=f"Tunedrop {self._stage}: {meaning} "
            f"What to do: docs/operating.md, heading {id}.",
            metric=metric,
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._action)


def _outcome(stage: str, outcome: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=METRICS_NAMESPACE,
        metric_name=OUTCOME_METRIC,
        dimensions_map=outcome_dimensions(stage, outcome),
        statistic="Sum",
        period=_PERIOD,
    )


def _unsuccessful(workflow: Workflow) -> cloudwatch.MathExpression:
    machine = workflow.state_machine
    return cloudwatch.MathExpression(
        # Without FILL there is no sum, and no alarm, where one of the three has no data point.
        expression="FILL(failed, 0) + FILL(timed_out, 0) + FILL(aborted, 0)",
        label="Executions that did not succeed",
        using_metrics={
            "failed": machine.metric_failed(),
            "timed_out": machine.metric_timed_out(),
            "aborted": machine.metric_aborted(),
        },
        period=_PERIOD,
    )
