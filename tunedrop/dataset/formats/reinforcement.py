"""Reinforcement prompts: messages that wait for an answer, and what graders hold it against."""

import json
from typing import Any

from tunedrop.dataset.formats.chats import messages, read_openai_messages
from tunedrop.dataset.reading import KINDS, FieldReader
from tunedrop.dataset.records import ReinforcementPrompt

_OWN_FIELDS = ("messages", "reference_answer")


def read_reinforcement(record: dict[str, Any], reader: FieldReader) -> ReinforcementPrompt | None:
    """A line of reinforcement; every further field is kept, for graders receive it."""
    if "system" in record:
        message = "in this format the system prompt is the first message"
        reader.fault("system-prompt-not-first", message, "system")
    system, turns = read_openai_messages(record, reader)
    reference = _reference(record, reader)
    extra = _as_json({key: record[key] for key in record if key not in _OWN_FIELDS}, reader)
    if turns is None or reference is None or extra is None:
        return None
    structured = not isinstance(record["reference_answer"], str)
    return ReinforcementPrompt(system, turns, reference, extra, structured)


def reinforcement_line(record: ReinforcementPrompt) -> dict[str, Any]:
    """A prompt with its reference answer and all further fields."""
    system = [{"role": "system", "content": record.system}] if record.system else []
    reference = json.loads(record.reference) if record.structured else record.reference
    return {
        "messages": [*system, *messages(record.turns)],
        "reference_answer": reference,
        **json.loads(record.extra),
    }


def _reference(record: dict[str, Any], reader: FieldReader) -> str | None:
    value = record.get("reference_answer")
    if "reference_answer" not in record or value is None or isinstance(value, str):
        reference: str | None = reader.take(record, "reference_answer", str)
        if reference is not None and not reference.strip():
            reader.fault("empty-text", "the reference answer is empty", "reference_answer")
        return reference
    if not isinstance(value, dict):
        message = f"the value is {KINDS.get(type(value))}; it must be text or an object"
        reader.fault("wrong-type", message, "reference_answer")
        return None
    if not value:
        reader.fault("empty-text", "the reference answer is empty", "reference_answer")
    return _as_json(value, reader)


def _as_json(value: dict[str, Any], reader: FieldReader) -> str | None:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        reader.fault("invalid-json", "objects or lists are nested too deeply")
        return None
