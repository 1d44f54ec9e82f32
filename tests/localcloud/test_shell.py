"""What `make run` and `make cloud` are asked, what they refuse, where they keep their files."""

from pathlib import Path
from typing import get_args

import pytest

from localcloud import installing, place
from localcloud.__main__ import main
from localcloud.bedrock import faults
from localcloud.bedrock.fault_book import Kind
from localcloud.order import SAMPLES, DemoError, place_order
from localcloud.progress import told

RECIPE = "support-summaries"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("run", "--port", "abc"), "PORT=abc is no port; a port is a number from 1 to 65535.\n"),
        (("cloud", "--port", "0"), "PORT=0 is no port; a port is a number from 1 to 65535.\n"),
        (("cloud", "--deploy", "yes"), "DEPLOY=yes is neither 0 nor 1.\n"),
        (("cloud", "--keep-retired", ""), "KEEP_RETIRED= is neither 0 nor 1.\n"),
    ],
)
def test_a_wrong_setting_is_told_in_one_sentence(
    arguments: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err == sentence


def test_help_names_every_command_and_every_fault(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["fault", "--help"]):
        with pytest.raises(SystemExit):
            main(arguments)
    helped = capsys.readouterr().out
    assert "fault --help" in helped
    assert set(faults.KINDS) == {"list", "clear", *get_args(Kind)}
    assert all(f"  {kind:20} {what}" in helped for kind, what in faults.KINDS.items())


def test_clouds_on_two_ports_share_no_folder() -> None:
    assert place.state(place.DEFAULT_PORT) == place.STATE
    assert place.state(4600) != place.state(4601) != place.STATE
    assert place.state(4600).is_relative_to(place.STATE)


def test_a_folder_is_ordered_by_the_run_request_that_is_written_for_it(tmp_path: Path) -> None:
    folder = tmp_path / "october"
    folder.mkdir()
    (folder / "train.jsonl").touch()
    order = place_order(dataset=f"{folder}/", recipe=RECIPE)
    assert (order.is_folder, order.key) == (True, f"datasets/{RECIPE}/october.run.yaml")


def test_a_file_is_ordered_by_its_name() -> None:
    order = place_order(dataset=str(SAMPLES / f"{RECIPE}.jsonl"), recipe=RECIPE)
    assert (order.is_folder, order.key) == (False, f"datasets/{RECIPE}/{RECIPE}.jsonl")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("records.csv", r"records.csv' \(DATASET=\) is no dataset: it must be a \*.jsonl file"),
        ("a.run.yaml", "Files that a run request names go into a folder with it"),
        ("nowhere.jsonl", "There is no '.*nowhere.jsonl'"),
        ("empty", r"holds no dataset \(\*.jsonl\)"),
    ],
)
def test_what_could_not_run_is_refused_before_a_cloud_is_set_up(
    tmp_path: Path, name: str, sentence: str
) -> None:
    (tmp_path / "empty").mkdir()
    for file in ("records.csv", "a.run.yaml"):
        (tmp_path / file).touch()
    with pytest.raises(DemoError, match=sentence):
        place_order(dataset=str(tmp_path / name), recipe=RECIPE)


def test_what_bills_and_what_is_next_stand_on_lines_of_their_own() -> None:
    assert told("Bad. Still billing: nothing. Next: Go. Runbook: docs, X.").splitlines() == [
        "Bad.",
        "Still billing: nothing.",
        "Next: Go.",
        "Runbook: docs, X.",
    ]


def test_set_up_tells_each_package_once_and_the_installing() -> None:
    said: list[str] = []
    lines = [
        "Looking in indexes: https://packages.example/simple\n",
        "Obtaining file:///work\n",
        "Collecting boto3==1.44.5 (from -r requirements.txt)\n",
        "  Downloading boto3-1.44.5.whl (140 kB)\n",
        "Collecting boto3==1.44.5 (from tunedrop)\n",
        "Requirement already satisfied: pip in ./lib\n",
        "Installing collected packages: boto3, msgspec\n",
        "Successfully installed boto3-1.44.5 msgspec-0.22.0\n",
    ]
    installing.follow(lines, said.append)
    assert said == ["package 1: boto3", "package 2: pip", "installing 2 packages"]


def test_a_log_gets_every_tenth_package(capsys: pytest.CaptureFixture[str]) -> None:
    tell = installing.tell_sparely()
    for number in range(1, 26):
        tell(f"package {number}: a")
    tell("installing 25 packages")
    assert capsys.readouterr().out.splitlines() == [
        "  package 10: a",
        "  package 20: a",
        "  installing 25 packages",
    ]
