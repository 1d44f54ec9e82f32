"""SQS event sources of Lambda: moto invokes within SendMessage, one record at a time.

AWS polls: a batch per invocation, behind the sender's back. What a function names in
`batchItemFailures` (or all, when it fails) stays and shows again after the visibility timeout;
after `maxReceiveCount` rounds it moves to the dead-letter queue. Receiving takes as long as what
is received, and not as what waits.
"""

import hashlib
import json
import threading
import time
from typing import Any

from moto.awslambda.models import LambdaBackend
from moto.awslambda.utils import get_backend
from moto.core.utils import unix_time, unix_time_millis
from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import Queue, SQSBackend, sqs_backends

from localcloud.moto_seams.background import in_background, logger
from localcloud.moto_seams.replacing import replace
from localcloud.pace import paced

_CONCURRENT_BATCHES = 5
_LOOK_AGAIN_SECONDS = 0.2


def apply() -> None:
    """Poll the queues of event source mappings, each in a thread of its own."""

    @replace(LambdaBackend, "create_event_source_mapping")
    def create_event_source_mapping(original: Any, backend: Any, spec: Any) -> Any:
        mapping = original(backend, spec)
        if ":sqs:" in mapping.event_source_arn:
            _take_from_senders(mapping)
            _Poller(backend, mapping).start()
        return mapping

    @replace(SQSBackend, "is_message_valid_based_on_retention_period")
    def is_retained(original: Any, sqs: Any, queue_name: str, message: Any) -> bool:
        # moto counts the whole queue for each message: a folder of images would take minutes.
        queue = sqs.get_queue(queue_name)
        kept_until = message.sent_timestamp / 1000 + queue.message_retention_period
        return bool(kept_until > unix_time())


def _take_from_senders(mapping: Any) -> None:
    """Keep moto from invoking while a message is sent."""
    queue = _queue(mapping)
    queue.lambda_event_source_mappings.pop(mapping.function_arn, None)


def _queue(mapping: Any) -> Queue:
    name = mapping.event_source_arn.rpartition(":")[2]
    return sqs_backends[mapping.account_id][mapping.region].get_queue(name)


class _Poller(threading.Thread):
    """Polls one queue for one mapping until the mapping is deleted."""

    def __init__(self, backend: Any, mapping: Any) -> None:
        super().__init__(daemon=True, name=f"poller-{mapping.uuid}")
        self._backend = backend
        self._mapping = mapping
        self._free = threading.Semaphore(_CONCURRENT_BATCHES)

    def run(self) -> None:
        while self._mapping.uuid in self._backend._event_source_mappings:
            try:
                self._poll()
            except QueueDoesNotExist:
                return
            except Exception:
                logger.exception("polling %s", self._mapping.event_source_arn)
                time.sleep(_LOOK_AGAIN_SECONDS)

    def _poll(self) -> None:
        queue = _queue(self._mapping)
        queue.wait_for_messages(_LOOK_AGAIN_SECONDS)
        messages = _receive(queue, self._mapping.batch_size) if self._mapping.enabled else []
        if messages:
            self._free.acquire()
            in_background(self._hand_over, queue, messages)
        elif queue.messages:
            time.sleep(_LOOK_AGAIN_SECONDS)

    def _hand_over(self, queue: Any, messages: list[Any]) -> None:
        try:
            failed = _invoke(self._mapping, messages)
        finally:
            self._free.release()
        _show_again(queue, failed)
        sqs = sqs_backends[queue.account_id][queue.region]
        for message in messages:
            if message.id not in failed:
                sqs.delete_message(queue.name, message.receipt_handle)


def _receive(queue: Any, count: int) -> list[Any]:
    sqs = sqs_backends[queue.account_id][queue.region]
    return list(sqs.receive_message(queue.name, count, 0, queue.visibility_timeout))


def _show_again(queue: Any, failed: set[str]) -> None:
    """Messages are hidden while the function works, in real seconds; then the pace holds."""
    visible_at = unix_time_millis() + paced(queue.visibility_timeout) * 1000
    for message in queue._messages:
        if message.id in failed:
            message.visible_at = visible_at


def _invoke(mapping: Any, messages: list[Any]) -> set[str]:
    """The ids of the messages that are not done."""
    function = get_backend(mapping.account_id, mapping.region).get_function(mapping.function_arn)
    event = {"Records": [_record(mapping, message) for message in messages]}
    payload, failed, _ = function._invoke_lambda(event)
    everything = {message.id for message in messages}
    if failed:
        return everything
    if "ReportBatchItemFailures" not in (mapping.function_response_types or []):
        return set()
    return _reported_failures(payload, everything)


def _reported_failures(payload: str, everything: set[str]) -> set[str]:
    """What the function reports; a report that AWS cannot read fails the whole batch."""
    answer = json.loads(payload) or {}
    try:
        reported = {item["itemIdentifier"] for item in answer.get("batchItemFailures") or []}
    except (AttributeError, KeyError, TypeError):
        return everything
    return reported if reported <= everything else everything


def _record(mapping: Any, message: Any) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(int(message.sent_timestamp)),
            "SenderId": mapping.account_id,
            "ApproximateFirstReceiveTimestamp": str(
                int(message.approximate_first_receive_timestamp)
            ),
        },
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(message.body.encode()).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": mapping.event_source_arn,
        "awsRegion": mapping.region,
    }
