"""The formats of datasets: told apart, read into neutral records, and written from them."""

from collections.abc import Callable
from typing import Any

from tunedrop.dataset.formats.captions import read_caption
from tunedrop.dataset.formats.chats import read_anthropic, read_openai
from tunedrop.dataset.formats.conversation import read_conversation
from tunedrop.dataset.formats.conversion import write
from tunedrop.dataset.formats.detection import compatible, detect
from tunedrop.dataset.formats.names import SCHEMA_VERSION, Format
from tunedrop.dataset.formats.reinforcement import read_reinforcement
from tunedrop.dataset.formats.texts import read_pair, read_passage
from tunedrop.dataset.reading import FieldReader
from tunedrop.dataset.records import AnyRecord
from tunedrop.errors import InvalidInputError

__all__ = ["SCHEMA_VERSION", "Format", "compatible", "detect", "parse", "read_record", "write"]

_READERS: dict[Format, Callable[[dict[str, Any], FieldReader], AnyRecord | None]] = {
    "prompt-completion": read_pair,
    "continued-pre-training": read_passage,
    "anthropic-messages": read_anthropic,
    "openai-chat": read_openai,
    "bedrock-conversation-2024": read_conversation,
    "image-caption": read_caption,
    "reinforcement": read_reinforcement,
}


def read_record(format_: Format, record: dict[str, Any], reader: FieldReader) -> AnyRecord | None:
    """A parsed line as a record as far as it goes; the reader holds what is wrong with it."""
    return _READERS[format_](record, reader)


def parse(format_: Format, record: dict[str, Any]) -> AnyRecord:
    """A parsed line as a record; `InvalidInputError` with the first fault."""
    reader = FieldReader()
    parsed = read_record(format_, record, reader)
    if parsed is None or reader.failed:
        first = next(fault for fault in reader.faults if fault.is_error)
        raise InvalidInputError(f"{first.field or 'the record'}: {first.message}.")
    return parsed
