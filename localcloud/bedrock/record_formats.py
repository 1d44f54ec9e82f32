"""The formats of training records, read as strictly as Bedrock's documentation states them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from localcloud.bedrock.dialogues import (
    ASSISTANT,
    USER,
    CaptionedImage,
    Dialogue,
    Medium,
    Record,
    Turn,
)

SHAPES: Mapping[str, str] = {
    "prompt-completion": '{"prompt": "<input text>", "completion": "<output text>"}',
    "anthropic-messages": '{"system": "<system text>", "messages": [{"role": "user", "content": '
    '"<input text>"}, {"role": "assistant", "content": "<output text>"}]}',
    "bedrock-conversation-2024": '{"schemaVersion": "bedrock-conversation-2024", "system": '
    '[{"text": "<system text>"}], "messages": [{"role": "user", "content": [{"text": '
    '"<input text>"}]}, {"role": "assistant", "content": [{"text": "<output text>"}]}]}',
    "continued-pre-training": '{"input": "<text>"}',
    "image-caption": '{"image-ref": "s3://bucket/path/to/image.png", "caption": "<prompt text>"}',
}


class MalformedError(Exception):
    """The record does not follow its format; the text adds detail where there is some."""


@dataclass(frozen=True, kw_only=True)
class _Content:
    """What the blocks of a message hold."""

    text: str
    media: tuple[Medium, ...] = ()
    reasoning: str = ""


def read_record(name: str, record: Any) -> Record:
    """The record of a line in the format of this name."""
    if not isinstance(record, dict):
        raise MalformedError
    return _READERS[name](record)


def _prompt_completion(record: Mapping[str, Any]) -> Dialogue:
    if set(record) != {"prompt", "completion"}:
        raise MalformedError
    turns = (
        Turn(role=USER, text=_text(record["prompt"])),
        Turn(role=ASSISTANT, text=_text(record["completion"])),
    )
    return Dialogue(system=None, turns=turns)


def _continued_pre_training(record: Mapping[str, Any]) -> Dialogue:
    if set(record) != {"input"}:
        raise MalformedError
    return Dialogue(system=None, turns=(Turn(role=ASSISTANT, text=_text(record["input"])),))


def _anthropic_messages(record: Mapping[str, Any]) -> Dialogue:
    if not {"messages"} <= set(record) <= {"system", "messages"}:
        raise MalformedError
    system = _text(record["system"]) if "system" in record else None
    turns = tuple(_turn(each, _plain) for each in _list(record["messages"]))
    return Dialogue(system=system, turns=_alternating(turns))


def _conversation(record: Mapping[str, Any]) -> Dialogue:
    if not {"schemaVersion", "messages"} <= set(record) <= {"schemaVersion", "system", "messages"}:
        raise MalformedError
    if record["schemaVersion"] != "bedrock-conversation-2024":
        raise MalformedError("schemaVersion must be bedrock-conversation-2024")
    system = _blocks(record["system"]).text if record.get("system") else None
    turns = tuple(_turn(each, _blocks) for each in _list(record["messages"]))
    return Dialogue(system=system, turns=_alternating(turns))


def _image_caption(record: Mapping[str, Any]) -> CaptionedImage:
    if set(record) != {"image-ref", "caption"} or not isinstance(record["caption"], str):
        raise MalformedError
    uri = _text(record["image-ref"])
    if not uri.startswith("s3://"):
        raise MalformedError("image-ref must be an Amazon S3 URI")
    return CaptionedImage(image=Medium(kind="image", uri=uri), caption=record["caption"])


def _turn(message: Any, read: Callable[[Any], _Content]) -> Turn:
    if not isinstance(message, dict) or set(message) != {"role", "content"}:
        raise MalformedError
    role = message["role"]
    if role not in (USER, ASSISTANT):
        raise MalformedError("the role of a message must be user or assistant")
    content = read(message["content"])
    if content.media and role == ASSISTANT:
        raise MalformedError("assistant messages cannot hold images or videos")
    if content.reasoning and role == USER:
        raise MalformedError("only assistant messages can hold reasoningContent")
    return Turn(role=role, text=content.text, media=content.media, reasoning=content.reasoning)


def _alternating(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    expected = (USER, ASSISTANT)
    if any(turn.role != expected[index % 2] for index, turn in enumerate(turns)):
        raise MalformedError("messages must alternate between user and assistant, from user")
    if len(turns) < len(expected) or turns[-1].role != ASSISTANT:
        raise MalformedError("the last message must be of the assistant")
    return turns


def _plain(content: Any) -> _Content:
    return _Content(text=_text(content))


def _blocks(blocks: Any) -> _Content:
    found = [_block(each) for each in _list(blocks)]
    if not any(each.text or each.media for each in found):
        raise MalformedError("a message must hold more than reasoningContent")
    return _Content(
        text="\n".join(each.text for each in found if each.text),
        media=tuple(medium for each in found for medium in each.media),
        reasoning="\n".join(each.reasoning for each in found if each.reasoning),
    )


def _block(block: Any) -> _Content:
    if not isinstance(block, dict) or len(block) != 1:
        raise MalformedError
    ((kind, value),) = block.items()
    if kind == "text":
        return _Content(text=_text(value))
    if kind == "reasoningContent":
        return _Content(text="", reasoning=_reasoning(value))
    if kind not in ("image", "video"):
        raise MalformedError(f"content blocks of type {kind} are not supported")
    return _Content(text="", media=(_medium(kind, value),))


def _medium(kind: str, value: Any) -> Medium:
    try:
        uri, form = value["source"]["s3Location"]["uri"], value["format"]
    except (KeyError, TypeError) as error:
        raise MalformedError(f"{kind}s need format and source.s3Location.uri") from error
    return Medium(kind=kind, format=_text(form).lower(), uri=_text(uri))


def _reasoning(value: Any) -> str:
    try:
        return _text(value["reasoningText"]["text"])
    except (KeyError, TypeError) as error:
        raise MalformedError("reasoningContent needs reasoningText.text") from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise MalformedError("text must be a string that is not empty")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise MalformedError
    return value


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Record]] = {
    "prompt-completion": _prompt_completion,
    "anthropic-messages": _anthropic_messages,
    "bedrock-conversation-2024": _conversation,
    "continued-pre-training": _continued_pre_training,
    "image-caption": _image_caption,
}
