"""The formats of training records, read as strictly as Bedrock's documentation states them."""

from collections.abc import Callable, Mapping
from typing import Any

from localcloud.bedrock.dialogues import ASSISTANT, USER, Dialogue, Turn

SHAPES: Mapping[str, str] = {
    "prompt-completion": '{"prompt": "<input text>", "completion": "<output text>"}',
    "anthropic-messages": '{"system": "<system text>", "messages": [{"role": "user", "content": '
    '"<input text>"}, {"role": "assistant", "content": "<output text>"}]}',
    "bedrock-conversation-2024": '{"schemaVersion": "bedrock-conversation-2024", "system": '
    '[{"text": "<system text>"}], "messages": [{"role": "user", "content": [{"text": '
    '"<input text>"}]}, {"role": "assistant", "content": [{"text": "<output text>"}]}]}',
    "continued-pre-training": '{"input": "<text>"}',
}


Content = tuple[str, tuple[tuple[str, str], ...]]


class MalformedError(Exception):
    """The record does not follow its format; the text adds detail where there is some."""


def read_record(name: str, record: Any) -> Dialogue:
    """The dialogue of a record in the format of this name."""
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
    system = _blocks(record["system"])[0] if record.get("system") else None
    turns = tuple(_turn(each, _blocks) for each in _list(record["messages"]))
    return Dialogue(system=system, turns=_alternating(turns))


def _turn(message: Any, content: Callable[[Any], Content]) -> Turn:
    if not isinstance(message, dict) or set(message) != {"role", "content"}:
        raise MalformedError
    if message["role"] not in (USER, ASSISTANT):
        raise MalformedError("the role of a message must be user or assistant")
    text, media = content(message["content"])
    if media and message["role"] == ASSISTANT:
        raise MalformedError("assistant messages cannot hold images or videos")
    return Turn(role=message["role"], text=text, media=media)


def _alternating(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    expected = (USER, ASSISTANT)
    if any(turn.role != expected[index % 2] for index, turn in enumerate(turns)):
        raise MalformedError("messages must alternate between user and assistant, from user")
    if len(turns) < len(expected) or turns[-1].role != ASSISTANT:
        raise MalformedError("the last message must be of the assistant")
    return turns


def _plain(content: Any) -> Content:
    return _text(content), ()


def _blocks(blocks: Any) -> Content:
    found = [_block(each) for each in _list(blocks)]
    texts = [value for kind, value in found if kind == "text"]
    media = tuple((kind, value) for kind, value in found if kind != "text")
    return "\n".join(texts), media


def _block(block: Any) -> tuple[str, str]:
    if not isinstance(block, dict) or len(block) != 1:
        raise MalformedError
    ((kind, value),) = block.items()
    if kind == "text":
        return kind, _text(value)
    if kind not in ("image", "video"):
        raise MalformedError(f"content blocks of type {kind} are not supported")
    try:
        return kind, str(value["source"]["s3Location"]["uri"])
    except (KeyError, TypeError) as error:
        raise MalformedError(f"{kind}s need format and source.s3Location.uri") from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise MalformedError("text must be a string that is not empty")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise MalformedError
    return value


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Dialogue]] = {
    "prompt-completion": _prompt_completion,
    "anthropic-messages": _anthropic_messages,
    "bedrock-conversation-2024": _conversation,
    "continued-pre-training": _continued_pre_training,
}
