"""Nothing in any input breaks validation or preparation, and both of its paths agree."""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest
from dataset_builders import (
    HAIKU,
    NOVA,
    TITAN,
    chat,
    file_of,
    recipe_for,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tunedrop.dataset.lines import MAX_LINE_BYTES, SourceFile
from tunedrop.dataset.preparation import prepare
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.splits import Side
from tunedrop.dataset.validation import validate
from tunedrop.recipe import Recipe

EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None
)

RECIPES = {
    "pairs": recipe_for(TITAN),
    "messages": recipe_for(HAIKU),
    "conversations": recipe_for(NOVA),
    "images": recipe_for("amazon.nova-lite-v1:0:300k"),
    "captions": recipe_for("amazon.nova-canvas-v1:0"),
    "embeddings": recipe_for("amazon.titan-embed-image-v1:0"),
    "passages": recipe_for(TITAN, method="continued_pre_training"),
    "reinforcement": recipe_for("openai.gpt-oss-20b", method="reinforcement"),
}

RECORDS: list[dict[str, Any]] = [
    {"prompt": "Why?", "completion": "Because."},
    {"input": "All of it."},
    chat("one", "two", system="Be plain."),
    {"messages": [{"role": "system", "content": "Be."}, *chat("one", "two")["messages"]]},
    {
        "schemaVersion": "bedrock-conversation-2024",
        "system": [{"text": "Be plain."}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"text": "one"},
                    {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://b/i.png"}}}},
                ],
            },
            {"role": "assistant", "content": [{"text": "two"}]},
        ],
    },
    {
        "schemaVersion": "bedrock-conversation-2024",
        "messages": [
            {"role": "user", "content": [{"text": "one"}]},
            {"role": "assistant", "content": [{"text": "two"}]},
        ],
    },
    {"image-ref": "s3://b/i.png", "caption": "A plate."},
    {"messages": [{"role": "user", "content": "1 + 1?"}], "reference_answer": {"answer": 2}},
]
LINES = [json.dumps(record).encode() for record in RECORDS]

ODD_TEXTS = ["", " ", "\n", "User:", "\nHuman:", "\x00", "\x7f", "\ud800", "\xc3\xa9", "\ufffd"]
TEXTS = some.text(alphabet=some.characters(exclude_categories=())) | some.sampled_from(
    [*ODD_TEXTS, '"', "\\", "{}\n{}"]
)
KEYS = some.sampled_from(
    [
        *("prompt", "completion", "input", "messages", "system", "role", "content", "text"),
        *("schemaVersion", "image-ref", "caption", "reference_answer", "reasoningContent"),
        *("image", "video", "format", "source", "s3Location", "uri"),
    ]
)
VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.sampled_from(["user", "assistant", "system", "bedrock-conversation-2024"])
    | TEXTS,
    lambda inner: (
        some.lists(inner, max_size=4) | some.dictionaries(KEYS | TEXTS, inner, max_size=4)
    ),
    max_leaves=12,
)
ODD_LINES = some.sampled_from(
    [
        b"",
        b"\r",
        b"\xef\xbb\xbf",
        b"\xff\xfe{",
        b"[" * 100_000,
        b'{"messages":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"prompt": 1' + b"0" * 5_000 + b', "completion": 1e999}',
        b'{"prompt": "\\ud800", "completion": "\\udc00\\ud800"}',
        b'{"prompt": "a", "prompt": "b", "completion": "c"}',
        b'{"prompt": NaN, "completion": -Infinity}',
        b'{"\\u0070rompt": "a", "completion": "b\\u0022"}',
        b'{"prompt": "a", "completion": "b"} {"prompt": "a", "completion": "b"}',
        b"\xed\xa0\x80",
    ]
)


@some.composite
def damaged_lines(draw: some.DrawFn) -> bytes:
    """A record's line in which a few bytes are others."""
    line = draw(some.sampled_from(LINES))
    at = draw(some.integers(0, len(line)))
    inserted = draw(some.binary(max_size=3) | some.sampled_from([b'"', b"\\u00", b"\r", b'"x":1,']))
    return line[:at] + inserted + line[at + draw(some.integers(0, 4)) :]


