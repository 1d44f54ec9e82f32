"""Gateway to images and videos in S3: read in parts, and copied at their version."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tunedrop.dataset.media_files import FIRST_BYTES, MediaFile, MediaVersion, PartsOfFile
from tunedrop.errors import DatasetRejectedError
from tunedrop.gateway import aws, code_of
from tunedrop.objects import INTERMEDIATE

_ABSENT = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NoSuchBucket", "NotFound"})
_EMPTY = frozenset({"416", "InvalidRange"})
_REFUSED = {
    "403": "access is denied, to the object or to the key that encrypts it",
    "AccessDenied": "access is denied, to the object or to the key that encrypts it",
    "AllAccessDisabled": "access to it is disabled",
    "InvalidObjectState": "it is archived",
    "KMS.DisabledException": "the key that encrypts it is disabled",
    "PermanentRedirect": "its bucket is in another Region",
}


class MediaObjects:
    """Opens objects of any bucket that the client may read, and copies them."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def open(self, bucket: str, key: str) -> MediaFile | str | None:
        """See `S3Opener`; one request brings the first bytes, size and version."""
        try:
            found = self._get(bucket, key, 0, FIRST_BYTES)
        except ClientError as error:
            code = code_of(error)
            if code in _EMPTY:
                return PartsOfFile(MediaVersion(size=0, key=key), b"", lambda *_: b"")
            if code in _ABSENT:
                return None
            if code in _REFUSED:
                return _REFUSED[code]
            raise
        version = MediaVersion(
            size=int(found["ContentRange"].rpartition("/")[2]),
            key=key,
            version_id=found.get("VersionId", ""),
            etag=found["ETag"].strip('"'),
        )
        return PartsOfFile(version, found["Content"], self._fetch(bucket, version))

    def copy(self, bucket: str, version: MediaVersion, *, to_bucket: str, to_key: str) -> None:
        """Copy one version of an object, under the receiving bucket's own key."""
        source = {"Bucket": bucket, "Key": version.key}
        if version.version_id:
            source["VersionId"] = version.version_id
        try:
            with aws(f"copy {version.key}"):
                self._client.copy_object(
                    CopySource=source,
                    Bucket=to_bucket,
                    Key=to_key,
                    TaggingDirective="REPLACE",
                    Tagging=INTERMEDIATE,
                )
        except ClientError as error:
            if code_of(error) not in _ABSENT:
                raise
            raise DatasetRejectedError(
                f"{version.key} was in {bucket} when the dataset was checked, and that version has "
                "been deleted since. Put it there again, and drop the dataset again."
            ) from error

    def _fetch(self, bucket: str, version: MediaVersion) -> Callable[[int, int], bytes]:
        def fetch(offset: int, length: int) -> bytes:
            found = self._get(bucket, version.key, offset, length, version.version_id)
            content: bytes = found["Content"]
            return content

        return fetch

    def _get(
        self, bucket: str, key: str, offset: int, length: int, version_id: str = ""
    ) -> dict[str, Any]:
        version = {"VersionId": version_id} if version_id else {}
        part = f"bytes={offset}-{offset + length - 1}"
        with aws(f"read {key}"):
            found: dict[str, Any] = self._client.get_object(
                Bucket=bucket, Key=key, Range=part, **version
            )
            found["Content"] = found.pop("Body").read()
        return found
