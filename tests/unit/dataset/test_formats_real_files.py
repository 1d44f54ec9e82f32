"""Datasets that other people published: taken by the models that they were made for.

The files lie beside the repository where somebody put them there; nothing here needs them.
"""

from pathlib import Path

import pytest
from dataset_builders import HAIKU, NO_SPLIT, NOVA, TITAN, recipe_for

from tunedrop.catalog import all_models
from tunedrop.dataset.lines import local_file
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.validation import validate

FOLDER = Path(__file__).parents[4] / "shared" / "datasets"
GSM8K = "gsm8k-299.reinforcement.jsonl"
DIALOGSUM = "dialogsum-1000.prompt-completion.jsonl"
QUESTIONS = "bedrock-qa-85.claude-messages.jsonl"
NOVA_SAMPLES = "nova-samples.conversation.jsonl"
METHODS = [(model.id, each.methods[0]) for model in all_models() for each in model.customizations]
LEARNS_BY = [pair for pair in METHODS if pair[1] == "reinforcement"]
OTHERS = [pair for pair in METHODS if pair[1] != "reinforcement"]


def report_on(name: str, model: str, method: str = "instruction_tuning") -> ValidationReport:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{name} is not on this machine")
    return validate({"train": [local_file(path)]}, recipe_for(model, method=method, data=NO_SPLIT))


@pytest.mark.parametrize(("model", "method"), LEARNS_BY)
def test_prompts_with_answers_suit_reinforcement(model: str, method: str) -> None:
    report = report_on(GSM8K, model, method)
    assert report.fit
    assert report.records.train == 300
    assert report.findings == ()


@pytest.mark.parametrize(("model", "method"), OTHERS)
def test_prompts_with_answers_suit_nothing_else(model: str, method: str) -> None:
    report = report_on(GSM8K, model, method)
    assert report.counts == {"other-kind": 300}
    assert "the record is a prompt with a reference answer" in report.findings[0].message


@pytest.mark.parametrize("model", [TITAN, HAIKU, NOVA])
def test_summaries_suit_every_model_of_texts(model: str) -> None:
    report = report_on(DIALOGSUM, model)
    assert report.fit
    assert report.records.train == 1000


@pytest.mark.parametrize("model", [HAIKU, NOVA])
def test_questions_with_a_system_prompt_suit_models_that_take_one(model: str) -> None:
    report = report_on(QUESTIONS, model)
    assert report.fit
    assert report.findings == ()


def test_system_prompt_is_moved_where_there_is_no_place_for_it() -> None:
    report = report_on(QUESTIONS, TITAN)
    assert report.fit
    assert report.counts == {"system-prompt-moved": report.records.train}


def test_samples_of_nova_are_just_as_many_as_it_needs() -> None:
    assert report_on(NOVA_SAMPLES, NOVA).fit
    assert "too-few-records" in report_on(NOVA_SAMPLES, HAIKU).counts


@pytest.mark.parametrize("name", [DIALOGSUM, QUESTIONS, NOVA_SAMPLES])
def test_dialogues_teach_neither_passages_nor_graders(name: str) -> None:
    for model, method in ((TITAN, "continued_pre_training"), LEARNS_BY[0]):
        report = report_on(name, model, method)
        assert set(report.counts) == {"other-kind"}
        assert "the record is a dialogue" in report.findings[0].message
