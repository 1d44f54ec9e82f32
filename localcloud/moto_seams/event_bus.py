"""EventBridge: which rules an event reaches, and how it gets to their targets.

moto delivers in line, to queues, log groups and buses only, also for disabled rules, and sends
every event to rules that have a schedule and no pattern. AWS delivers behind the back of whoever
put the event, to functions and state machines too, with the input that the target asks for.
"""

import json
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from moto.awslambda.utils import get_backend as lambda_backend
from moto.events.models import Rule, events_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.parser.models import stepfunctions_parser_backends
from moto.utilities.arns import parse_arn

from localcloud.moto_seams.background import in_background
from localcloud.moto_seams.functions import invoke_asynchronously
from localcloud.moto_seams.replacing import replace
from localcloud.moto_seams.target_input import target_input


def apply() -> None:
    """Correct the delivery of events."""

    @replace(Rule, "send_to_targets")
    def send_to_targets(original: Any, rule: Any, event: Any, transform_input: bool = True) -> None:
        listens = rule.state == "ENABLED" and rule.event_pattern.get_pattern()
        if listens and rule.event_pattern.matches_event(event):
            send(rule, _as_delivered(event))


def send(rule: Any, event: dict[str, Any]) -> None:
    """Send an event to every target of a rule."""
    for target in list(rule.targets):
        in_background(_deliver, rule, target, target_input(target, event))


def publish(
    *,
    account: str,
    region: str,
    source: str,
    detail_type: str,
    resources: list[str],
    detail: dict[str, Any],
) -> None:
    """Put an event of an AWS service on the default bus."""
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": time.time(),
        "region": region,
        "resources": resources,
        "detail": detail,
    }
    for rule in list(events_backends[account][region].event_buses["default"].rules.values()):
        rule.send_to_targets(event)


def _as_delivered(event: dict[str, Any]) -> dict[str, Any]:
    moment = event["time"]
    if isinstance(moment, int | float):
        moment = datetime.fromtimestamp(moment, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    hidden = ("ingestion-time", "replay-name")
    return {**{k: v for k, v in event.items() if k not in hidden}, "time": moment}


def _deliver(rule: Any, target: dict[str, Any], payload: str) -> None:
    arn = parse_arn(target["Arn"])
    account, region = arn.account, arn.region
    if arn.service == "lambda":
        function = lambda_backend(account, region).get_function(target["Arn"])
        invoke_asynchronously(function, json.loads(payload))
    elif arn.service == "states":
        stepfunctions_parser_backends[account][region].start_execution(
            target["Arn"], name=str(uuid.uuid4()), execution_input=payload
        )
    elif arn.service == "sqs":
        sqs_backends[account][region].send_message(queue_name=arn.resource_id, message_body=payload)
    elif arn.service == "sns":
        sns_backends[account][region].publish(payload, arn=target["Arn"])
    elif arn.service == "logs":
        rule._send_to_cw_log_group(arn.resource_id, json.loads(payload))
    else:
        raise NotImplementedError(f"rule {rule.name}: no delivery to {target['Arn']}")
