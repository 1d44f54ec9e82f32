"""`tunedrop prepare`: the files of a run, written on this machine."""

import json
from pathlib import Path

import pytest

from tunedrop.cli import main
from tunedrop.cli.main import COULD_NOT_RUN
from tunedrop.dataset import preparation

ROOT = Path(__file__).resolve().parents[3]
RECIPE = ROOT / "recipes" / "support-summaries.yaml"
SAMPLE = ROOT / "samples" / "support-summaries.jsonl"
FILES = {
    "train.jsonl",
    "validation.jsonl",
    "test.jsonl",
    "rejected.jsonl",
    "report.json",
    "prepared.json",
}


def prepare(*arguments: object) -> int:
    return main(["prepare", *map(str, arguments), "--recipe", str(RECIPE)])


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def test_the_sample_is_prepared_and_summed_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prepare(SAMPLE) == 0
    out = capsys.readouterr().out
    assert names(tmp_path) == {"support-summaries.prepared"}
    assert names(tmp_path / "support-summaries.prepared") == FILES
    assert "train.jsonl           174" in out
    assert "Left out   3 near-duplicate, 2 exact-duplicate, 1 truncated-completion" in out
    assert "Redacted   1 email, 1 phone" in out
    account = json.loads((tmp_path / "support-summaries.prepared/prepared.json").read_text())
    assert f"Seed       {account['seed']}" in out
    assert account["outputs"]["train"]["sha256"][:16] in out


def test_what_it_wrote_is_replaced_by_the_same_again(tmp_path: Path) -> None:
    assert prepare(SAMPLE, "--out", "there") == 0
    first = {each.name: each.read_bytes() for each in (tmp_path / "there").iterdir()}
    assert prepare(SAMPLE, "--out", "there") == 0
    assert {each.name: each.read_bytes() for each in (tmp_path / "there").iterdir()} == first
    assert names(tmp_path) == {"there"}


def test_what_it_wrote_is_a_dataset_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prepare(SAMPLE, "--out", "there") == 0
    capsys.readouterr()
    assert main(["check", "there", "--recipe", str(RECIPE)]) == 0
    assert "Records    174 to train, 18 to validate, 22 to test, 0 rejected" in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        ("mine.txt", "there holds what tunedrop prepare did not write: mine.txt. Name another"),
        ("train.jsonl", "there holds what tunedrop prepare did not write: train.jsonl."),
        ("prepared.json", "there holds what tunedrop prepare did not write: rejected.jsonl, "),
    ],
)
def test_what_somebody_else_wrote_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], spoilt: str, told: str
) -> None:
    prepare(SAMPLE, "--out", "there")
    (tmp_path / "there" / spoilt).write_text("{}")
    before = {each.name: each.read_bytes() for each in (tmp_path / "there").iterdir()}
    assert prepare(SAMPLE, "--out", "there") == COULD_NOT_RUN
    assert told in capsys.readouterr().err
    assert {each.name: each.read_bytes() for each in (tmp_path / "there").iterdir()} == before


@pytest.mark.parametrize(
    ("out", "told"), [(".", "is where you are"), ("file", "file is a file; name a folder")]
)
def test_places_that_cannot_be_replaced_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str, told: str
) -> None:
    (tmp_path / "file").touch()
    assert prepare(SAMPLE, "--out", out) == COULD_NOT_RUN
    assert told in capsys.readouterr().err


def test_a_dataset_that_is_not_fit_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text(SAMPLE.read_text() + '{"prompt": "why"}\n')
    assert prepare(broken) == 1
    out = capsys.readouterr().out
    assert "line 221" in out and out.endswith("Nothing was written.\n")
    assert names(tmp_path) == {"broken.jsonl"}


def test_nothing_is_left_of_what_could_not_be_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(SAMPLE, "--out", "there")
    before = (tmp_path / "there/train.jsonl").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(preparation.Writer, "_put", full)
    assert prepare(SAMPLE, "--out", "there") == COULD_NOT_RUN
    assert names(tmp_path) == {"there"}
    assert (tmp_path / "there/train.jsonl").read_bytes() == before


def test_a_file_that_a_request_names_and_nobody_has_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.run.yaml").write_text("train: a.jsonl")
    assert prepare("a.run.yaml") == COULD_NOT_RUN
    assert "a.run.yaml names a.jsonl, which is not in" in capsys.readouterr().err
    (tmp_path / "a.run.yaml").write_text("train: a.csv")
    assert prepare("a.run.yaml") == 1
