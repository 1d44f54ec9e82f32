"""`tunedrop check --base-model`: a dataset against a base model, without a recipe."""

import json
from pathlib import Path

import pytest

from tunedrop.catalog import BaseModel, all_models
from tunedrop.cli import main
from tunedrop.cli.durations import durations, usual_duration
from tunedrop.cli.main import COULD_NOT_RUN

SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "support-summaries.jsonl"
NOVA = "amazon.nova-micro-v1:0:128k"


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    main(["check", str(SAMPLE), "--json", *arguments])
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("model", all_models(), ids=lambda model: model.id)
def test_every_base_model_can_be_checked_against(
    model: BaseModel, capsys: pytest.CaptureFixture[str]
) -> None:
    for method in model.methods:
        found = checked(capsys, "--base-model", model.id, "--method", method)
        assert found["base_model"] == model.id
        assert found["usual_duration"]


def test_instruction_tuning_is_meant_where_no_method_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", str(SAMPLE), "--base-model", NOVA]) == 0
    assert f"Fit for {NOVA} (instruction_tuning): 0 errors" in capsys.readouterr().out


def test_a_retired_base_model_is_checked_against_and_called_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    retired = next(each for each in all_models() if not each.lifecycle.takes_jobs)
    main(["check", str(SAMPLE), "--base-model", retired.id])
    assert f"Note       {retired.name} takes no new customization jobs" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--base-model", "amazon.nova-mikro-v1:0:128k"), f'Did you mean "{NOVA}"?'),
        (
            ("--base-model", NOVA, "--method", "guessing"),
            '"guessing" is no method; Nova Micro offers instruction_tuning, domain_adaptation, ',
        ),
        (
            ("--base-model", NOVA, "--method", "reinforcement"),
            '"reinforcement" is not offered by Nova Micro',
        ),
        (("--recipe", "a", "--method", "instruction_tuning"), "--method goes with --base-model"),
    ],
)
def test_what_cannot_be_checked_against_is_told(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(SAMPLE), *arguments]) == COULD_NOT_RUN
    assert told in capsys.readouterr().err


def test_media_beside_a_dataset_are_looked_at_and_those_in_s3_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [
        {"image-ref": "images/a.png", "caption": "text in place of an image"},
        {"image-ref": "images/b.png", "caption": "nowhere"},
        {"image-ref": "s3://a-bucket/c.png", "caption": "in S3"},
    ]
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_text("text")
    lines = (f"{json.dumps(each)}\n" for each in records)
    (tmp_path / "train.jsonl").write_text("".join(lines))
    main(["check", str(tmp_path), "--base-model", "amazon.nova-canvas-v1:0", "--json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    told = {each["line"]: each["code"] for each in found if each["line"]}
    assert told == {1: "media-format", 2: "media-not-found", 3: "media-not-looked-at"}


def test_retired_base_models_are_marked_where_all_are_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["check", str(SAMPLE), "--base-model", "nobody.model"])
    listed = capsys.readouterr().err.partition("It knows: ")[2].strip().rstrip(".").split(", ")
    marked = {each.id for each in all_models() if f"{each.id} (retired)" in listed}
    assert marked == {each.id for each in all_models() if not each.lifecycle.takes_jobs}


@pytest.mark.parametrize("given", ["Nova Micro", "nova micro", "amazon.nova-micro-v1:0"])
def test_a_base_model_that_is_nearly_named_is_suggested(
    capsys: pytest.CaptureFixture[str], given: str
) -> None:
    main(["check", str(SAMPLE), "--base-model", given])
    assert 'Did you mean "amazon.nova-micro-v1:0:128k"?' in capsys.readouterr().err


def test_durations_name_their_source_and_models_of_the_catalog() -> None:
    known = durations()
    assert all(each.takes and each.source for each in known.seen)
    named = [model for each in known.seen for model in each.base_models]
    assert set(named) <= {model.id for model in all_models()}
    assert len(named) == len(set(named))


def test_a_base_model_that_nobody_has_timed_takes_what_bedrock_says() -> None:
    assert usual_duration("nobody.model").startswith("several hours (Amazon Bedrock User Guide)")
