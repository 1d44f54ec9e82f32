"""What Bedrock finds wrong with a job's data, in its own words where they are known."""

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

from localcloud.bedrock.catalog import Customization, Limits
from localcloud.bedrock.dialogues import ASSISTANT, CaptionedImage, Dialogue, Record
from localcloud.bedrock.errors import JobFailure
from localcloud.bedrock.record_formats import SHAPES, MalformedError, read_record

_SHOWN = 20


def read_file(uri: str, content: bytes, customization: Customization) -> list[Record]:
    """The records of a file, each in the format of the model and without words reserved for it."""
    records = [_read(uri, record, customization) for record in _json_lines(uri, content)]
    for record in records:
        _check_reserved(uri, record, customization.limits)
    return records


def check_sizes(
    uri: str,
    records: Sequence[Record],
    customization: Customization,
    batch_size: int,
    tokens_shown: Callable[[Record], int],
) -> None:
    """The length of each record; `tokens_shown` are those of its images."""
    for record in records:
        if isinstance(record, CaptionedImage):
            _check_caption(uri, record, customization.limits)
        else:
            _check_tokens(uri, record, customization, batch_size, tokens_shown(record))


def check_counts(
    training: Sequence[Record],
    validation: Sequence[Record] | None,
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
    except (ValueError, RecursionError) as error:
        raise JobFailure(
            f"Unable to parse Amazon S3 file: {_file_name(uri)}. Data files must conform to "
            "JSONL format."
        ) from error


def _read(uri: str, record: Any, customization: Customization) -> Record:
    name = customization.dataset_format
    try:
        found = read_record(name, record)
        if not customization.limits.reasoning and _thinks(found):
            raise MalformedError("content blocks of type reasoningContent are not supported")
    except MalformedError as error:
        detail = f" ({error})" if str(error) else ""
        raise JobFailure(
            f"Input data at {uri} must follow '{SHAPES[name]}' format{detail}"
        ) from error
    return found


def _thinks(record: Record) -> bool:
    return isinstance(record, Dialogue) and any(turn.reasoning for turn in record.turns)


def _check_reserved(uri: str, record: Record, limits: Limits) -> None:
    for reserved in limits.reserved_strings:
        if any(reserved in text for text in record.texts):
            raise JobFailure(f"Input data at {uri} contains the reserved keyword '{reserved}'.")


def _check_caption(uri: str, record: CaptionedImage, limits: Limits) -> None:
    length = len(record.caption)
    least, most = limits.min_caption_characters or 0, limits.max_caption_characters
    if length < least or (most is not None and length > most):
        raise JobFailure(
            f"Input data at {uri} has a caption of {length} characters. Captions must have "
            f"between {least} and {most} characters."
        )


def _check_tokens(
    uri: str, record: Dialogue, customization: Customization, batch_size: int, shown: int
) -> None:
    limits, per_token = customization.limits, customization.token_estimate.characters_per_token
    said = sum(
        len(turn.text) + len(turn.reasoning) for turn in record.turns if turn.role == ASSISTANT
    )
    asked = record.characters - said
    for characters, images, limit in (
        (record.characters, shown, _record_limit(limits, batch_size)),
        (asked, shown, limits.max_prompt_tokens),
        (said, 0, limits.max_completion_tokens),
    ):
        tokens = math.ceil(characters / per_token) + images
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
