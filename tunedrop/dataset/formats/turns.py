"""The messages of a chat read into turns, whatever their content looks like."""

from collections.abc import Callable, Sequence
from typing import Any

from tunedrop.dataset.formats.names import SYSTEM_ROLES
from tunedrop.dataset.reading import FieldReader
from tunedrop.dataset.records import Role, Turn

_ROLES = ("user", "assistant")
_TOOL_FIELDS = ("tool_calls", "function_call", "reasoning_content")
_TOOL_SECTIONS = ("tools", "functions", "toolConfig")

# Reads the content of a message, given the message, where it stands and its role.
ContentReader = Callable[[dict[str, Any], str, Role, FieldReader], Turn | None]


def read_turns(
    record: dict[str, Any], reader: FieldReader, content: ContentReader, *, skip: int = 0
) -> tuple[Turn, ...] | None:
    """The turns of `messages` behind the first `skip`; None where one of them is none."""
    messages = reader.take(record, "messages", list)
    if messages is None:
        return None
    turns = [
        _turn(messages[index], f"messages[{index}]", reader, content)
        for index in range(skip, len(messages))
    ]
    whole = tuple(turn for turn in turns if turn is not None)
    return whole if len(whole) == len(turns) else None


def refuse_tools(record: dict[str, Any], reader: FieldReader) -> None:
    """Note tool definitions: without them the conversation would be another one."""
    for key in _TOOL_SECTIONS:
        if record.get(key):
            reader.fault("unsupported-content", f"{key} cannot be trained on", key)


def refuse_unknown_sections(
    record: dict[str, Any], known: Sequence[str], reader: FieldReader
) -> None:
    """Note tool definitions, and the fields that belong to no format."""
    refuse_tools(record, reader)
    reader.refuse_unknown({key: 0 for key in record if key not in _TOOL_SECTIONS}, known)


def joined(texts: Sequence[str], at: str, reader: FieldReader) -> str:
    """Several texts as one; the change is noted."""
    if len(texts) > 1:
        reader.fault("joined-texts", f"{len(texts)} texts are joined by a newline", at)
    return "\n".join(texts)


def typed_content(message: dict[str, Any], at: str, role: Role, reader: FieldReader) -> Turn | None:
    """The content of Claude's and OpenAI's messages: a text, or blocks of type text."""
    text = typed_text(message, at, reader)
    return None if text is None else Turn(role, text)


def typed_text(message: dict[str, Any], at: str, reader: FieldReader) -> str | None:
    """The text of a message, which is one, or blocks of type text."""
    refuse_other_fields(message, at, reader)
    content = message.get("content")
    if not isinstance(content, list):
        return reader.take_text(message, "content", f"{at}.")
    at = f"{at}.content"
    texts = [_typed_block(block, f"{at}[{i}]", reader) for i, block in enumerate(content)]
    if not texts:
        reader.fault("empty-text", "the list holds no text", at)
    known = [text for text in texts if text is not None]
    return joined(known, at, reader) if known and len(known) == len(texts) else None


def refuse_other_fields(message: dict[str, Any], at: str, reader: FieldReader) -> None:
    """Note what a message holds beside its role and its content."""
    for key in _TOOL_FIELDS:
        if message.get(key):
            reader.fault("unsupported-content", f"{key} cannot be trained on", f"{at}.{key}")
    reader.refuse_unknown(message, ("role", "content", *_TOOL_FIELDS), f"{at}.")


def _turn(message: Any, at: str, reader: FieldReader, content: ContentReader) -> Turn | None:
    if reader.checked(message, dict, at) is None:
        return None
    role = _role(message, at, reader)
    # A turn of an unknown role is read all the same: every fault is found in one pass.
    turn = content(message, at, role or "user", reader)
    return None if role is None else turn


def _role(message: dict[str, Any], at: str, reader: FieldReader) -> Role | None:
    role = reader.take(message, "role", str, f"{at}.")
    if role in SYSTEM_ROLES:
        hint = 'in this format it goes into "system", or into the first message of OpenAI chat'
        reader.fault("system-prompt-not-first", f"a system message stands here; {hint}", at)
    elif role not in (*_ROLES, None):
        reader.fault("unknown-role", "the role must be user or assistant", f"{at}.role")
    return role if role in _ROLES else None


def _typed_block(block: Any, at: str, reader: FieldReader) -> str | None:
    if reader.checked(block, dict, at) is None:
        return None
    if block.get("type") != "text":
        message = (
            'only blocks of type "text" can be trained on; images and videos are named by their '
            "place in S3, in bedrock-conversation-2024"
        )
        reader.fault("unsupported-content", message, at)
        return None
    reader.refuse_unknown(block, ("type", "text"), f"{at}.")
    return reader.take_text(block, "text", f"{at}.")
