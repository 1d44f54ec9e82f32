"""Serves the state RecordOutcome: run.json, the report, the answer and the notification."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit, single_metric
from msgspec import Struct

from lambdas.runtime import dump, logger, parse, services
from tunedrop.endings import source_of
from tunedrop.settings import METRICS_NAMESPACE, OUTCOME_METRIC, outcome_dimensions


class RecordOutcomeInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The execution's name and its input, as JSON text."""

    run_id: str
    input: str


class RecordOutcomeOutput(Struct, frozen=True, kw_only=True):
    """The state that the execution ends in, and its cause, as Step Functions spells them."""

    Error: str
    Cause: str


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Record how the run ended; a second call answers as the first and tells nobody again."""
    given = parse(event, RecordOutcomeInput)
    source = source_of(given.input)
    outcome = services().conclusion.conclude(given.run_id, source, services().now(), count)
    return dump(RecordOutcomeOutput(Error=outcome.name, Cause=outcome.cause))


def count(outcome: str) -> None:
    """Emit the metric that the alarms watch."""
    with single_metric(
        name=OUTCOME_METRIC, unit=MetricUnit.Count, value=1, namespace=METRICS_NAMESPACE
    ) as metric:
        stage = services().settings.tunedrop_stage
        for name, value in outcome_dimensions(stage, outcome).items():
            metric.add_dimension(name, value)
