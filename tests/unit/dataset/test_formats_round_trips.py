"""What every format can say is said without loss, whichever way it goes; the rest is refused."""

import json
from typing import Any, get_args

import pytest
from format_strategies import (
    captioned,
    dialogues,
    pairs,
    passages,
    prompts,
    reasoned,
    rich_dialogues,
    shown,
)
from hypothesis import given
from hypothesis import strategies as st

from tunedrop.catalog.models import DatasetFormat
from tunedrop.dataset.formats import Format, compatible, detect, parse, write
from tunedrop.dataset.records import AnyRecord, Record, Turn
from tunedrop.errors import InvalidInputError

CHATS: tuple[DatasetFormat, ...] = ("anthropic-messages", "bedrock-conversation-2024")
KINDS: dict[DatasetFormat, Any] = {
    "prompt-completion": pairs,
    "continued-pre-training": passages,
    "anthropic-messages": dialogues,
    "bedrock-conversation-2024": rich_dialogues,
    "image-caption": captioned,
    "reinforcement": prompts,
}


def read_back(record: AnyRecord, format_: DatasetFormat) -> AnyRecord:
    line = json.loads(write(record, format_))
    found = detect(line)
    assert found is not None
    assert compatible(found, format_, line)
    return parse(format_, line)


@pytest.mark.parametrize("format_", KINDS)
@given(data=st.data())
def test_record_is_read_as_it_was_written(format_: DatasetFormat, data: st.DataObject) -> None:
    record = data.draw(KINDS[format_])
    assert read_back(record, format_) == record


def test_every_format_is_drawn() -> None:
    assert set(KINDS) == set(get_args(DatasetFormat))


@given(record=dialogues)
def test_dialogue_goes_through_every_chat_format_without_loss(record: Record) -> None:
    for format_ in CHATS:
        assert read_back(record, format_) == record


@given(record=dialogues)
def test_openai_chat_becomes_every_chat_format_without_loss(record: Record) -> None:
    system = [{"role": "system", "content": record.system}] if record.system else []
    turns = [{"role": turn.role, "content": turn.text} for turn in record.turns]
    read = parse("openai-chat", {"messages": [*system, *turns]})
    assert read == record
    assert all(read_back(read, format_) == record for format_ in CHATS)


@given(record=pairs)
def test_pair_goes_there_and_back_through_every_text_format(record: Record) -> None:
    for format_ in (*CHATS, "prompt-completion"):
        assert read_back(record, format_) == record  # type: ignore[arg-type]


@pytest.mark.parametrize(("target", "source"), [(t, s) for t in KINDS for s in KINDS])
@given(data=st.data())
def test_record_of_another_kind_is_refused_and_not_bent(
    target: DatasetFormat, source: DatasetFormat, data: st.DataObject
) -> None:
    chats = {"prompt-completion", *CHATS}
    if target == source or {target, source} <= chats:
        return
    record = data.draw(KINDS[source])
    with pytest.raises(InvalidInputError, match="the base model learns from"):
        write(record, target)


@pytest.mark.parametrize("format_", ["prompt-completion", "anthropic-messages"])
@given(asked=shown, told=reasoned)
def test_media_and_reasoning_are_never_dropped(
    format_: DatasetFormat, asked: Turn, told: Turn
) -> None:
    plain = Turn("user", "one"), Turn("assistant", "two")
    for turns in ((asked, plain[1]), (plain[0], told)):
        with pytest.raises(InvalidInputError, match=r"ha(s|ve) no place"):
            write(Record(None, turns), format_)


@given(record=dialogues)
def test_conversation_of_several_exchanges_becomes_no_pair(record: Record) -> None:
    if len(record.turns) > 2:
        with pytest.raises(InvalidInputError, match=f"{len(record.turns)} turns"):
            write(record, "prompt-completion")


def test_every_source_format_is_told_by_its_fields() -> None:
    assert set(get_args(Format)) == {*KINDS, "openai-chat"}
