"""Run requests: what they say, and what is refused in words."""

import pytest

from tunedrop.errors import InvalidInputError
from tunedrop.run_request import RunRequest, parse


def test_every_key_is_read() -> None:
    text = (
        "train: [parts/a.jsonl, parts/b.jsonl]\nvalidation: v.jsonl\ntest: t.jsonl\n"
        "hyperparameters: {epochs: 3}\nnote: October tickets\nagain: true\n"
    )
    assert parse(text) == RunRequest(
        train=("parts/a.jsonl", "parts/b.jsonl"),
        validation="v.jsonl",
        test="t.jsonl",
        hyperparameters={"epochs": 3},
        note="October tickets",
        again=True,
    )


def test_one_training_file_needs_no_list() -> None:
    assert parse("train: a.jsonl").train == ("a.jsonl",)


def test_paths_are_those_of_every_role() -> None:
    assert parse("train: a.jsonl\ntest: b.jsonl").paths == ("a.jsonl", "b.jsonl")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it must hold keys and values"),
        ("note: only", "train is missing"),
        ("train: []", "it must be a path, or a list of paths"),
        ("train: a.jsonl\ntests: b.jsonl", 'did you mean "test"?'),
        ("train: ../other/a.jsonl", "must be a path below the recipe's folder"),
        ("train: s3://bucket/a.jsonl", "must be a path below the recipe's folder"),
        ("train: /a.jsonl", "must be a path below the recipe's folder"),
        ("train: a.csv", "must end with .jsonl"),
        ("train: a.jsonl\nvalidation: a.jsonl", "named twice"),
        ("train: a.jsonl\nagain: maybe", "it must be true or false"),
        ("train: a.jsonl\nhyperparameters: 3", "a section such as {epochs: 3}"),
        (f"train: a.jsonl\nnote: {'x' * 501}", "at most 500 characters"),
    ],
)
def test_what_is_wrong_is_named(text: str, message: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse(text, "october.run.yaml")
    assert str(refused.value).startswith("october.run.yaml: ")
    assert message in str(refused.value)
