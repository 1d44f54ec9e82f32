"""Checking and preparing a dataset reckon with the same tokens: people see both figures."""

import io
from pathlib import Path

import pytest

from tests.unit.dataset.dataset_builders import recipe_for
from tunedrop.dataset import splits
from tunedrop.dataset.lines import local_file
from tunedrop.dataset.preparation import prepare
from tunedrop.dataset.validation import validate

SAMPLES = Path(__file__).resolve().parents[3] / "samples"


class Kept(io.BytesIO):
    """Bytes that nobody asks for."""


def figures(file: Path, fast: bool) -> tuple[int, int]:
    recipe, sources = recipe_for(), {"train": [local_file(file)]}
    report = validate(sources, recipe, fast=fast)
    prepared = prepare(sources, recipe, report, lambda _: Kept())
    return report.training_tokens, prepared.training_tokens


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.jsonl")), ids=lambda file: file.stem)
def test_the_tokens_to_train_on_are_those_that_are_uploaded(sample: Path, fast: bool) -> None:
    checked, uploaded = figures(sample, fast)
    assert checked == uploaded


def test_the_first_records_stand_for_the_rest_of_a_large_dataset(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(splits, "_KEPT_KEYS", 60)
    checked, uploaded = figures(SAMPLES / "support-summaries.jsonl", fast=False)
    assert checked != uploaded
    assert checked == pytest.approx(uploaded, rel=0.1)
