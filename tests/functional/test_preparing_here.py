"""`tunedrop prepare` writes on this machine what the functions of a run write to S3."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.functional.samples import RECIPE, lines, records
from tests.functional.world import Call, World
from tests.unit.dataset.media_builders import png
from tunedrop import recipe as recipes
from tunedrop.cli import main
from tunedrop.recipe import Recipe

NOVA = "amazon.nova-micro-v1:0:128k"
PICTURES = "amazon.titan-image-generator-v2:0"
FILES = ("train.jsonl", "validation.jsonl", "test.jsonl", "rejected.jsonl", "report.json")
FLAWED = [
    *records(60),
    *records(3),
    {"prompt": "Write to jane.roe@fastmail.com about the harbour.", "completion": "It is done."},
    {"prompt": "nobody answered this"},
]


def written(tmp_path: Path, **sections: Any) -> Recipe:
    """A recipe as a file, and as the service has it."""
    given = {"name": RECIPE, "base_model": NOVA, "method": "instruction_tuning", **sections}
    (tmp_path / f"{RECIPE}.yaml").write_bytes(msgspec.yaml.encode(given))
    return recipes.load(given, allow_retired=True)


def prepared(tmp_path: Path, name: str) -> Path:
    out = tmp_path / "out"
    file, recipe = tmp_path / name, tmp_path / f"{RECIPE}.yaml"
    assert main(["prepare", str(file), "--recipe", str(recipe), "--out", str(out)]) == 0
    return out


def test_every_file_is_the_runs_byte_for_byte(world: World, call: Call, tmp_path: Path) -> None:
    data = {"personal_data": "redact", "duplicates": "drop", "rejected_share": 0.2}
    planned = written(tmp_path, data=data)
    (tmp_path / "tickets.jsonl").write_bytes(lines(FLAWED))
    out = prepared(tmp_path, "tickets.jsonl")
    run = world.run_over(world.drop("tickets.jsonl", lines(FLAWED)), planned)
    call("validate_dataset", run_id=run.run_id)
    call("upload_dataset", run_id=run.run_id)
    for name in FILES:
        assert (out / name).read_bytes() == world.read(run.layout.dataset(name)), name
    account, found = msgspec.json.decode((out / "prepared.json").read_bytes()), world.find(run)
    assert account["seed"] == found.dataset["seed"]
    assert account["outputs"] == found.dataset["outputs"]
    assert account["redacted"] == found.dataset["redacted"] == {"email": 1}


def test_pictures_are_copied_beside_the_files_that_name_them(
    world: World, call: Call, tmp_path: Path
) -> None:
    data = {"validation_share": 0, "test_share": 0}
    steps = {"bedrock": {"stepCount": 10}}
    planned = written(tmp_path, base_model=PICTURES, data=data, hyperparameters=steps)
    captions = [{"image-ref": f"p/{n % 8}.png", "caption": f"Number {n}"} for n in range(9)]
    (tmp_path / "p").mkdir()
    for number in range(8):
        (tmp_path / f"p/{number}.png").write_bytes(png(600 + number, 600))
        world.drop(f"p/{number}.png", png(600 + number, 600))
    (tmp_path / "tickets.jsonl").write_bytes(lines(captions))
    out = prepared(tmp_path, "tickets.jsonl")
    run = world.run_over(world.drop("tickets.jsonl", lines(captions)), planned)
    call("validate_dataset", run_id=run.run_id)
    call("upload_dataset", run_id=run.run_id)
    here = [msgspec.json.decode(each) for each in (out / "train.jsonl").read_bytes().splitlines()]
    there = world.read(run.layout.dataset("train.jsonl")).splitlines()
    assert len(here) == len(there) == 9
    for each in here:
        number = int(each["caption"].removeprefix("Number ")) % 8
        assert (out / each["image-ref"]).read_bytes() == png(600 + number, 600)
    assert len(list((out / "media").iterdir())) == 8


@pytest.mark.parametrize("name", ["october.run.yaml", ""])
def test_a_run_request_is_prepared_with_its_own_settings(tmp_path: Path, name: str) -> None:
    written(tmp_path, allow_overrides=["hyperparameters"])
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/a.jsonl").write_bytes(lines(records()))
    request = "train: parts/a.jsonl\nhyperparameters: {epochs: 3}\n"
    (tmp_path / "october.run.yaml").write_text(request)
    out = prepared(tmp_path, name)
    account = msgspec.json.decode((out / "prepared.json").read_bytes())
    assert account["recipe"]["hyperparameters"] == {"epochs": 3}
    assert [each["name"] for each in account["sources"]] == ["parts/a.jsonl"]
