"""The command line against a stage: datasets in S3 are checked, folders are submitted."""

import json
from argparse import Namespace
from pathlib import Path

import pytest

from tests.functional.samples import NOVA, RECIPE, lines, recipe, records
from tests.functional.world import Call, World
from tunedrop import run_request
from tunedrop.cli import main, stage, submit
from tunedrop.cli.main import COULD_NOT_RUN
from tunedrop.errors import DatasetRejectedError, InvalidInputError
from tunedrop.media_objects import MediaObjects
from tunedrop.objects import Objects

CANVAS = "amazon.nova-canvas-v1:0"
MODEL = ("--base-model", NOVA)
SAME = lines([{"prompt": "a"}, *records(), {"prompt": "", "completion": "b"}])


@pytest.fixture(autouse=True)
def the_stage(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "bucket", lambda name: Objects(world.services.s3, name))
    monkeypatch.setattr(submit, "deployed", lambda _: world.services)


def checked(capsys: pytest.CaptureFixture[str], world: World, key: str) -> dict[str, object]:
    main(["check", world.services.datasets.uri(key), *MODEL, "--json"])
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_dataset_in_s3_is_checked_as_it_is_on_this_machine(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = world.drop("broken.jsonl", SAME)
    there = checked(capsys, world, source.key)
    (tmp_path / "broken.jsonl").write_bytes(SAME)
    main(["check", str(tmp_path / "broken.jsonl"), *MODEL, "--json"])
    assert there == json.loads(capsys.readouterr().out)
    assert there["counts"] == {"missing-field": 1, "empty-text": 1}
    main(
        ["check", world.services.datasets.uri(source.key).replace("s3", "S3", 1), *MODEL, "--json"]
    )
    assert there == json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_folder_in_s3_is_checked_with_all_its_sides(
    world: World, capsys: pytest.CaptureFixture[str], slash: str
) -> None:
    for side, count in {"train": 30, "test": 4}.items():
        world.put(f"datasets/{RECIPE}/october/{side}.jsonl", lines(records(count)))
    found = checked(capsys, world, f"datasets/{RECIPE}/october{slash}")
    assert [each["name"] for each in found["files"]] == ["train.jsonl", "test.jsonl"]


def test_a_run_request_in_s3_is_checked_with_the_files_it_names(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.put(f"datasets/{RECIPE}/parts/a.jsonl", SAME)
    source = world.drop("october.run.yaml", b"train: parts/a.jsonl")
    found = checked(capsys, world, source.key)
    assert {each["file"] for each in found["findings"]} == {"parts/a.jsonl"}


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("s3://", "s3:// names no bucket"),
        ("s3://{bucket}/nowhere.jsonl", "There is no object s3://"),
        ("s3://no-such-bucket-of-ours/a/", "AWS refused, or could not be asked: "),
    ],
)
def test_what_is_not_in_s3_is_told_in_a_sentence(
    world: World, capsys: pytest.CaptureFixture[str], uri: str, told: str
) -> None:
    named = uri.format(bucket=world.settings.datasets_bucket)
    assert main(["check", named, *MODEL]) == COULD_NOT_RUN
    assert told in capsys.readouterr().err


def test_media_in_s3_are_looked_at_where_that_is_asked_for(
    world: World,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stage, "media_objects", lambda: MediaObjects(world.services.s3))
    text = world.put(f"datasets/{RECIPE}/a.png", b"text")
    uri = world.services.datasets.uri(text.key)
    named = [{"image-ref": each, "caption": "a caption"} for each in (uri, "b.png")]
    record = "".join(f"{json.dumps(each)}\n" for each in named)
    here = tmp_path / "train.jsonl"
    here.write_text(record)
    there = world.services.datasets.uri(world.drop("train.jsonl", record.encode()).key)
    for file in (str(here), there):
        main(["check", file, "--base-model", CANVAS, "--json", "--media"])
        found = json.loads(capsys.readouterr().out)["findings"]
        told = {each["line"]: each["code"] for each in found if each["line"]}
        assert told == {1: "media-format", 2: "media-not-found"}


