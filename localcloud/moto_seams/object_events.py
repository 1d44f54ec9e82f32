"""S3's events on EventBridge: moto sends one constant id and sequencer, and a wrong reason.

It also sends two for a multipart upload. AWS numbers them, says what made the object
(`PutObject`, `CompleteMultipartUpload`, ...), and leaves keys as they are, not URL-encoded.
"""

import itertools
import threading
import time
import uuid
from typing import Any

from moto.s3 import notifications
from moto.s3.models import S3Backend

from localcloud.moto_seams.event_bus import publish
from localcloud.moto_seams.replacing import replace

_REASONS = {
    "s3:ObjectCreated:Put": "PutObject",
    "s3:ObjectCreated:Post": "POST Object",
    "s3:ObjectCreated:Copy": "CopyObject",
    "s3:ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
    "s3:ObjectRemoved:Delete": "DeleteObject",
    "s3:ObjectRemoved:DeleteMarkerCreated": "DeleteObject",
}
_PUT = "s3:ObjectCreated:Put"
_completing = threading.local()
_sequence = itertools.count(time.time_ns())


def apply() -> None:
    """Replace the event that S3 puts on the bus, and send none about tags that nobody set."""
    notifications._send_event_bridge_message = _send

    @replace(S3Backend, "put_object_tagging")
    def put_object_tagging(original: Any, backend: Any, key: Any, tags: Any) -> Any:
        return original(backend, key, tags) if tags else key

    @replace(S3Backend, "complete_multipart_upload")
    def complete_multipart_upload(original: Any, *args: Any, **kwargs: Any) -> Any:
        _completing.inside = True
        try:
            return original(*args, **kwargs)
        finally:
            _completing.inside = False


def _send(account_id: str, bucket: Any, event_name: str, key: Any) -> None:
    name = str(getattr(event_name, "value", event_name))
    if name == _PUT and getattr(_completing, "inside", False):
        return
    described = {
        "key": key.name,
        "size": key.size,
        "etag": key.etag.strip('"'),
        "version-id": key.version_id,
        "sequencer": f"{next(_sequence):018X}",
    }
    if bucket.versioning_status is None:
        del described["version-id"]
    publish(
        account=account_id,
        region=bucket.region_name,
        source="aws.s3",
        detail_type=notifications._detail_type(name),
        resources=[bucket.arn],
        detail={
            "version": "0",
            "bucket": {"name": bucket.name},
            "object": described,
            "request-id": uuid.uuid4().hex[:16].upper(),
            "requester": account_id,
            "source-ip-address": "127.0.0.1",
            "reason": _REASONS.get(name, name.split(":")[1]),
        },
    )
