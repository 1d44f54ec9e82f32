"""The actions and resources of requests to S3, and the policies of its buckets."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends

from localcloud.bedrock.policy import Question, parse_document
from localcloud.iam.service_permissions import key_questions
from localcloud.iam.signed_request import Request
from localcloud.place import ACCOUNT

_BUCKET_ACTIONS = {
    "versions": "ListBucketVersions",
    "location": "GetBucketLocation",
    "policy": "GetBucketPolicy",
    "versioning": "GetBucketVersioning",
    "uploads": "ListBucketMultipartUploads",
}


def object_questions(request: Request) -> Iterator[Question]:
    """The questions about a request to S3 in path style."""
    bucket, _, key = request.path.lstrip("/").partition("/")
    if not bucket:
        yield Question(action="s3:ListAllMyBuckets", resource="*")
    elif key:
        yield from _on_object(request, bucket, key)
    else:
        yield from _on_bucket(request, bucket)


def bucket_policy(resource: str) -> Mapping[str, Any] | None:
    """The policy of the bucket that an S3 ARN lies in; None when it has none."""
    bucket = _bucket(resource.removeprefix("arn:aws:s3:::").partition("/")[0])
    return parse_document(bucket.policy.decode()) if bucket and bucket.policy else None


def _on_object(request: Request, bucket: str, key: str) -> Iterator[Question]:
    action = _object_action(request)
    arn = f"arn:aws:s3:::{bucket}/{key}"
    yield Question(action=f"s3:{action}", resource=arn)
    if source := request.headers.get("x-amz-copy-source"):
        path, _, version = unquote(source).lstrip("/").partition("?versionId=")
        read = "s3:GetObjectVersion" if version else "s3:GetObject"
        yield Question(action=read, resource=f"arn:aws:s3:::{path}")
    if action in ("GetObject", "GetObjectVersion", "PutObject"):
        yield from key_questions(request, _key_of(bucket))
    if action == "GetObject" and not _is_there(bucket, key):
        # S3 hides what is not there from those who may not list the bucket.
        yield Question(action="s3:ListBucket", resource=f"arn:aws:s3:::{bucket}")


def _object_action(request: Request) -> str:
    versioned = "Version" if "versionId" in request.query else ""
    verb = {"GET": "Get", "HEAD": "Get", "PUT": "Put", "POST": "Put", "DELETE": "Delete"}
    if "tagging" in request.query:
        return f"{verb[request.method]}Object{versioned}Tagging"
    if request.method == "DELETE" and "uploadId" in request.query:
        return "AbortMultipartUpload"
    return f"{verb[request.method]}Object{versioned}"


def _on_bucket(request: Request, bucket: str) -> Iterator[Question]:
    arn = f"arn:aws:s3:::{bucket}"
    if request.method == "POST" and "delete" in request.query:
        yield Question(action="s3:DeleteObject", resource=f"{arn}/*")
    elif request.method == "HEAD":
        yield Question(action="s3:ListBucket", resource=arn)
    elif request.method == "GET":
        action = next(
            (_BUCKET_ACTIONS[name] for name in request.query if name in _BUCKET_ACTIONS),
            "ListBucket",
        )
        context = {"s3:prefix": request.query.get("prefix", "")}
        yield Question(action=f"s3:{action}", resource=arn, context=context)


def _is_there(bucket: str, key: str) -> bool:
    known = _bucket(bucket)
    found = s3_backends[ACCOUNT]["aws"].get_object(bucket, key) if known else None
    return found is not None


def _key_of(bucket: str) -> str | None:
    """The customer's key by which a bucket encrypts, as an ARN."""
    known = _bucket(bucket)
    rule = ((known and known.encryption) or {}).get("Rule", {})
    key = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
    return key if key and key.startswith("arn:") else None


def _bucket(name: str) -> Any:
    try:
        return s3_backends[ACCOUNT]["aws"].get_bucket(name)
    except MissingBucket:
        return None
