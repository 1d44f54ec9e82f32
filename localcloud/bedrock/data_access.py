"""S3 as a customization job sees it: under the role that it was given, and no more than that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from localcloud.bedrock.errors import JobFailure
from localcloud.bedrock.key_access import may_use_key
from localcloud.bedrock.policy import Decision, Question, decide, parse_document
from localcloud.bedrock.principals import role_documents, trust_policy
from localcloud.place import ACCOUNT, REGION

_URI = re.compile(r"s3://([^/]+)/?(.*)")
_WRITE_CHECK = ".write_access_check_file.tmp"
_NOT_A_FILE = (
    "Invalid training input data configuration. Check the input data S3 Uris (Uri should be a "
    "file, not a directory) and retry request"
)


class DeniedError(Exception):
    """The role, the bucket or the key does not allow it."""


class DataAccess:
    """Reads and writes S3 objects for one job."""

    def __init__(self, s3: Any, *, region: str, role_arn: str, job_arn: str) -> None:
        self._s3, self._region, self._role, self._job = s3, region, role_arn, job_arn
        self._buckets: dict[str, _Bucket] = {}

    def read(self, uri: str, most_bytes: int | None = None) -> bytes:
        """The bytes of an input file; a JobFailure in Bedrock's words where it cannot be read."""
        bucket, key = _split(uri)
        if not key or key.endswith("/"):
            raise JobFailure(_NOT_A_FILE)
        try:
            self._allow("s3:ListBucket", bucket, "", {"s3:prefix": key})
            self._allow("s3:GetObject", bucket, key)
            self._check_region(bucket)
            found = self._s3.get_object(Bucket=bucket, Key=key)
            self._allow_key("kms:Decrypt", found.get("SSEKMSKeyId"), bucket, key)
            if most_bytes is not None and found["ContentLength"] > most_bytes:
                raise JobFailure(
                    f"File size {found['ContentLength']} of {uri} exceeds limit of {most_bytes} "
                    "bytes."
                )
            content: bytes = found["Body"].read()
        except (DeniedError, ClientError) as error:
            raise JobFailure(
                f"Could not validate GetObject permissions to access Amazon S3 bucket: {bucket} "
                f"at key {key}"
            ) from error
        return content

    def check_write(self, output_uri: str) -> None:
        """Write the empty file with which Bedrock tries the output location."""
        self.write(_WRITE_CHECK, b"", output_uri)

    def write(self, name: str, content: bytes, output_uri: str) -> None:
        """Put a file below the output location."""
        bucket, prefix = _split(output_uri)
        key = f"{prefix.rstrip('/')}/{name}".lstrip("/")
        try:
            self._allow("s3:PutObject", bucket, key)
            self._allow_key("kms:GenerateDataKey", self._default_key(bucket), bucket, key)
            self._s3.put_object(Bucket=bucket, Key=key, Body=content)
        except (DeniedError, ClientError) as error:
            raise JobFailure(
                "Amazon S3 perms missing (PutObject): Could not validate PutObject permissions "
                f"to access S3 bucket: {bucket} at key {key}"
            ) from error

    def _allow(
        self, action: str, bucket: str, key: str, context: Mapping[str, str] | None = None
    ) -> None:
        self._assume_role()
        resource = f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"
        question = Question(
            action=action,
            resource=resource,
            context={**self._context(), **(context or {})},
            principals=self._principals(),
        )
        documents = [*role_documents(self._role), *self._bucket(bucket).policies]
        if decide(documents, question) is not Decision.ALLOWED:
            raise DeniedError(f"{action} on {resource}")

    def _assume_role(self) -> None:
        trust = trust_policy(self._role)
        question = Question(
            action="sts:AssumeRole",
            resource=self._role,
            context={"aws:SourceAccount": ACCOUNT, "aws:SourceArn": self._job},
            principals=frozenset({("Service", "bedrock.amazonaws.com")}),
        )
        if trust is None or decide([trust], question) is not Decision.ALLOWED:
            raise DeniedError(f"sts:AssumeRole on {self._role}")

    def _allow_key(self, action: str, key_id: str | None, bucket: str, key: str) -> None:
        if key_id is None:
            return
        context = {
            **self._context(),
            "kms:ViaService": f"s3.{self._region}.amazonaws.com",
            "kms:CallerAccount": ACCOUNT,
            "kms:EncryptionContext:aws:s3:arn": self._encryption_context(bucket, key),
        }
        if not may_use_key(
            action, key_id, role_arn=self._role, region=self._region, context=context
        ):
            raise DeniedError(f"{action} on {key_id}")

    def _context(self) -> dict[str, str]:
        return {
            "aws:PrincipalArn": self._role,
            "aws:PrincipalAccount": ACCOUNT,
            "aws:ResourceAccount": ACCOUNT,
            "aws:RequestedRegion": self._region,
            "aws:SecureTransport": "true",
        }

    def _principals(self) -> frozenset[tuple[str, str]]:
        return frozenset({("AWS", self._role)})

    def _check_region(self, bucket: str) -> None:
        where = self._bucket(bucket).region
        if where != self._region:
            raise DeniedError(f"bucket {bucket} is in {where}")

    def _bucket(self, name: str) -> "_Bucket":
        """What is known of a bucket, asked once in a job."""
        if name not in self._buckets:
            self._buckets[name] = _Bucket(
                policies=self._policies(name),
                region=self._s3.get_bucket_location(Bucket=name)["LocationConstraint"] or REGION,
                encryption=self._default_encryption(name),
            )
        return self._buckets[name]

    def _policies(self, bucket: str) -> list[Mapping[str, Any]]:
        try:
            return [parse_document(self._s3.get_bucket_policy(Bucket=bucket)["Policy"])]
        except ClientError:
            return []

    def _default_encryption(self, bucket: str) -> Mapping[str, Any]:
        try:
            answer = self._s3.get_bucket_encryption(Bucket=bucket)
        except ClientError:
            return {}
        rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
        return rules[0] if rules else {}

    def _default_key(self, bucket: str) -> str | None:
        encryption = self._bucket(bucket).encryption
        default = encryption.get("ApplyServerSideEncryptionByDefault", {})
        key: str | None = default.get("KMSMasterKeyID")
        return key

    def _encryption_context(self, bucket: str, key: str) -> str:
        by_bucket = self._bucket(bucket).encryption.get("BucketKeyEnabled", False)
        return f"arn:aws:s3:::{bucket}" if by_bucket else f"arn:aws:s3:::{bucket}/{key}"


@dataclass(frozen=True, kw_only=True)
class _Bucket:
    policies: list[Mapping[str, Any]]
    region: str
    encryption: Mapping[str, Any]


def _split(uri: str) -> tuple[str, str]:
    found = _URI.fullmatch(uri)
    if found is None:
        raise JobFailure("The provided S3 URI is invalid")
    return found[1], found[2]
