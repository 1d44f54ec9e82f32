"""`tunedrop models`: every base model, wide or narrow, for people and for machines."""

import json
import subprocess
import sys

import pytest

from tunedrop.catalog import METHODS, all_models, catalog, offering, wording
from tunedrop.catalog.models import BaseModel
from tunedrop.cli import columns, terminal
from tunedrop.cli.main import main

NOVA = "amazon.nova-lite-v1:0:300k"
ACTIVE = [model for model in all_models() if model.lifecycle.takes_jobs]
RETIRED = [model for model in all_models() if not model.lifecycle.takes_jobs]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["models"]) == 0
    return capsys.readouterr().out


def terminal_of(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", str(width))


def test_active_models_come_first_with_all_that_one_chooses_by(printed: str) -> None:
    first, _, rest = printed.partition("Retired")
    assert all(model.id in first for model in ACTIVE)
    assert all(model.id in rest for model in RETIRED)
    line = next(line for line in first.splitlines() if line.startswith(NOVA))
    words = "instruction_tuning bedrock-conversation-2024 us-east-1 open on_demand"
    assert [word for word in words.split() if word not in line] == []
    assert "108.15 USD an hour" in first


def test_retired_models_show_their_dates(printed: str) -> None:
    for model in RETIRED:
        line = next(line for line in printed.splitlines() if line.startswith(model.id))
        assert line.endswith(f"end {model.lifecycle.end_of_life_date}")
        assert f"Legacy {model.lifecycle.legacy_date or ''}".strip() in line


def test_what_nobody_offers_is_told_with_its_substitute(printed: str) -> None:
    assert "No model takes continued_pre_training jobs now; the substitute is supervised" in printed
    assert "Datasets for reinforcement are checked; runs with it are not served yet." in printed


def test_what_nobody_offers_follows_from_the_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = {method for method in METHODS if not offering(method)}
    assert nobody == {"continued_pre_training"}
    monkeypatch.setattr(wording, "is_offered", lambda method: method != "transfer_learning")
    assert list(wording.nobody_offers()) == ["No model takes transfer_learning jobs now."]


@pytest.mark.parametrize("width", [80, 140])
def test_no_line_is_wider_than_the_terminal(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(columns, "coloured", lambda text, colour: text)
    terminal_of(width, monkeypatch)
    main(["models"])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    assert ("REGIONS" in lines[0]) == (width == 140)


def test_one_json_object_tells_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["facts_as_of"] == catalog().facts_as_of
    assert [each["method"] for each in told["not_offered"]] == ["continued_pre_training"]
    takes = {each["id"]: each["takes_jobs"] for each in told["models"]}
    assert takes == {model.id: model.lifecycle.takes_jobs for model in all_models()}


def test_one_model_as_json_is_its_entry(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", NOVA, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["id"], told["takes_jobs"]) == (NOVA, True)
    assert told["customizations"][0]["limits"]["records_quota_code"] == "L-031F46A7"


@pytest.mark.parametrize("model", all_models(), ids=lambda model: model.id)
def test_every_model_is_told_in_detail(
    model: BaseModel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", model.id]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"{model.name} by {model.provider}: {model.id}\n")
    assert model.inference_id in told
    for how in model.customizations:
        assert [h.bedrock_key for h in how.hyperparameters if not h.name] == [
            h.bedrock_key for h in how.hyperparameters if f"bedrock.{h.bedrock_key}:" in told
        ]
        assert [each.range for each in how.hyperparameters if each.range not in told] == []
    assert [fact.source for fact in model.facts if fact.source not in told] == []


def test_details_of_a_model_with_images_and_quotas(capsys: pytest.CaptureFixture[str]) -> None:
    main(["models", "meta.llama3-2-90b-instruct-v1:0:128k"])
    told = capsys.readouterr().out
    for words in (
        "takes no new jobs: Legacy, end of life 2026-07-07",
        "us.meta.llama3-2-90b-instruct-v1:0 (inference profile)",
        "100 to 10,000 records",
        "a record at most 10,000; 4 characters are counted as one",
        "gif or jpeg or png or webp, at most 10 MB, sides of 10 to 8,192 pixels",
        "provisioned (quota L-DEE3A9C7), a model unit and hour: price not known",
        "epochs: 1 to 10 (integer), default 5",
    ):
        assert words in told


def test_unknown_model_is_refused_with_near_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "amazon.nova-lite"]) == 2
    assert 'Did you mean "amazon.nova-lite-v1:0:300k"?' in capsys.readouterr().err


def test_neither_aws_nor_the_cdk_is_imported() -> None:
    heavy = "{'boto3', 'botocore', 'aws_cdk', 'jsii', 'numpy', 'yaml'}"
    code = (
        "import sys; from tunedrop.cli.main import main; main(['models']); "
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
