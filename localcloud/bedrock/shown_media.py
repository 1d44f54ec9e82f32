"""The images and videos of a request: read, checked, and put into words."""

from collections.abc import Iterator, Sequence
from typing import Any

from botocore.exceptions import ClientError

from localcloud.bedrock import learner
from localcloud.bedrock.catalog import FoundationModel
from localcloud.bedrock.cloud import Call
from localcloud.bedrock.dialogues import Medium
from localcloud.bedrock.errors import access_denied, invalid
from localcloud.bedrock.pictures.headers import UnreadableError, read_image
from localcloud.bedrock.policy import Decision, Question, decide
from localcloud.bedrock.principals import caller_of, role_documents


def media_of(blocks: Sequence[Any]) -> Iterator[Medium]:
    """What the content blocks of a Converse message show."""
    for block in blocks:
        for kind in ("image", "video"):
            if kind in block:
                source, form = block[kind]["source"], block[kind]["format"]
                uri = source.get("s3Location", {}).get("uri", "")
                yield Medium(kind=kind, format=form, uri=uri, content=source.get("bytes", b""))


def words_seen(call: Call, model: FoundationModel, media: Sequence[Medium]) -> list[str]:
    """Words for each image; ValidationException for what the model cannot be shown."""
    return [word for medium in media for word in _words(call, model, medium)]


def _words(call: Call, model: FoundationModel, medium: Medium) -> list[str]:
    if medium.kind not in model.input_modalities:
        raise invalid(
            f"This model doesn't support the {medium.kind} field. Remove {medium.kind} and try "
            "again."
        )
    content = _content(call, medium)
    if medium.kind != "image":
        return []
    try:
        image = read_image(content)
    except UnreadableError as error:
        raise invalid("The model returned the following errors: Could not process image") from error
    if medium.format is not None and medium.format.replace("jpg", "jpeg") != image.format:
        raise invalid(
            "The model returned the following errors: The provided image does not match the "
            "specified image format."
        )
    return _in_words(content)


def _in_words(content: bytes) -> list[str]:
    learner.on_one_thread()
    from localcloud.bedrock.picture_learner.sight import words_for
    from localcloud.bedrock.pictures.pixels import thumbnail

    small = thumbnail(content)
    return [] if small is None else [words_for(small)]


def _content(call: Call, medium: Medium) -> bytes:
    """The bytes, which lie in S3 where the request has none; read with the caller's rights."""
    if not medium.uri:
        return medium.content
    bucket, _, key = medium.uri.removeprefix("s3://").partition("/")
    caller = caller_of(call.access_key)
    if caller is not None:
        question = Question(action="s3:GetObject", resource=f"arn:aws:s3:::{bucket}/{key}")
        if decide(role_documents(caller.role_arn), question) is not Decision.ALLOWED:
            raise access_denied(f"Could not read the S3 location {medium.uri}: access denied")
    try:
        found = call.cloud.s3(call.region).get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        raise invalid(f"Could not read the S3 location {medium.uri}") from error
    content: bytes = found["Body"].read()
    return content
