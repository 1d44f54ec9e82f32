"""The text formats: told apart, read into the neutral record, and written from it."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from tunedrop.catalog.models import DatasetFormat
from tunedrop.dataset.reading import FieldReader
from tunedrop.dataset.records import Record, Role, Turn
from tunedrop.errors import InvalidInputError

Format = Literal[
    "prompt-completion", "anthropic-messages", "openai-chat", "bedrock-conversation-2024"
]

SCHEMA_VERSION = "bedrock-conversation-2024"
_SYSTEM_ROLES = ("system", "developer")
_ROLES = ("user", "assistant")
_encode = msgspec.json.Encoder().encode


def detect(record: dict[str, Any]) -> Format | None:
    """The format of a parsed line by its fields; None where it has those of none.

    Messages of user and assistant alone are the same in both chat formats: they count as
    anthropic-messages, and `compatible` takes them in either.
    """
    if "prompt" in record or "completion" in record:
        return "prompt-completion"
    messages = record.get("messages")
    if "schemaVersion" in record or isinstance(record.get("system"), list):
        return "bedrock-conversation-2024"
    if not isinstance(messages, list):
        return None
    if any(_has_blocks_of_bedrock(each) for each in messages):
        return "bedrock-conversation-2024"
    if any(isinstance(each, dict) and each.get("role") in _SYSTEM_ROLES for each in messages):
        return "openai-chat"
    return "anthropic-messages"


def compatible(found: Format, expected: Format, record: dict[str, Any]) -> bool:
    """Whether a record of one format may stand in a file of another."""
    plain_chat = found == "anthropic-messages" and "system" not in record
    return found == expected or (plain_chat and expected == "openai-chat")


def parse(format_: Format, record: dict[str, Any]) -> Record:
    """A parsed line as a record; `InvalidInputError` with the first fault."""
    reader = FieldReader()
    parsed = read_record(format_, record, reader)
    if parsed is None or reader.failed:
        first = next(fault for fault in reader.faults if fault.is_error)
        raise InvalidInputError(f"{first.field or 'the record'}: {first.message}.")
    return parsed


def read_record(format_: Format, record: dict[str, Any], reader: FieldReader) -> Record | None:
    """A parsed line as a record as far as it goes; the reader holds what is wrong with it."""
    return _READERS[format_](record, reader)


def write(record: Record, format_: DatasetFormat) -> bytes:
    """The record as one line in a base model's format.

    prompt-completion has no place for a system prompt: it goes in front of the prompt.
    """
    return _WRITERS[format_](record) + b"\n"


def _has_blocks_of_bedrock(message: Any) -> bool:
    content = message.get("content") if isinstance(message, dict) else None
    return isinstance(content, list) and any(
        isinstance(block, dict) and "type" not in block for block in content
    )


def _read_pair(record: dict[str, Any], reader: FieldReader) -> Record | None:
    prompt = reader.take_text(record, "prompt")
    completion = reader.take_text(record, "completion")
    reader.refuse_unknown(record, ("prompt", "completion"))
    if prompt is None or completion is None:
        return None
    return Record(None, (Turn("user", prompt), Turn("assistant", completion)))


def _read_anthropic(record: dict[str, Any], reader: FieldReader) -> Record | None:
    reader.refuse_unknown(record, ("system", "messages"))
    system = None
    if "system" in record:
        system = reader.text(record["system"], "system")
    turns = _turns(record, reader, _typed_text)
    return None if turns is None else Record(system, turns)


def _read_openai(record: dict[str, Any], reader: FieldReader) -> Record | None:
    reader.refuse_unknown(record, ("messages",))
    messages = reader.take(record, "messages", list)
    if messages is None:
        return None
    system = None
    first = messages[0] if messages else None
    if isinstance(first, dict) and first.get("role") in _SYSTEM_ROLES:
        system = _message_text(first, "messages[0].", reader, _typed_text)
    turns = _turns(record, reader, _typed_text, skip=0 if system is None else 1)
    return None if turns is None else Record(system, turns)


def _read_conversation(record: dict[str, Any], reader: FieldReader) -> Record | None:
    reader.refuse_unknown(record, ("schemaVersion", "system", "messages"))
    if record.get("schemaVersion") != SCHEMA_VERSION:
        reader.fault("schema-version", f'it must be "{SCHEMA_VERSION}"', "schemaVersion")
    system = None
    if blocks := reader.take_optional(record, "system", list):
        system = _joined(blocks, "system", reader, _bedrock_text)
    turns = _turns(record, reader, _bedrock_text)
    return None if turns is None else Record(system, turns)


BlockReader = Callable[[dict[str, Any], str, FieldReader], str | None]


def _turns(
    record: dict[str, Any], reader: FieldReader, block: BlockReader, *, skip: int = 0
) -> tuple[Turn, ...] | None:
    messages = reader.take(record, "messages", list)
    if messages is None:
        return None
    turns = [
        _turn(message, f"messages[{index}]", reader, block)
        for index, message in enumerate(messages)
        if index >= skip
    ]
    whole = tuple(turn for turn in turns if turn is not None)
    return whole if len(whole) == len(turns) else None


def _turn(message: Any, at: str, reader: FieldReader, block: BlockReader) -> Turn | None:
    if reader.checked(message, dict, at) is None:
        return None
    role = _role(message, at, reader)
    text = _message_text(message, f"{at}.", reader, block)
    return None if role is None or text is None else Turn(role, text)


def _role(message: dict[str, Any], at: str, reader: FieldReader) -> Role | None:
    role = reader.take(message, "role", str, f"{at}.")
    if role in _SYSTEM_ROLES:
        hint = 'in this format it goes into "system", or into the first message of OpenAI chat'
        reader.fault("system-prompt-not-first", f"a system message stands here; {hint}", at)
    elif role not in (*_ROLES, None):
        reader.fault("unknown-role", "the role must be user or assistant", f"{at}.role")
    return role if role in _ROLES else None


def _message_text(
    message: dict[str, Any], at: str, reader: FieldReader, block: BlockReader
) -> str | None:
    for key in ("tool_calls", "function_call", "reasoning_content"):
        if message.get(key):
            reader.fault("unsupported-content", f"{key} cannot be trained on", f"{at}{key}")
    known = ("role", "content", "tool_calls", "function_call", "reasoning_content")
    reader.refuse_unknown(message, known, at)
    content = message.get("content")
    if block is _typed_text and not isinstance(content, list):
        return reader.take_text(message, "content", at)
    if reader.take(message, "content", list, at) is None:
        return None
    return _joined(content, f"{at}content", reader, block)


def _joined(blocks: Any, at: str, reader: FieldReader, block: BlockReader) -> str | None:
    texts = []
    for index, each in enumerate(blocks):
        field = f"{at}[{index}]"
        if reader.checked(each, dict, field) is not None:
            texts.append(block(each, field, reader))
    known = [text for text in texts if text is not None]
    if len(known) < len(blocks):
        return None
    if not known:
        reader.fault("empty-text", "the list holds no text", at)
    elif len(known) > 1:
        reader.fault("joined-texts", f"{len(known)} texts are joined by a newline", at)
    return "\n".join(known)


def _typed_text(block: dict[str, Any], at: str, reader: FieldReader) -> str | None:
    if block.get("type") != "text":
        reader.fault("unsupported-content", 'only blocks of type "text" can be trained on', at)
        return None
    reader.refuse_unknown(block, ("type", "text"), f"{at}.")
    return reader.take_text(block, "text", f"{at}.")


def _bedrock_text(block: dict[str, Any], at: str, reader: FieldReader) -> str | None:
    other = [
        key
        for key in ("image", "video", "document", "toolUse", "toolResult", "reasoningContent")
        if key in block
    ]
    if other:
        reader.fault("unsupported-content", f"{other[0]} blocks cannot be trained on yet", at)
        return None
    reader.refuse_unknown(block, ("text",), f"{at}.")
    return reader.take_text(block, "text", f"{at}.")


_READERS: dict[Format, Callable[[dict[str, Any], FieldReader], Record | None]] = {
    "prompt-completion": _read_pair,
    "anthropic-messages": _read_anthropic,
    "openai-chat": _read_openai,
    "bedrock-conversation-2024": _read_conversation,
}


def _pair(record: Record) -> bytes:
    prompt, completion = (turn.text for turn in record.turns)
    if record.system:
        prompt = f"{record.system}\n\n{prompt}"
    return _encode({"prompt": prompt, "completion": completion})


def _anthropic(record: Record) -> bytes:
    messages = [{"role": turn.role, "content": turn.text} for turn in record.turns]
    system = {"system": record.system} if record.system else {}
    return _encode({**system, "messages": messages})


def _conversation(record: Record) -> bytes:
    messages = [{"role": turn.role, "content": [{"text": turn.text}]} for turn in record.turns]
    system = {"system": [{"text": record.system}]} if record.system else {}
    return _encode({"schemaVersion": SCHEMA_VERSION, **system, "messages": messages})


_WRITERS: dict[DatasetFormat, Callable[[Record], bytes]] = {
    "prompt-completion": _pair,
    "anthropic-messages": _anthropic,
    "bedrock-conversation-2024": _conversation,
}
