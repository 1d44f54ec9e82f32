"""Text formats: told apart, and converted without loss where the target can say it."""

import json
from typing import Any

import pytest
from dataset_builders import chat

from tunedrop.dataset.formats import Format, detect, parse, write
from tunedrop.dataset.records import Record, Turn
from tunedrop.errors import InvalidInputError

RECORD = Record("Be plain.", (Turn("user", "one"), Turn("assistant", "two")))
BEDROCK = {
    "schemaVersion": "bedrock-conversation-2024",
    "system": [{"text": "Be plain."}],
    "messages": [
        {"role": "user", "content": [{"text": "one"}]},
        {"role": "assistant", "content": [{"text": "two"}]},
    ],
}
OPENAI = {"messages": [{"role": "system", "content": "Be plain."}, *chat("one", "two")["messages"]]}


@pytest.mark.parametrize(
    ("record", "format_"),
    [
        ({"prompt": "one", "completion": "two"}, "prompt-completion"),
        ({"prompt": "one"}, "prompt-completion"),
        (chat("one", "two", system="Be plain."), "anthropic-messages"),
        (chat("one", "two"), "anthropic-messages"),
        (OPENAI, "openai-chat"),
        (BEDROCK, "bedrock-conversation-2024"),
        ({key: BEDROCK[key] for key in ("messages",)}, "bedrock-conversation-2024"),
        ({"input": "one"}, "continued-pre-training"),
        ({"input": "one", "output": "two"}, None),
        ({"image-ref": "s3://pictures/a.png", "caption": "one"}, "image-caption"),
        ({**chat("one"), "reference_answer": "two"}, "reinforcement"),
        ({"messages": "one"}, "anthropic-messages"),
    ],
)
def test_format_is_told_by_the_fields(record: dict[str, Any], format_: Format | None) -> None:
    assert detect(record) == format_


@pytest.mark.parametrize(
    ("format_", "record"),
    [
        ("anthropic-messages", chat("one", "two", system="Be plain.")),
        ("openai-chat", OPENAI),
        ("bedrock-conversation-2024", BEDROCK),
    ],
)
def test_every_chat_format_says_the_same_record(format_: Format, record: dict[str, Any]) -> None:
    assert parse(format_, record) == RECORD


def test_developer_message_is_a_system_prompt() -> None:
    record = json.loads(json.dumps(OPENAI).replace('"system"', '"developer"'))
    assert parse("openai-chat", record) == RECORD


def test_typed_blocks_of_text_are_read() -> None:
    record = json.loads(json.dumps(OPENAI).replace('"one"', '[{"type": "text", "text": "one"}]'))
    assert parse("openai-chat", record) == RECORD


@pytest.mark.parametrize("format_", ["anthropic-messages", "bedrock-conversation-2024"])
def test_what_is_written_reads_back_as_it_was(format_: Any) -> None:
    assert parse(format_, json.loads(write(RECORD, format_))) == RECORD


def test_written_record_is_one_line_in_the_documented_shape() -> None:
    line = write(RECORD, "bedrock-conversation-2024")
    assert json.loads(line) == BEDROCK
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1


def test_system_prompt_goes_before_the_prompt_where_there_is_no_place_for_it() -> None:
    written = json.loads(write(RECORD, "prompt-completion"))
    assert written == {"prompt": "Be plain.\n\none", "completion": "two"}


def test_record_without_system_prompt_writes_none() -> None:
    plain = Record(None, RECORD.turns)
    assert "system" not in json.loads(write(plain, "anthropic-messages"))
    assert json.loads(write(plain, "prompt-completion"))["prompt"] == "one"


def test_faulty_record_is_refused_by_field() -> None:
    with pytest.raises(InvalidInputError, match=r"^completion: "):
        parse("prompt-completion", {"prompt": "one"})
