"""bedrock-conversation-2024: texts, images, videos and reasoning in blocks."""

from typing import Any

from msgspec import Struct

from tunedrop.dataset.formats.media import read_media
from tunedrop.dataset.formats.names import SCHEMA_VERSION
from tunedrop.dataset.formats.turns import (
    joined,
    read_turns,
    refuse_other_fields,
    refuse_unknown_sections,
)
from tunedrop.dataset.reading import FieldReader
from tunedrop.dataset.records import Media, MediaKind, Record, Role, Turn

_KINDS = ("text", "image", "video", "reasoningContent")
_UNTRAINABLE = ("document", "toolUse", "toolResult", "audio", "guardContent", "cachePoint")


class _Reasoning(Struct, frozen=True):
    text: str


_Block = str | _Reasoning | Media


def read_conversation(record: dict[str, Any], reader: FieldReader) -> Record | None:
    """A line of bedrock-conversation-2024."""
    refuse_unknown_sections(record, ("schemaVersion", "system", "messages"), reader)
    if record.get("schemaVersion") != SCHEMA_VERSION:
        reader.fault("schema-version", f'it must be "{SCHEMA_VERSION}"', "schemaVersion")
    system = None
    if blocks := reader.take_optional(record, "system", list):
        system = _system(blocks, reader)
    turns = read_turns(record, reader, _content)
    return None if turns is None else Record(system, turns)


def conversation_line(record: Record) -> dict[str, Any]:
    """A record as bedrock-conversation-2024."""
    system = {"system": [{"text": record.system}]} if record.system else {}
    messages = [{"role": turn.role, "content": _blocks_of(turn)} for turn in record.turns]
    return {"schemaVersion": SCHEMA_VERSION, **system, "messages": messages}


def _system(blocks: list[Any], reader: FieldReader) -> str | None:
    texts = []
    for index, block in enumerate(blocks):
        at = f"system[{index}]"
        if reader.checked(block, dict, at) is None:
            continue
        reader.refuse_unknown(block, ("text",), f"{at}.")
        texts.append(reader.take_text(block, "text", f"{at}."))
    known = [text for text in texts if text is not None]
    return joined(known, "system", reader) if known else None


def _content(message: dict[str, Any], at: str, role: Role, reader: FieldReader) -> Turn | None:
    refuse_other_fields(message, at, reader)
    content = reader.take(message, "content", list, f"{at}.")
    if content is None:
        return None
    at = f"{at}.content"
    blocks = [_block(block, f"{at}[{i}]", role, reader) for i, block in enumerate(content)]
    known = [block for block in blocks if block is not None]
    if len(known) < len(blocks):
        return None
    return _turn(role, known, at, reader)


def _turn(role: Role, blocks: list[_Block], at: str, reader: FieldReader) -> Turn:
    reasoning = [each.text for each in blocks if isinstance(each, _Reasoning)]
    parts = tuple(each for each in blocks if not isinstance(each, _Reasoning))
    texts = [each for each in parts if not isinstance(each, Media)]
    thoughts = joined(reasoning, at, reader) if reasoning else None
    if len(texts) < len(parts):
        return Turn(role, "\n".join(texts), parts, thoughts)
    if not parts and thoughts is None:
        reader.fault("empty-text", "the list holds no text", at)
    elif not parts:
        message = "the turn holds reasoning and no text"
        reader.fault("reasoning-without-answer", message, at)
    return Turn(role, joined(texts, at, reader), reasoning=thoughts)


def _block(block: Any, at: str, role: Role, reader: FieldReader) -> _Block | None:
    if reader.checked(block, dict, at) is None:
        return None
    if other := [key for key in _UNTRAINABLE if key in block]:
        reader.fault("unsupported-content", f"{other[0]} blocks cannot be trained on", at)
        return None
    kinds = [key for key in _KINDS if key in block]
    if len(kinds) != 1:
        held = " and ".join(kinds) or "none of them"
        message = f"a block must hold one of {', '.join(_KINDS)}; this one holds {held}"
        reader.fault("wrong-type" if kinds else "missing-field", message, at)
        return None
    reader.refuse_unknown(block, kinds, f"{at}.")
    if kinds[0] == "text":
        return reader.take_text(block, "text", f"{at}.")
    if kinds[0] == "reasoningContent":
        return _reasoning(block[kinds[0]], f"{at}.{kinds[0]}", role, reader)
    return _media("image" if kinds[0] == "image" else "video", block, at, role, reader)


def _media(
    kind: MediaKind, block: dict[str, Any], at: str, role: Role, reader: FieldReader
) -> Media | None:
    if role == "assistant":
        message = f"an assistant turn holds {'an image' if kind == 'image' else 'a video'}"
        reader.fault("media-in-assistant-turn", f"{message}; user turns alone may", at)
    return read_media(kind, block[kind], f"{at}.{kind}", reader)


def _reasoning(content: Any, at: str, role: Role, reader: FieldReader) -> _Reasoning | None:
    if role == "user":
        message = "a user turn holds reasoning; assistant turns alone may"
        reader.fault("reasoning-in-user-turn", message, at)
    if reader.checked(content, dict, at) is None:
        return None
    if "redactedContent" in content:
        message = "redacted reasoning cannot be trained on"
        reader.fault("unsupported-content", message, f"{at}.redactedContent")
        return None
    reader.refuse_unknown(content, ("reasoningText",), f"{at}.")
    inner = reader.take(content, "reasoningText", dict, f"{at}.")
    if inner is None:
        return None
    at = f"{at}.reasoningText"
    reader.refuse_unknown(inner, ("text",), f"{at}.")
    text = reader.take_text(inner, "text", f"{at}.")
    return None if text is None else _Reasoning(text)


def _blocks_of(turn: Turn) -> list[dict[str, Any]]:
    reasoning = [{"reasoningContent": {"reasoningText": {"text": turn.reasoning}}}]
    parts = turn.parts or ((turn.text,) if turn.text else ())
    return [*(reasoning if turn.reasoning else []), *(_block_of(part) for part in parts)]


def _block_of(part: str | Media) -> dict[str, Any]:
    if isinstance(part, str):
        return {"text": part}
    owner = {"bucketOwner": part.bucket_owner} if part.bucket_owner else {}
    source = {"s3Location": {"uri": part.uri, **owner}}
    return {part.kind: {"format": part.format, "source": source}}
