"""Lambda: functions of one asset share its bytes; moto reads and hashes a copy for each of them."""

from typing import Any

from moto.awslambda import models

from localcloud.moto_seams.replacing import replace


def apply() -> None:
    """Read an asset once, however many functions and versions run its code."""
    read: dict[str, tuple[bytes, int, str, str]] = {}

    @replace(models, "_s3_content")
    def content(original: Any, key: Any) -> tuple[bytes, int, str, str]:
        if key.etag not in read:
            read[key.etag] = original(key)
        return read[key.etag]
