"""The fast path takes what is clean and nothing else: it and the slow path agree on anything."""

import json
import random
from typing import Any

import pytest
from dataset_builders import HAIKU, NOVA, TITAN, chat, file_of, jsonl, pairs, recipe_for

from tunedrop.dataset.fast import CleanBlock, FastPath
from tunedrop.dataset.formats import SCHEMA_VERSION, Format, parse
from tunedrop.dataset.lines import lines_of
from tunedrop.dataset.target import Target
from tunedrop.dataset.validation import validate
from tunedrop.recipe import Recipe


def conversation(*texts: str, **keys: Any) -> dict[str, Any]:
    roles = ("user", "assistant")
    turns = [{"role": roles[i % 2], "content": [{"text": text}]} for i, text in enumerate(texts)]
    return {"schemaVersion": SCHEMA_VERSION, **keys, "messages": turns}


def openai(system: str, *texts: str) -> dict[str, Any]:
    turns = chat(*texts)["messages"]
    return {"messages": [{"role": "system", "content": system}, *turns]}


CLEAN: dict[Format, dict[str, Any]] = {
    "prompt-completion": {"prompt": 'Whose "naïveté" — Łódź?', "completion": "Ici.\n"},
    "anthropic-messages": chat("one", "two", "three", "four", system="Be plain."),
    "openai-chat": openai("Be plain.", "one", "two"),
    "bedrock-conversation-2024": conversation("one", "two", system=[{"text": "Be plain."}]),
    "continued-pre-training": {"input": 'All of it, "naïve" or not — in Łódź.'},
}


def recipe_of(format_: Format, model: str) -> Recipe:
    if format_ == "continued-pre-training":
        return recipe_for(TITAN, method="continued_pre_training")
    return recipe_for(model)


def taken(format_: Format, data: bytes) -> CleanBlock | None:
    path = FastPath.of(format_, Target.of(recipe_of(format_, NOVA)))
    assert path is not None
    return path.clean(data, lines_of(data), 1)


@pytest.mark.parametrize("format_", CLEAN)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_clean_block_of_every_format_is_taken_whole(format_: Format, ascii_only: bool) -> None:
    line = json.dumps(CLEAN[format_], ensure_ascii=ascii_only).encode() + b"\n"
    block = taken(format_, line * 3)
    assert block is not None
    assert len(block.rows) == 3
    assert [row.record() for row in block.rows] == [parse(format_, CLEAN[format_])] * 3


@pytest.mark.parametrize("model", [NOVA, HAIKU, TITAN])
@pytest.mark.parametrize("format_", CLEAN)
def test_both_paths_reckon_the_same(format_: Format, model: str) -> None:
    files = {"train": [file_of(jsonl([CLEAN[format_]] * 40))]}
    recipe = recipe_of(format_, model)
    assert validate(files, recipe) == validate(files, recipe, fast=False)


NOISE = [
    b"\\",
    b'"',
    b"\n",
    b"\r\n",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b" ",
    b"\x00",
    b"\xff",
    b"\\u0000",
    b"\\ud800",
    b"\\u0042ot:",
    b"Bot:",
    b"NaN",
    b"null",
    b"1e999",
    b'"prompt"',
    b'"system"',
    b'"role":',
    b'"user"',
    b'"text"',
    b"\\b",
    b"\x7f",
    b"\xc3\xa9",
    b"}\n{",
    b'"":1,',
]


def mutated(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data))
        length = rng.choice((0, 0, 1, 1, 5, 30))
        piece = rng.choice((rng.choice(NOISE), data[at : at + 20], b""))
        data = data[:at] + piece + data[at + length :]
    return data


@pytest.mark.parametrize("model", [NOVA, TITAN])
@pytest.mark.parametrize("format_", CLEAN)
def test_both_paths_agree_on_damaged_files(format_: Format, model: str) -> None:
    rng = random.Random(f"{format_} {model}")
    clean = jsonl([CLEAN[format_]] * 12) + pairs(1 if format_ == "prompt-completion" else 0)
    recipe = recipe_of(format_, model)
    for _ in range(250):
        data = mutated(clean, rng)
        files = {"train": [file_of(data)]}
        assert validate(files, recipe) == validate(files, recipe, fast=False), data
