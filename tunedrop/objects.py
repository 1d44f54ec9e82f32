"""Gateway to the objects of one bucket."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any

from botocore.exceptions import ClientError

from tunedrop.errors import InvalidInputError
from tunedrop.gateway import aws, code_of
from tunedrop.settings import TAG_INTERMEDIATE

CHUNK_BYTES = 1 << 20
# Lifecycle rules expire what carries this tag: they know prefixes, but no wildcards in them.
INTERMEDIATE = f"{TAG_INTERMEDIATE}=true"
_IN_MEMORY_BYTES = 64 << 20
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
        """The bytes of an object, a mebibyte at a time."""
        with aws(f"read {key}"):
            body = self._client.get_object(**self._address(key, version_id))["Body"]
            yield from body.iter_chunks(CHUNK_BYTES)

    def read(self, key: str, version_id: str = "", *, limit: int = 16 << 20) -> bytes:
        """A small object, whole; a larger one than `limit` bytes is an `InvalidInputError`."""
        with aws(f"read {key}"):
            body = self._client.get_object(**self._address(key, version_id))["Body"]
            content: bytes = body.read(limit + 1)
        if len(content) > limit:
            raise InvalidInputError(f"{key} is larger than the {limit} bytes that are read of it.")
        return content

    def read_if_there(self, key: str) -> bytes | None:
        """A small object, or None."""
        return self.read(key) if self.find(key) else None

    def write(self, key: str, content: bytes, content_type: str) -> None:
        """Write a small object."""
        with aws(f"write {key}"):
            self._client.put_object(
                Bucket=self.bucket, Key=key, Body=content, ContentType=content_type
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

    def uri(self, key: str) -> str:
        """The S3 URI of a key."""
        return f"s3://{self.bucket}/{key}"

    def _address(self, key: str, version_id: str) -> dict[str, str]:
        version = {"VersionId": version_id} if version_id else {}
        return {"Bucket": self.bucket, "Key": key, **version}


class ObjectOutput:
    """Bytes on their way into an object; large ones wait on disk, not in memory."""

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._spool = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        self._spool.write(data)

    def close(self) -> None:
        """Write the object."""
        self._spool.seek(0)
        described = {"ContentType": "application/jsonl", "Tagging": INTERMEDIATE}
        with self._spool, aws(f"write {self._key}"):
            self._client.upload_fileobj(self._spool, self._bucket, self._key, ExtraArgs=described)