@some.composite
def datasets(draw: some.DrawFn) -> bytes:
    """Mostly records of one format, and among them whatever may come."""
    plain = draw(some.sampled_from(LINES))
    strange = (
        some.sampled_from(LINES)
        | some.binary(max_size=40)
        | some.builds(lambda value: json.dumps(value).encode(), VALUES)
        | some.dictionaries(KEYS, VALUES, max_size=4).map(lambda value: json.dumps(value).encode())
        | damaged_lines()
        | ODD_LINES
    )
    lines = draw(some.lists(some.just(plain) | strange, max_size=12))
    end = draw(some.sampled_from([b"\n", b"\n", b"\r\n"]))
    return end.join([plain, *lines]) + draw(some.sampled_from([b"", end]))


def both_paths(data: bytes, recipe: Recipe) -> ValidationReport:
    files: Mapping[Side, Sequence[SourceFile]] = {"train": [file_of(data)]}
    report = validate(files, recipe)
    assert report == validate(files, recipe, fast=False)
    return report


@pytest.mark.parametrize("kind", RECIPES)
@EXAMPLES
@given(data=datasets())
def test_any_lines_are_judged_alike_by_both_paths_and_accounted_for(kind: str, data: bytes) -> None:
    recipe = RECIPES[kind]
    report = both_paths(data, recipe)
    written: list[io.BytesIO] = []

    def open_output(_: str) -> io.BytesIO:
        written.append(_Kept())
        return written[-1]

    prepared = prepare({"train": [file_of(data)]}, recipe, report, open_output)
    assert prepared.rejected.records == report.records.rejected
    usable = report.records.train + report.records.validation + report.records.test
    assert prepared.train.records + prepared.validation.records + prepared.test.records == usable
    assert sum(each.getvalue().count(b"\n") for each in written) == usable + report.records.rejected


class _Kept(io.BytesIO):
    def close(self) -> None:
        pass


@EXAMPLES
@given(data=some.binary(max_size=3000), cut=some.integers(1, 100))
def test_any_bytes_are_judged_alike_however_they_arrive(data: bytes, cut: int) -> None:
    files: Mapping[Side, Sequence[SourceFile]] = {"train": [file_of(data, cut=cut)]}
    assert validate(files, RECIPES["conversations"]) == both_paths(data, RECIPES["conversations"])


@EXAMPLES
@given(texts=some.lists(TEXTS, min_size=2, max_size=6), ascii_only=some.booleans())
@pytest.mark.parametrize("kind", ["pairs", "messages", "conversations", "passages"])
def test_any_texts_are_judged_alike_by_both_paths(
    kind: str, texts: list[str], ascii_only: bool
) -> None:
    records: list[dict[str, Any]] = {
        "pairs": [{"prompt": texts[0], "completion": texts[1]}],
        "messages": [chat(*texts), chat(*texts[:2], system=texts[-1])],
        "conversations": [
            {
                "schemaVersion": "bedrock-conversation-2024",
                "messages": [
                    {"role": turn["role"], "content": [{"text": turn["content"]}]}
                    for turn in chat(*texts)["messages"]
                ],
            }
        ],
        "passages": [{"input": each} for each in texts],
    }[kind]
    written = "".join(json.dumps(each, ensure_ascii=ascii_only) + "\n" for each in records)
    both_paths(written.encode(errors="surrogatepass"), RECIPES[kind])


def endless_line(megabytes: int) -> Iterable[bytes]:
    """One line that is made as it is read."""
    yield b'{"prompt": "one", "completion": "two"}\n{"prompt": "'
    piece = b"x" * (1 << 20)
    for _ in range(megabytes):
        yield piece
    yield b'", "completion": "two"}\n{"prompt": "three", "completion": "four"}\n'


def test_a_line_of_a_gigabyte_is_one_finding() -> None:
    source = SourceFile(name="data.jsonl", chunks=lambda: endless_line(1024))
    report = validate({"train": [source]}, RECIPES["pairs"], fingerprint=False)
    assert report.counts["line-too-long"] == 1
    assert [each.line for each in report.findings if each.code == "line-too-long"] == [2]
    assert report.files[0].bytes > 1 << 30
    assert report.files[0].records == 2
    assert MAX_LINE_BYTES < 1 << 30
