"""Gateway to the objects of one bucket."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from tunedrop.errors import InvalidInputError, ServiceBusyError
from tunedrop.gateway import aws, code_of
from tunedrop.object_parts import ObjectParts
from tunedrop.settings import TAG_INTERMEDIATE

# Lifecycle rules expire what carries this tag: they know prefixes, but no wildcards in them.
INTERMEDIATE = f"{TAG_INTERMEDIATE}=true"
_WRITTEN = {"ContentType": "application/jsonl", "Tagging": INTERMEDIATE}
# S3 takes ten thousand parts of an object.
_PART_BYTES = 16 << 20
_ABSENT = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound", "MethodNotAllowed", "405"})


@dataclass(frozen=True, kw_only=True)
class ObjectVersion:
    """One version of an object, as S3 describes it."""

    key: str
    version_id: str
    size: int
    last_modified: datetime


class Objects:
    """Reads and writes the objects of `bucket`."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self.bucket = bucket

    def find(self, key: str, version_id: str = "") -> ObjectVersion | None:
        """Describe an object (its newest version unless one is named), or None."""
        try:
            with aws(f"look up {key}"):
                head = self._client.head_object(**self._address(key, version_id))
        except ClientError as error:
            if code_of(error) in _ABSENT:
                return None
            raise
        return ObjectVersion(
            key=key,
            version_id=head.get("VersionId", version_id),
            size=head["ContentLength"],
            last_modified=head["LastModified"],
        )

    def chunks(self, key: str, version_id: str = "") -> Iterator[bytes]:
        """The bytes of an object in parts, the next ones fetched while one is looked at."""
        return iter(ObjectParts(client=self._client, address=self._address(key, version_id)))

    def read(self, key: str, version_id: str = "", *, limit: int = 16 << 20) -> bytes:
        """A small object, whole; a larger one than `limit` bytes is an `InvalidInputError`."""
        with aws(f"read {key}"):
            body = self._client.get_object(**self._address(key, version_id))["Body"]
            content: bytes = body.read(limit + 1)
        if len(content) > limit:
            raise InvalidInputError(f"{key} has more than the {limit:,} bytes that are read of it.")
        return content

    def read_if_there(self, key: str) -> bytes | None:
        """A small object, or None."""
        return self.read(key) if self.find(key) else None

    def write(self, key: str, content: bytes, content_type: str, *, expires: bool = False) -> None:
        """Write a small object; one that `expires` goes when the training files do."""
        tagged = {"Tagging": INTERMEDIATE} if expires else {}
        with aws(f"write {key}"):
            self._client.put_object(
                Bucket=self.bucket, Key=key, Body=content, ContentType=content_type, **tagged
            )

    def output(self, key: str) -> "ObjectOutput":
        """A file that becomes the object when it is closed, and only then."""
        return ObjectOutput(self._client, self.bucket, key)

    def list(self, prefix: str) -> Iterator[str]:
        """The keys below a prefix."""
        pages = self._client.get_paginator("list_objects_v2")
        with aws(f"list {prefix}"):
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
                yield from (item["Key"] for item in page.get("Contents", ()))

    def stored_bytes(self, prefix: str) -> int:
        """The size of all that lies below a prefix, in its current versions."""
        pages = self._client.get_paginator("list_objects_v2")
        with aws(f"list {prefix}"):
            found = pages.paginate(Bucket=self.bucket, Prefix=prefix)
            return sum(item["Size"] for page in found for item in page.get("Contents", ()))

    def uri(self, key: str) -> str:
        """The S3 URI of a key."""
        return f"s3://{self.bucket}/{key}"

    def _address(self, key: str, version_id: str) -> dict[str, str]:
        version = {"VersionId": version_id} if version_id else {}
        return {"Bucket": self.bucket, "Key": key, **version}


class ObjectOutput:
    """Bytes on their way into an object, a part at a time: none waits on disk.

    What is never closed leaves an upload without an end, which the bucket's lifecycle removes.
    """

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client = client
        self._address = {"Bucket": bucket, "Key": key}
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._upload: dict[str, str] | None = None
        self._parts: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes >= _PART_BYTES:
            self._send_part()

    def close(self) -> None:
        """Write the object."""
        if self._upload and self._held:
            self._send_part()
        with self._sending():
            if self._upload:
                parts = {"Parts": self._parts}
                self._client.complete_multipart_upload(**self._upload, MultipartUpload=parts)
            else:
                body = b"".join(self._held)
                self._client.put_object(**self._address, **_WRITTEN, Body=body)

    def _send_part(self) -> None:
        body, number = b"".join(self._held), len(self._parts) + 1
        self._held, self._held_bytes = [], 0
        with self._sending():
            if self._upload is None:
                begun = self._client.create_multipart_upload(**self._address, **_WRITTEN)
                self._upload = {**self._address, "UploadId": begun["UploadId"]}
            sent = self._client.upload_part(**self._upload, PartNumber=number, Body=body)
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})

    @contextmanager
    def _sending(self) -> Iterator[None]:
        try:
            with aws(f"write {self._address['Key']}"):
                yield
        except (ClientError, ServiceBusyError):
            if self._upload:
                self._client.abort_multipart_upload(**self._upload)
            raise
