"""No JSON, of whatever shape, breaks the reading of records; none of it is quoted."""

import json
from typing import Any, get_args

import pytest
from dataset_builders import HAIKU, NO_SPLIT, NOVA, TITAN, recipe_for
from format_strategies import SECRET, objects, values
from hypothesis import example, given
from hypothesis import strategies as st
from test_formats_round_trips import KINDS

from tunedrop.dataset.findings import Fault
from tunedrop.dataset.formats import Format, detect, read_record, write
from tunedrop.dataset.reading import FieldReader, parse_line
from tunedrop.dataset.target import Target

TARGETS = [
    Target.of(recipe_for(model, method=method, data=NO_SPLIT))
    for model, method in (
        (NOVA, "instruction_tuning"),
        (HAIKU, "instruction_tuning"),
        (TITAN, "instruction_tuning"),
        (TITAN, "continued_pre_training"),
        ("amazon.nova-2-lite-v1:0:256k", "instruction_tuning"),
        ("meta.llama3-2-11b-instruct-v1:0:128k", "instruction_tuning"),
        ("amazon.titan-embed-image-v1:0", "instruction_tuning"),
        ("openai.gpt-oss-20b", "reinforcement"),
    )
]


def faults_of(value: dict[str, Any], format_: Format, target: Target) -> list[Fault]:
    """Everything that is found; what has no error is written, too."""
    reader = FieldReader(target.text_faults)
    record = read_record(format_, value, reader)
    if record is None:
        assert reader.failed
        return reader.faults
    faults = [*reader.faults, *target.faults(record, format_)]
    if not any(fault.is_error for fault in faults):
        assert json.loads(write(record, target.format))
    return faults


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """A good record in which one value, however deep, is another one."""
    format_ = draw(st.sampled_from(sorted(KINDS)))
    line = json.loads(write(draw(KINDS[format_]), format_))
    place = line
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return line
        key = draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or draw(st.booleans()):
            place[key] = draw(values)
            return line
        place = place[key]


@pytest.mark.parametrize("format_", get_args(Format))
@given(value=objects | damaged(), target=st.sampled_from(TARGETS))
@example(value={"reference_answer": {"n": 10**30}, "messages": []}, target=TARGETS[-1])
@example(value={"messages": [{"role": "user", "content": [[]]}]}, target=TARGETS[0])
def test_any_object_is_read_or_refused(
    format_: Format, value: dict[str, Any], target: Target
) -> None:
    for fault in faults_of(value, format_, target):
        assert SECRET not in f"{fault.message} {fault.field}"


@given(value=objects | damaged())
def test_any_object_has_a_format_or_none(value: dict[str, Any]) -> None:
    assert detect(value) in (None, *get_args(Format))


@given(line=st.binary(max_size=60) | objects.map(lambda value: json.dumps(value).encode()))
@example(line=b'{"prompt": 1e999}')
@example(line=b'{"a":' * 100_000)
@example(line=b'{"a":' + b"[" * 990 + b"]" * 990 + b"}")
@example(line=b'{"a": ' + b"9" * 5000 + b"}")
@example(line=b'{"a": "\\ud800"}')
@example(line=b'{"\\udfff": {"\\udfff": "\\ud800"}}')
def test_any_line_is_parsed_or_refused(line: bytes) -> None:
    reader = FieldReader()
    value = parse_line(line, ends_file=False, reader=reader)
    assert value is not None or reader.failed


def test_reinforcement_prompt_keeps_numbers_beyond_64_bits() -> None:
    line = {"messages": [{"role": "user", "content": "?"}], "reference_answer": {"n": 10**30}}
    reader = FieldReader()
    record = read_record("reinforcement", line, reader)
    assert record is not None
    assert json.loads(write(record, "reinforcement")) == line


def test_faults_of_one_record_are_capped_but_never_the_first_error() -> None:
    reader = FieldReader()
    unknown = {f"field_{letter}{n}": 1 for letter in "ab" for n in range(1000)}
    read_record("prompt-completion", {**unknown, "prompt": 1, "completion": 1}, reader)
    assert reader.failed
    assert len(reader.faults) <= 1001
