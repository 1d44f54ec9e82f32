"""`tunedrop check --quality`: what the records are worth, on this machine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tunedrop.cli import main
from tunedrop.cli.main import COULD_NOT_RUN

NOVA = ("--base-model", "amazon.nova-micro-v1:0:128k")
EMAIL = "jane.roe@example.com"


@pytest.fixture
def flawed(tmp_path: Path) -> Path:
    """Forty records, of which one stands there twice and one holds an address."""
    records = [
        {"prompt": f"Sum up ticket {n}: {'late parcel ' * n}", "completion": f"Parcel {n} is late."}
        for n in range(1, 41)
    ]
    records += [records[4], {"prompt": f"Answer {EMAIL} today, please.", "completion": "Done so."}]
    file = tmp_path / "flawed.jsonl"
    file.write_text("".join(f"{json.dumps(each)}\n" for each in records))
    return file


def test_quality_says_what_was_found_and_draws_it(
    flawed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(flawed), *NOVA, "--quality"]) == 0
    out = capsys.readouterr().out
    assert "exact-duplicate" in out
    assert "aaaa.aaa@aaaaaaa.aaa" in out and EMAIL not in out
    assert "To train on" in out and "█" in out
    assert "42 completions of about" in out
    assert "Tokens, estimated" in out and "Cost of training, estimated" in out
    assert "Different word pairs" in out and "Compressible (zlib)" in out
    assert "Training covers the test set" in out


def test_what_the_recipe_takes_care_of_is_no_warning_any_more(
    flawed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "mine.yaml"
    head = "name: mine\nbase_model: amazon.nova-micro-v1:0:128k\nmethod: instruction_tuning\n"
    told = []
    for data in ("", "data: {duplicates: drop, near_duplicates: drop, personal_data: redact}\n"):
        recipe.write_text(f"{head}{data}")
        main(["check", str(flawed), "--recipe", str(recipe), "--quality"])
        out = capsys.readouterr().out
        told.append(out.count("\nwarning "))
        assert f"0 errors, {told[-1]} warning" in out
    assert told[1] < told[0]


def test_it_counts_the_records_that_a_small_side_took(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe, data = tmp_path / "mine.yaml", tmp_path / "small.jsonl"
    head = "name: mine\nbase_model: amazon.nova-micro-v1:0:128k\nmethod: instruction_tuning\n"
    recipe.write_text(f"{head}data: {{test_share: 0.01}}\nevaluation: {{beat: base}}\n")
    pairs = ({"prompt": f"Sum up {n}.", "completion": f"It is {n * 7}."} for n in range(40))
    data.write_text("".join(f"{json.dumps(each)}\n" for each in pairs))
    told = "records are placed on another side than their content says"
    assert main(["check", str(data), "--recipe", str(recipe), "--quality"]) == 0
    assert told in capsys.readouterr().out
    out = str(tmp_path / "out")
    assert main(["prepare", str(data), "--recipe", str(recipe), "--out", out]) == 0
    assert told.removeprefix("records are ") in capsys.readouterr().out


def test_without_quality_nothing_of_it_is_said(
    flawed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(flawed), *NOVA]) == 0
    out = capsys.readouterr().out
    assert "exact-duplicate" not in out
    assert "a recipe without a data section reports what it finds. --quality shows it now" in out


def test_without_quality_is_told_what_the_recipe_has_a_run_do(
    flawed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = (
        "{secrets: redact, duplicates: drop, boilerplate: {reject_above: 0.2}, "
        "trivial_completions: {reject_above: 0.3, otherwise: drop}, label_noise: reject}"
    )
    recipe = tmp_path / "mine.yaml"
    recipe.write_text(
        "name: mine\nbase_model: amazon.nova-micro-v1:0:128k\nmethod: instruction_tuning\n"
        f"data: {data}\n"
    )
    assert main(["check", str(flawed), "--recipe", str(recipe)]) == 0
    assert (
        "mine redacts secrets; drops duplicates, trivial completions; rejects trivial completions, "
        "boilerplate, label noise. --quality shows it now" in capsys.readouterr().out
    )


def test_the_card_is_written_as_a_page(flawed: Path, tmp_path: Path) -> None:
    page = tmp_path / "card.html"
    assert main(["check", str(flawed), *NOVA, "--report", str(page)]) == 0
    written = page.read_text(encoding="utf-8")
    assert "What the records are worth" in written and "SHA-256 of flawed.jsonl" in written
    assert EMAIL not in written


@pytest.mark.parametrize(
    ("page", "told"),
    [(".", ". is a folder; name a file"), ("nowhere/card.html", "There is no folder nowhere")],
)
def test_a_page_that_cannot_be_written_is_refused_before_the_dataset_is_read(
    flawed: Path, capsys: pytest.CaptureFixture[str], page: str, told: str
) -> None:
    assert main(["check", str(flawed), *NOVA, "--report", page]) == COULD_NOT_RUN
    printed = capsys.readouterr()
    assert told in printed.err and not printed.out


def test_machines_get_the_whole_quality_report(
    flawed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(flawed), *NOVA, "--quality", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["quality"]["duplicates"]["exact"] == 1
    assert told["fit"] is True


@pytest.mark.parametrize(("options", "is_there"), [((), False), (("--quality",), True)])
def test_arrays_are_imported_for_quality_alone(
    flawed: Path, options: tuple[str, ...], is_there: bool
) -> None:
    command = ["check", str(flawed), *NOVA, *options]
    code = (
        "import sys; from tunedrop.cli import main; "
        f"main({command!r}); print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == str(is_there)
