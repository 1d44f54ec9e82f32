"""Every rule about records in every format that can break it, by small files named by defects.

The folder says which format the base model takes, the name of the file which rule its second
line breaks, and how.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dataset_builders import DEFECTS, HAIKU, NO_SPLIT, NOVA, TITAN, recipe_for

from tunedrop.dataset.lines import local_file
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.rules import RULES
from tunedrop.dataset.validation import validate
from tunedrop.recipe import Recipe

NOVA_LITE = "amazon.nova-lite-v1:0:300k"
NOVA_2 = "amazon.nova-2-lite-v1:0:256k"
LLAMA_VISION = "meta.llama3-2-11b-instruct-v1:0:128k"
TITAN_IMAGE = "amazon.titan-image-generator-v2:0"
TITAN_EMBEDDINGS = "amazon.titan-embed-image-v1:0"
GPT_OSS = "openai.gpt-oss-20b"

BY_FOLDER = {
    "prompt-completion": TITAN,
    "continued-pre-training": TITAN,
    "anthropic-messages": HAIKU,
    "openai-chat": NOVA,
    "bedrock-conversation-2024": NOVA_2,
    "image-caption": TITAN_IMAGE,
    "reinforcement": GPT_OSS,
}
BY_DEFECT = {
    "reasoning-not-taken": NOVA_LITE,
    "media-not-taken": NOVA,
    "media-not-taken.video": LLAMA_VISION,
    "too-many-tokens.images": LLAMA_VISION,
}
METHODS = {
    "continued-pre-training": "continued_pre_training",
    "reinforcement": "reinforcement",
}
FILES = sorted(DEFECTS.glob("*/*.jsonl"))
SIZES = {"too-few-records"}
OF_ALL_LINES = {
    **{path.stem: 3 for path in FILES if path.stem.startswith("other-kind")},
    "mixed-media.in-one-dataset": 0,
}
OWN_WORDS = {"user", "assistant", "system", "text", "image", "png", "mp4", "jpg", "1", "a", "9"}


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def code_of(path: Path) -> str:
    return path.name.split(".")[0]


def recipe_of(path: Path) -> Recipe:
    folder = path.parent.name
    model = BY_FOLDER[folder]
    if folder == "bedrock-conversation-2024":
        model = BY_DEFECT.get(path.stem, model)
    method = METHODS.get(folder, "instruction_tuning")
    return recipe_for(model, method=method, data=NO_SPLIT)


def report_on(path: Path, *, fast: bool = True) -> ValidationReport:
    return validate({"train": [local_file(path)]}, recipe_of(path), fast=fast)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_defect_is_found_under_its_code_and_nothing_else_is(path: Path) -> None:
    found = [each for each in report_on(path).findings if each.code not in SIZES]
    assert {each.code for each in found} == {code_of(path)}
    assert path.stem in OF_ALL_LINES or {each.line for each in found} == {2}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_records_with_errors_are_rejected(path: Path) -> None:
    rejected = 0 if RULES[code_of(path)].severity == "warning" else 1
    assert report_on(path).records.rejected == OF_ALL_LINES.get(path.stem, rejected)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_slow_path_finds_the_same(path: Path) -> None:
    assert report_on(path) == report_on(path, fast=False)


def texts_of(value: Any) -> Iterator[str]:
    """Every text and every key in a record that is not the format's own word."""
    if isinstance(value, str):
        yield from [] if value in OWN_WORDS else [value]
    elif isinstance(value, list):
        yield from (text for each in value for text in texts_of(each))
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in texts_of(each))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_finding_quotes_the_record(path: Path) -> None:
    if code_of(path) == "duplicate-key":
        return
    record = json.loads(path.read_text(encoding="utf-8").splitlines()[1])
    said = " ".join(f"{each.message} {each.field}" for each in report_on(path).findings)
    assert [text for text in texts_of(record) if text.strip() and text in said] == []


def test_every_format_has_files() -> None:
    assert {path.parent.name for path in FILES} == set(BY_FOLDER)
