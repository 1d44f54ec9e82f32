"""`tunedrop check`: the service's own checks on this machine, without AWS."""

import json
from pathlib import Path

import pytest

from tunedrop.cli import main
from tunedrop.cli.main import COULD_NOT_RUN

ROOT = Path(__file__).resolve().parents[3]
RECIPE = ROOT / "recipes" / "support-summaries.yaml"
SAMPLE = ROOT / "samples" / "support-summaries.jsonl"


def check(*arguments: object) -> int:
    return main(["check", *map(str, arguments)])


def test_the_sample_is_fit_for_its_recipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(SAMPLE, "--recipe", RECIPE) == 0
    out = capsys.readouterr().out
    assert "Fit for amazon.nova-micro-v1:0:128k (support-summaries): 0 errors" in out
    assert "Cost       about 0.07 US dollars for training: " in out
    assert "Duration   1 to 2 hours for 5,000 records (AWS blog); a rough figure" in out


def test_a_broken_dataset_is_told_line_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text(SAMPLE.read_text() + '{"prompt": "why"}\n')
    assert check(broken, "--recipe", RECIPE) == 1
    out = capsys.readouterr().out
    assert "line 221" in out
    assert "Not fit for" in out


def test_the_report_is_json_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(SAMPLE, "--recipe", RECIPE, "--json") == 0
    assert json.loads(capsys.readouterr().out)["fit"] is True


def test_a_recipe_is_found_by_its_name_in_recipes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert check(SAMPLE, "--recipe", "support-summaries") == 0


def test_a_recipe_file_that_is_not_there_is_told_by_its_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert check(SAMPLE, "--recipe", "nowhere.yaml") == COULD_NOT_RUN
    assert capsys.readouterr().err == "tunedrop: There is no recipe file nowhere.yaml.\n"


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ("train: parts/a.jsonl", 0, "october.run.yaml is a run request that support-summaries"),
        ("train: parts/a.jsonl\nhyperparameters: {epochs: 99}", 1, "Nova Micro takes 1 to 5"),
        ("train: parts/a.jsonl\nfoo: 1", 1, "foo is not a known key"),
        ("train: [", 1, "this is not YAML"),
    ],
)
def test_a_run_request_is_checked_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, status: int, told: str
) -> None:
    request = tmp_path / "october.run.yaml"
    request.write_text(text)
    assert check(request, "--recipe", RECIPE) == status
    assert told in capsys.readouterr().out


def test_a_file_that_could_start_no_run_is_not_called_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named_wrongly = tmp_path / "records.csv"
    named_wrongly.write_bytes(SAMPLE.read_bytes())
    assert check(named_wrongly, "--recipe", RECIPE) == COULD_NOT_RUN
    assert "records.csv is not a dataset" in capsys.readouterr().err


def test_nothing_is_estimated_where_no_record_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    assert check(empty, "--recipe", RECIPE) == 1
    assert capsys.readouterr().out.endswith(": 1 error, 0 warnings.\n")


def test_a_wrong_endpoint_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost:4566")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert main(["runs", "support-summaries"]) == COULD_NOT_RUN
    assert "cannot be looked up: Invalid endpoint: localhost:4566." in capsys.readouterr().err


def test_an_unknown_command_is_answered_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["tune"])
    assert stopped.value.code == COULD_NOT_RUN
    assert "submit" in capsys.readouterr().err
