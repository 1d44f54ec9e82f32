"""What Bedrock finds wrong with a job's data, in its own words where they are known."""

import json
import math
from collections.abc import Sequence
from typing import Any

from localcloud.bedrock.catalog import Customization, FoundationModel, Limits
from localcloud.bedrock.dialogues import ASSISTANT, Dialogue
from localcloud.bedrock.errors import JobFailure
from localcloud.bedrock.record_formats import SHAPES, MalformedError, read_record

_SHOWN = 20
_MOST_IMAGES = 10


def check_file(
    uri: str, content: bytes, customization: Customization, batch_size: int
) -> list[Dialogue]:
    """The records of a file, each checked against the format and the limits of the model."""
    records = [_read(uri, record, customization) for record in _json_lines(uri, content)]
    for record in records:
        _check_reserved(uri, record, customization.limits)
        _check_size(uri, record, customization, batch_size)
    return records


def check_media(uri: str, records: Sequence[Dialogue], model: FoundationModel) -> None:
    """The images and videos that the records of a file name."""
    bucket = uri.split("/")[2]
    for record in records:
        images = sum(kind == "image" for kind, _ in record.media)
        videos = len(record.media) - images
        if images > _MOST_IMAGES or videos > 1 or (images and videos):
            raise JobFailure(
                f"Input data at {uri} must have at most {_MOST_IMAGES} images or one video in a "
                "record, and not both."
            )
        for kind, where in record.media:
            if kind not in model.input_modalities:
                raise JobFailure(f"The model {model.id} does not support input of type {kind}.")
            if where.split("/")[2:3] != [bucket]:
                raise JobFailure(f"Media must be in the bucket of the dataset: {where}")


def check_counts(
    training: Sequence[Dialogue],
    validation: Sequence[Dialogue] | None,
    limits: Limits,
    records_quota: float | None,
) -> None:
    """The numbers of records against what the model and the account's quota take."""
    _check_range(
        "training", len(training), limits.min_training_records, limits.max_training_records
    )
    if validation is not None:
        _check_range(
            "validation",
            len(validation),
            limits.min_validation_records,
            limits.max_validation_records,
        )
    total = len(training) + len(validation or ())
    if records_quota is not None and total > records_quota:
        raise JobFailure(
            f"The sum of training and validation records {total} exceeds the quota of "
            f"{records_quota:g} for the model."
        )


def check_bytes(uri: str, content: bytes, limit: int | None) -> None:
    """The size of a file."""
    if limit is not None and len(content) > limit:
        raise JobFailure(f"File size {len(content)} of {uri} exceeds limit of {limit} bytes.")


def _json_lines(uri: str, content: bytes) -> list[Any]:
    try:
        text = content.decode("utf-8")
        lines = text.removesuffix("\n").split("\n")
        return [json.loads(line) for line in lines]
    except ValueError as error:
        raise JobFailure(
            f"Unable to parse Amazon S3 file: {_file_name(uri)}. Data files must conform to "
            "JSONL format."
        ) from error


def _read(uri: str, record: Any, customization: Customization) -> Dialogue:
    name = customization.dataset_format
    try:
        return read_record(name, record)
    except MalformedError as error:
        detail = f" ({error})" if str(error) else ""
        raise JobFailure(
            f"Input data at {uri} must follow '{SHAPES[name]}' format{detail}"
        ) from error


def _check_reserved(uri: str, record: Dialogue, limits: Limits) -> None:
    said = [record.system or "", *(turn.text for turn in record.turns)]
    for reserved in limits.reserved_strings:
        if any(reserved in text for text in said):
            raise JobFailure(f"Input data at {uri} contains the reserved keyword '{reserved}'.")


def _check_size(uri: str, record: Dialogue, customization: Customization, batch_size: int) -> None:
    limits, per_token = customization.limits, customization.token_estimate.characters_per_token
    said = sum(len(turn.text) for turn in record.turns if turn.role == ASSISTANT)
    for characters, limit in (
        (record.characters, _record_limit(limits, batch_size)),
        (record.characters - said, limits.max_prompt_tokens),
        (said, limits.max_completion_tokens),
    ):
        tokens = math.ceil(characters / per_token)
        if limit is None or tokens <= limit:
            continue
        if customization.dataset_format == "prompt-completion":
            start = record.turns[0].text[:_SHOWN]
            raise JobFailure(
                f"Input size exceeded in file {_file_name(uri)} for record starting with {start}"
            )
        raise JobFailure(f"Maximum input token count {tokens} exceeds limit of {limit}")


def _record_limit(limits: Limits, batch_size: int) -> int | None:
    lowered = [
        each.max_tokens
        for each in limits.max_tokens_by_batch_size
        if batch_size >= each.from_batch_size
    ]
    return min(lowered, default=limits.max_tokens_per_record)


def _check_range(what: str, count: int, least: int, most: int | None) -> None:
    if count < least:
        raise JobFailure(
            f"The number of {what} records {count} is less than the minimum of {least}."
        )
    if most is not None and count > most:
        raise JobFailure(f"The number of {what} records {count} exceeds the maximum of {most}.")


def _file_name(uri: str) -> str:
    return uri.rpartition("/")[2]
