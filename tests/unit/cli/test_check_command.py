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
    assert "Training cost: about " in out


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


def test_an_unknown_command_is_answered_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["tune"])
    assert stopped.value.code == COULD_NOT_RUN
    assert "submit" in capsys.readouterr().err
