"""Formats told apart by the fields of a record."""

from typing import Any

from tunedrop.dataset.formats.names import SYSTEM_ROLES, Format

_BY_FIELD: tuple[tuple[str, Format], ...] = (
    ("prompt", "prompt-completion"),
    ("completion", "prompt-completion"),
    ("image-ref", "image-caption"),
    ("caption", "image-caption"),
    ("reference_answer", "reinforcement"),
    ("schemaVersion", "bedrock-conversation-2024"),
)


def detect(record: dict[str, Any]) -> Format | None:
    """The format of a parsed line by its fields; None where it has those of none.

    Messages of user and assistant alone are the same in both chat formats: they count as
    anthropic-messages, and `compatible` takes them in either.
    """
    for field, format_ in _BY_FIELD:
        if field in record:
            return format_
    if "messages" in record:
        messages = record["messages"]
        return _chat_format(record, messages if isinstance(messages, list) else [])
    if isinstance(record.get("system"), list):
        return "bedrock-conversation-2024"
    # A pair under other names would lose its output if it were read as plain text.
    return "continued-pre-training" if "input" in record and "output" not in record else None


def compatible(found: Format, expected: Format, record: dict[str, Any]) -> bool:
    """Whether a record of one format may stand in a file of another.

    A chat in a file of reinforcement prompts is one that lacks its reference answer.
    """
    plain_chat = found == "anthropic-messages" and "system" not in record
    if expected == "reinforcement":
        return plain_chat or found in ("openai-chat", "reinforcement")
    return found == expected or (plain_chat and expected == "openai-chat")


def _chat_format(record: dict[str, Any], messages: list[Any]) -> Format:
    if isinstance(record.get("system"), list) or any(map(_has_blocks_of_bedrock, messages)):
        return "bedrock-conversation-2024"
    if any(isinstance(each, dict) and each.get("role") in SYSTEM_ROLES for each in messages):
        return "openai-chat"
    return "anthropic-messages"


def _has_blocks_of_bedrock(message: Any) -> bool:
    content = message.get("content") if isinstance(message, dict) else None
    return isinstance(content, list) and any(
        isinstance(block, dict) and "type" not in block for block in content
    )
