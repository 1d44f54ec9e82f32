"""Which AWS actions the gateways of tunedrop call, read off their source."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import botocore

from stacks.config import ROOT

# IAM's prefix of each service, by botocore's name of it. Logs, traces and the key are not called
# by gateways.
SERVICES = {
    "bedrock": "bedrock",
    "bedrock-runtime": "bedrock",
    "dynamodb": "dynamodb",
    "s3": "s3",
    "service-quotas": "servicequotas",
    "sns": "sns",
    "ssm": "ssm",
    "stepfunctions": "states",
}

# Calls that IAM knows under other names.
_RENAMED = {
    "bedrock:Converse": ["bedrock:InvokeModel"],
    "dynamodb:TransactWriteItems": ["dynamodb:UpdateItem"],
    "s3:CompleteMultipartUpload": ["s3:PutObject"],
    "s3:CopyObject": ["s3:GetObject", "s3:PutObject"],
    "s3:CreateMultipartUpload": ["s3:PutObject"],
    "s3:HeadObject": ["s3:GetObject", "s3:ListBucket"],
    "s3:ListObjectsV2": ["s3:ListBucket"],
    "s3:UploadPart": ["s3:PutObject"],
}
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def calls_of_gateways() -> Iterator[str]:
    """The IAM actions of every operation that a gateway names, as a method or as a string."""
    operations = _operations()
    for word in _words():
        if action := operations.get(word):
            yield from _RENAMED.get(action, [action])


def _words() -> Iterator[str]:
    for source in (ROOT / "tunedrop").rglob("*.py"):
        text = source.read_text()
        if "self._client" in text:
            for node in ast.walk(ast.parse(text)):
                match node:
                    case ast.Attribute(value=ast.Attribute(attr="_client"), attr=name):
                        yield name
                    case ast.Constant(value=str(text)):
                        yield text


@cache
def _operations() -> dict[str, str]:
    """Operations by their Python names; several services tag, and only Bedrock's tags are used."""
    found: dict[str, str] = {}
    for service, prefix in SERVICES.items():
        [*_, newest] = sorted((Path(botocore.__file__).parent / "data" / service).iterdir())
        for operation in _names(newest):
            snake = _WORD_START.sub("_", operation).lower()
            found.setdefault(snake, f"{prefix}:{operation}")
    return found


def _names(version: Path) -> list[str]:
    from botocore.loaders import Loader

    model = Loader().load_service_model(version.parent.name, "service-2", version.name)
    return [*model["operations"]]