def test_the_command_line_and_the_run_use_the_same_words(
    world: World, call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = world.run_over(world.drop("broken.jsonl", SAME), recipe())
    with pytest.raises(DatasetRejectedError) as rejected:
        call("validate_dataset", run_id=run.run_id)
    (tmp_path / "broken.jsonl").write_bytes(SAME)
    main(["check", str(tmp_path / "broken.jsonl"), *MODEL, "--quality"])
    told = capsys.readouterr().out
    report = json.loads(world.read(run.layout.dataset("report.json")))
    assert {finding["severity"] for finding in report["findings"]} == {"error", "warning"}
    for finding in report["findings"]:
        assert finding["message"] in told
        assert finding["hint"] in told
        if finding["severity"] == "error":
            place = f"broken.jsonl, line {finding['line']}, {finding['field']}"
            assert f"{place}: {finding['message']}" in told
            assert f"{place}: {finding['message']}" in str(rejected.value)


def submitted(file: Path | str, **options: object) -> int:
    given = {"name": None, "no_check": False, "no_watch": True, "stage": "dev", "recipe": RECIPE}
    return submit.run(Namespace(**{**given, "file": str(file), **options}))


@pytest.fixture
def recipes_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the recipe, and an empty folder to submit."""
    (tmp_path / "recipes").mkdir()
    text = f"name: {RECIPE}\nbase_model: {NOVA}\nmethod: instruction_tuning\n"
    (tmp_path / "recipes" / f"{RECIPE}.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "october").mkdir()
    return tmp_path / "october"


def test_a_folder_is_uploaded_with_a_run_request_for_it(world: World, recipes_beside: Path) -> None:
    (recipes_beside / "train.jsonl").write_bytes(lines(records(30)))
    (recipes_beside / "test.jsonl").write_bytes(lines(records(6)))
    (recipes_beside / ".hidden").write_text("")
    assert submitted(recipes_beside) == 0
    folder = f"datasets/{RECIPE}/october"
    assert list(world.services.datasets.list(f"{folder}/")) == [
        f"{folder}/test.jsonl",
        f"{folder}/train.jsonl",
    ]
    assert world.services.datasets.read(f"{folder}/train.jsonl") == lines(records(30))
    request = run_request.parse(world.services.datasets.read(f"{folder}.run.yaml").decode())
    assert (request.train, request.test) == (("october/train.jsonl",), "october/test.jsonl")


def test_what_a_folders_own_run_request_says_is_kept(world: World, recipes_beside: Path) -> None:
    said = "train: [a.jsonl]\nhyperparameters: {epochs: 3}\nnote: Öctober\nagain: true\n"
    (recipes_beside / "x.run.yaml").write_text(said, encoding="utf-8")
    (recipes_beside / "a.jsonl").write_bytes(lines(records(30)))
    assert submitted(recipes_beside, name="again", no_check=True) == 0
    written = world.services.datasets.read(f"datasets/{RECIPE}/again.run.yaml").decode()
    request = run_request.parse(written)
    assert request.train == ("again/a.jsonl",)
    assert request.hyperparameters == {"epochs": 3}
    assert (request.note, request.again) == ("Öctober", True)


def test_media_of_a_folder_are_uploaded_beside_it_and_its_bytes_are_left(
    world: World, recipes_beside: Path
) -> None:
    record = '{"image-ref": "images/a.png", "caption": "s3 images/a.png"}\n'
    (recipes_beside / "images").mkdir()
    (recipes_beside / "images" / "a.png").write_bytes(b"png")
    (recipes_beside / "train.jsonl").write_text(record)
    assert submitted(recipes_beside, no_check=True) == 0
    folder = f"datasets/{RECIPE}/october"
    assert world.services.datasets.read(f"{folder}/images/a.png") == b"png"
    assert world.services.datasets.read(f"{folder}/train.jsonl").decode() == record


def test_a_folder_that_is_not_fit_is_not_uploaded(world: World, recipes_beside: Path) -> None:
    (recipes_beside / "train.jsonl").write_bytes(SAME)
    assert submitted(recipes_beside) == 1
    assert list(world.services.datasets.list(f"datasets/{RECIPE}/")) == []


def test_what_lies_in_s3_is_not_submitted_from_here(world: World) -> None:
    source = world.drop()
    with pytest.raises(InvalidInputError, match="submit uploads from this machine"):
        submitted(world.services.datasets.uri(source.key))
