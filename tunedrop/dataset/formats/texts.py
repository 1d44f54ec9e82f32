"""Pairs and passages: records of one or two plain texts."""

from typing import Any

from tunedrop.dataset.reading import FieldReader
from tunedrop.dataset.records import Passage, Record, Turn


def read_pair(record: dict[str, Any], reader: FieldReader) -> Record | None:
    """A line of prompt-completion."""
    prompt = reader.take_text(record, "prompt")
    completion = reader.take_text(record, "completion")
    reader.refuse_unknown(record, ("prompt", "completion"))
    if prompt is None or completion is None:
        return None
    return Record(None, (Turn("user", prompt), Turn("assistant", completion)))


def read_passage(record: dict[str, Any], reader: FieldReader) -> Passage | None:
    """A line of continued-pre-training."""
    text = reader.take_text(record, "input")
    reader.refuse_unknown(record, ("input",))
    return None if text is None else Passage(text)


def pair_line(record: Record) -> dict[str, Any]:
    """A record of one exchange as prompt and completion; a system prompt goes before the prompt."""
    prompt, completion = (turn.text for turn in record.turns)
    if record.system:
        prompt = f"{record.system}\n\n{prompt}"
    return {"prompt": prompt, "completion": completion}


def passage_line(record: Passage) -> dict[str, Any]:
    """A passage as continued-pre-training names it."""
    return {"input": record.text}
