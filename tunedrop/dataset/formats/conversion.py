"""What one format can say of a record that came in another, and what it cannot."""

import json
from collections.abc import Callable
from typing import Any

import msgspec

from tunedrop.catalog.models import DatasetFormat
from tunedrop.dataset.findings import Fault
from tunedrop.dataset.formats.captions import caption_line
from tunedrop.dataset.formats.chats import anthropic_line
from tunedrop.dataset.formats.conversation import conversation_line
from tunedrop.dataset.formats.names import Format
from tunedrop.dataset.formats.reinforcement import reinforcement_line
from tunedrop.dataset.formats.texts import pair_line, passage_line
from tunedrop.dataset.records import (
    AnyRecord,
    CaptionedImage,
    Passage,
    Record,
    ReinforcementPrompt,
)
from tunedrop.errors import InvalidInputError

_encode = msgspec.json.Encoder().encode
_EXCHANGE = 2

_Kind = type[Record] | type[Passage] | type[CaptionedImage] | type[ReinforcementPrompt]
_KINDS: dict[Format, _Kind] = {
    "prompt-completion": Record,
    "continued-pre-training": Passage,
    "anthropic-messages": Record,
    "openai-chat": Record,
    "bedrock-conversation-2024": Record,
    "image-caption": CaptionedImage,
    "reinforcement": ReinforcementPrompt,
}
_IN_WORDS: dict[_Kind, str] = {
    Record: "a dialogue",
    Passage: "a passage of text",
    CaptionedImage: "an image with its caption",
    ReinforcementPrompt: "a prompt with a reference answer",
}
_LEARNT_FROM: dict[_Kind, str] = {
    Record: "dialogues, in which a user asks and an assistant answers",
    Passage: "passages of text, in which nobody asks or answers",
    CaptionedImage: "images with captions",
    ReinforcementPrompt: "prompts with reference answers",
}
_LINES: dict[DatasetFormat, Callable[[Any], dict[str, Any]]] = {
    "prompt-completion": pair_line,
    "continued-pre-training": passage_line,
    "anthropic-messages": anthropic_line,
    "bedrock-conversation-2024": conversation_line,
    "image-caption": caption_line,
    "reinforcement": reinforcement_line,
}


def same_kind(source: Format, target: Format) -> bool:
    """Whether both formats hold records of one kind."""
    return _KINDS[source] is _KINDS[target]


def inexpressible(record: AnyRecord, format_: DatasetFormat, model: str) -> Fault | None:
    """Why a format cannot say a record without loss; None where it can."""
    if not isinstance(record, _KINDS[format_]):
        message = (
            f"the record is {_IN_WORDS[type(record)]}; {model} learns from "
            f"{_LEARNT_FROM[_KINDS[format_]]}"
        )
        return Fault(code="other-kind", message=message)
    if not isinstance(record, Record) or format_ == "bedrock-conversation-2024":
        return None
    if format_ == "prompt-completion" and len(record.turns) > _EXCHANGE:
        message = f"the record has {len(record.turns)} turns; {model} takes one prompt and one "
        return Fault(code="several-turns", message=f"{message}completion", field="messages")
    return None


def write(record: AnyRecord, format_: DatasetFormat) -> bytes:
    """The record as one line in a base model's format; `InvalidInputError` where that has a loss.

    prompt-completion has no place for a system prompt: it goes in front of the prompt.
    """
    if fault := inexpressible(record, format_, "the base model") or _unwritable(record, format_):
        raise InvalidInputError(f"The record cannot be written as {format_}: {fault.message}.")
    return _encoded(_LINES[format_](record)) + b"\n"


def _encoded(line: dict[str, Any]) -> bytes:
    try:
        return _encode(line)
    except OverflowError:  # whole numbers beyond 64 bits, in what graders receive
        return json.dumps(line, ensure_ascii=False).encode()


def _unwritable(record: AnyRecord, format_: DatasetFormat) -> Fault | None:
    """What a target's own limits refuse before anything is written."""
    if not isinstance(record, Record) or format_ == "bedrock-conversation-2024":
        return None
    if record.media:
        return Fault(code="media-not-taken", message="its images and videos have no place")
    if any(turn.reasoning for turn in record.turns):
        return Fault(code="reasoning-not-taken", message="its reasoning has no place")
    if format_ == "prompt-completion" and len(record.turns) != _EXCHANGE:
        return Fault(code="no-turns", message="it has no prompt and completion")
    return None
