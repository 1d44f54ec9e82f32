"""Chats of texts: Claude's messages and OpenAI's."""

from typing import Any

from tunedrop.dataset.formats.names import SYSTEM_ROLES
from tunedrop.dataset.formats.turns import (
    read_turns,
    refuse_unknown_sections,
    typed_content,
    typed_text,
)
from tunedrop.dataset.reading import FieldReader
from tunedrop.dataset.records import Record, Turn


def read_anthropic(record: dict[str, Any], reader: FieldReader) -> Record | None:
    """A line of anthropic-messages."""
    refuse_unknown_sections(record, ("system", "messages"), reader)
    system = None
    if reader.take_optional(record, "system", str) is not None:
        system = reader.text(record["system"], "system")
    turns = read_turns(record, reader, typed_content)
    return None if turns is None else Record(system, turns)


def read_openai(record: dict[str, Any], reader: FieldReader) -> Record | None:
    """A line of openai-chat."""
    refuse_unknown_sections(record, ("messages",), reader)
    system, turns = read_openai_messages(record, reader)
    return None if turns is None else Record(system, turns)


def read_openai_messages(
    record: dict[str, Any], reader: FieldReader
) -> tuple[str | None, tuple[Turn, ...] | None]:
    """System prompt and turns of OpenAI's messages, of which the first may be the system's."""
    messages = record.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    if not isinstance(first, dict) or first.get("role") not in SYSTEM_ROLES:
        return None, read_turns(record, reader, typed_content)
    system = typed_text(first, "messages[0]", reader)
    return system, read_turns(record, reader, typed_content, skip=1)


def anthropic_line(record: Record) -> dict[str, Any]:
    """A record as Claude's messages."""
    system = {"system": record.system} if record.system else {}
    return {**system, "messages": messages(record.turns)}


def messages(turns: tuple[Turn, ...]) -> list[dict[str, str]]:
    """Turns as messages of plain text."""
    return [{"role": turn.role, "content": turn.text} for turn in turns]
