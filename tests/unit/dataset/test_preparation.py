"""Preparation: everything accounted for, in the base model's format, the same every time."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from dataset_builders import (
    HAIKU,
    NO_SPLIT,
    NOVA,
    TITAN,
    chat,
    file_of,
    jsonl,
    pair,
    pairs,
    recipe_for,
)
from prepared import MemoryOutput, prepared_files

from tunedrop.catalog import all_models
from tunedrop.catalog.models import Customization
from tunedrop.dataset.preparation import prepare
from tunedrop.dataset.validation import validate
from tunedrop.errors import InvalidInputError

SIDES = ("train", "validation", "test")


RECORDS: dict[str, Callable[[int], dict[str, Any]]] = {
    "continued-pre-training": lambda number: {"input": f"Chapter {number}."},
    "image-caption": lambda number: {
        "image-ref": f"s3://bucket/{number}.png",
        "caption": f"Plate {number}",
    },
    "reinforcement": lambda number: {
        "messages": [{"role": "user", "content": f"{number} + 1?"}],
        "reference_answer": f"{number + 1}",
    },
}
CUSTOMIZATIONS = [(model.id, each) for model in all_models() for each in model.customizations]


@pytest.mark.parametrize(
    ("model", "customization"),
    CUSTOMIZATIONS,
    ids=[f"{model} {each.methods[0]}" for model, each in CUSTOMIZATIONS],
)
def test_what_is_written_is_clean_for_its_base_model(
    model: str, customization: Customization
) -> None:
    wanted = customization.dataset_format
    recipe = recipe_for(model, method=customization.methods[0])
    data = jsonl(map(RECORDS.get(wanted, pair), range(1500)))
    written, _ = prepared_files(data, recipe)
    files: Any = {name.removesuffix(".jsonl"): [file_of(written[name])] for name in written}
    report = validate(files, recipe)
    assert report.fit
    assert report.counts == {}
    assert {each.format for each in report.files} == {wanted}
    assert sum(written[name].count(b"\n") for name in written) == 1500


@pytest.mark.parametrize("model", [NOVA, HAIKU, TITAN])
def test_counts_are_those_that_validation_foretold(model: str) -> None:
    recipe = recipe_for(model)
    report = validate({"train": [file_of(pairs(333))]}, recipe)
    _, prepared = prepared_files(pairs(333), recipe)
    assert prepared.train.records == report.records.train
    assert prepared.validation.records == report.records.validation
    assert prepared.test.records == report.records.test


def test_facts_are_those_of_the_bytes_written() -> None:
    written, prepared = prepared_files(pairs(50), recipe_for())
    train = written["train.jsonl"]
    assert prepared.train.bytes == len(train)
    assert prepared.train.sha256 == hashlib.sha256(train).hexdigest()
    assert prepared.train.records == len(train.splitlines())


def test_same_input_gives_the_same_bytes() -> None:
    assert prepared_files(pairs(50), recipe_for()) == prepared_files(pairs(50), recipe_for())


def test_rejected_records_are_kept_with_line_and_reason() -> None:
    data = pairs(20) + jsonl([{"prompt": "only"}]) + pairs(3)
    recipe = recipe_for(data={**NO_SPLIT, "rejected_share": 0.1})
    written, prepared = prepared_files(data, recipe)
    account = json.loads(written["rejected.jsonl"])
    assert prepared.rejected.records == 1
    assert (account["file"], account["line"]) == ("data.jsonl", 21)
    assert account["reasons"][0]["code"] == "missing-field"
    assert json.loads(account["record"]) == {"prompt": "only"}


def test_file_without_records_is_not_opened() -> None:
    written, prepared = prepared_files(pairs(20), recipe_for(data=NO_SPLIT))
    assert set(written) == {"train.jsonl"}
    assert prepared.test.records == 0


def test_mendable_faults_are_mended() -> None:
    data = (
        b"\xef\xbb\xbf"
        + pairs(10).replace(b"\n", b"\r\n")
        + b"\r\n"
        + jsonl([{**pair(50), "id": 3}])
    )
    written, _ = prepared_files(data, recipe_for(TITAN, data=NO_SPLIT))
    expected = [pair(number) for number in (*range(10), 50)]
    found = [json.loads(line) for line in written["train.jsonl"].splitlines()]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_named_files_keep_their_roles() -> None:
    files: Any = {
        "train": [file_of(pairs(20), "a.jsonl"), file_of(jsonl([pair(77)]), "b.jsonl")],
        "test": [file_of(jsonl([chat("one", "two")]), "t.jsonl")],
    }
    recipe = recipe_for(TITAN, data={"validation_share": 0})
    outputs: dict[str, MemoryOutput] = {}
    report = validate(files, recipe)
    prepared = prepare(files, recipe, report, lambda name: outputs.setdefault(name, MemoryOutput()))
    assert (prepared.train.records, prepared.test.records) == (21, 1)
    assert json.loads(outputs["test.jsonl"].getvalue()) == {"prompt": "one", "completion": "two"}


def test_other_bytes_than_the_validated_ones_are_refused() -> None:
    recipe = recipe_for()
    report = validate({"train": [file_of(pairs(20))]}, recipe)
    with pytest.raises(InvalidInputError, match="is not the file that was validated"):
        prepare({"train": [file_of(pairs(21))]}, recipe, report, lambda _: MemoryOutput())
