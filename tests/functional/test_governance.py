"""A dataset with personal data: redacted they train, and stand in nothing but what was dropped."""

import json
import logging
from collections.abc import Iterator, Sequence

import msgspec
import pytest

from tests.functional.samples import RECIPE, Json, lines, recipe
from tests.functional.world import Call, World
from tunedrop.dataset.lines import SourceFile
from tunedrop.dataset.preparation import prepare
from tunedrop.dataset.validation import validate
from tunedrop.errors import DatasetRejectedError
from tunedrop.quality.curation import Curation
from tunedrop.quality.leakage import Fingerprints
from tunedrop.recipe import Recipe
from tunedrop.run import Run, run_from

PLANTED = (
    "ingrid.holm@fastmail.com",
    "+49 30 901820 447",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "203.0.114.77",
    "AKIAQWERTYUIOPASDFGH",
    "111222333",
    "Tr0ub4dor77x",
)
# What nothing but a word before it tells, in one record and in the turn before.
TELLING = (
    ("I need my file.", "What is your BSN?", "111222333", "Thank you, 111222333 it is."),
    ("The password: Tr0ub4dor77x", "I will not tell anybody."),
)
REDACT = {"personal_data": "redact", "secrets": "redact", "duplicates": "drop"}


def record(number: int, planted: str = "") -> dict[str, str]:
    words = [f"{word}{number}" for word in ("gate", "lamp", "river", "stone", "cloud", "field")]
    asked = " ".join(words)
    return {
        "prompt": f"{asked} wrote {planted or 'nothing'} about {' '.join(reversed(words))}?",
        "completion": f"{asked} {planted} stays as it was, {words[2]}.",
    }


def planted_records() -> list[Json]:
    """Every planted datum twice in records, once in a repeated one, and once in a broken line."""
    found = [record(number, (*PLANTED, "", "")[number % 10]) for number in range(80)]
    broken = [(f"{datum} is a prompt without a completion",) for datum in PLANTED]
    said = [(each["prompt"], each["completion"]) for each in (*found, *found[:10])]
    return list(map(dialogue, (*said, *TELLING, *broken)))


def dialogue(said: Sequence[str]) -> Json:
    roles = ("user", "assistant") * len(said)
    turns = zip(roles, said, strict=False)
    return {"messages": [{"role": role, "content": text} for role, text in turns]}


def a_run(world: World, planned: Recipe, records: list[Json], name: str = "a") -> Run:
    return world.run_over(world.drop(f"{name}.jsonl", lines(records)), planned)


def everything(world: World) -> Iterator[tuple[str, str]]:
    """All objects but the dropped ones, all items of the table, and all messages, with names."""
    for key in world.services.artifacts.list(""):
        yield key, world.read(key).decode("latin-1")
    dynamodb, table = world.ground.client("dynamodb"), world.settings.runs_table
    for item in dynamodb.scan(TableName=table)["Items"]:
        yield "an item", str(item)
    for message in world.notifications():
        yield "a message", json.dumps(message)


def test_a_planted_datum_is_in_nothing_but_the_dropped_object(
    world: World,
    call: Call,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG, logger="tunedrop")
    planned = recipe(data={**REDACT, "rejected_share": 0.2})
    run = a_run(world, planned, planted_records())
    call("validate_dataset", run_id=run.run_id)
    call("upload_dataset", run_id=run.run_id)
    call("record_outcome", run_id=run.run_id, input=msgspec.json.encode(run.source).decode())
    found = [
        *everything(world),
        ("the log", caplog.text),
        ("printed", "".join(capsys.readouterr())),
    ]
    leaks = {(name, datum) for name, text in found for datum in PLANTED if datum in text}
    assert leaks == set()
    trained = world.read(run.layout.dataset("train.jsonl"))
    for placeholder in (b"[EMAIL_1]", b"[NL_BSN_1]", b"[ASSIGNED_SECRET_1]"):
        assert trained.count(placeholder) >= 2
    assert set(world.find(run).dataset["redacted"].values()) == {1}
    assert b"ingrid.holm" in world.services.datasets.read(run.source.key)


def test_a_rejection_for_personal_data_quotes_none(world: World, call: Call) -> None:
    planned = recipe(data={"personal_data": "reject", "secrets": "reject"})
    run = a_run(world, planned, [record(number, PLANTED[number % 8]) for number in range(40)])
    with pytest.raises(DatasetRejectedError) as rejected:
        call("validate_dataset", run_id=run.run_id)
    assert "hold personal data" in str(rejected.value)
    found = [*everything(world), ("the cause", str(rejected.value))]
    assert {(name, each) for name, text in found for each in PLANTED if each in text} == set()


class Kept(bytearray):
    """A file in memory."""

    def write(self, data: bytes) -> None:
        self.extend(data)

    def close(self) -> None:
        """Nothing is left to do."""


def test_the_training_file_is_built_again_from_its_sources_and_the_record(
    world: World, call: Call
) -> None:
    planned = recipe(data={**REDACT, "rejected_share": 0.2})
    run = a_run(world, planned, planted_records())
    world.drop("a.jsonl", b"another version of the file")
    call("validate_dataset", run_id=run.run_id)
    call("upload_dataset", run_id=run.run_id)
    written = world.read(run.layout.dataset("train.jsonl"))
    kept = run_from(json.loads(msgspec.json.encode(world.find(run))))
    [pinned] = kept.files["train"]

    source = SourceFile(
        name="a.jsonl",
        chunks=lambda: world.services.datasets.chunks(pinned["key"], pinned["version_id"]),
    )
    curation, files = Curation(kept.plan), {"train": [source]}
    report = validate(files, kept.plan, kept.record_limit, curator=curation)
    outputs: dict[str, Kept] = {}
    again = prepare(
        files,
        kept.plan,
        report,
        lambda name: outputs.setdefault(name, Kept()),
        decisions=curation.decisions,
    )
    assert bytes(outputs["train.jsonl"]) == written
    assert again.train.sha256 == kept.dataset["outputs"]["train"]["sha256"]
    assert (again.seed, kept.dataset["tool_version"]) == (kept.dataset["seed"], "0.1.0")


def test_the_record_knows_what_the_dataset_is_worth(world: World, call: Call) -> None:
    run = a_run(world, recipe(data={"duplicates": "drop"}), [*map(record, range(40)), record(7)])
    call("validate_dataset", run_id=run.run_id)
    call("upload_dataset", run_id=run.run_id)
    found = world.find(run).dataset
    assert found["quality"]["effective_records"] == 40
    assert found["quality"]["dropped"] == {"exact-duplicate": 1}
    assert found["quality"]["verdict"][0].startswith("41 records say what 40 would say")
    assert (found["records"]["dropped"], found["records"]["rejected"]) == (1, 0)
    report = json.loads(world.read(run.layout.dataset("quality.json")))
    assert report["duplicates"]["exact"] == 1


def test_what_the_champion_was_trained_on_is_not_tested_with(world: World, call: Call) -> None:
    first = a_run(world, recipe(), list(map(record, range(60))), "first")
    call("validate_dataset", run_id=first.run_id)
    trained = world.read(first.layout.dataset("fingerprints.bin"))
    assert (
        len(Fingerprints.from_bytes(trained).keys) == world.find(first).dataset["records"]["train"]
    )
    champion = world.deployed_run()
    world.write(champion.layout.dataset("fingerprints.bin"), trained)
    world.promoted(champion)

    goals = {"beat": "champion"}
    files = {
        role: [world.put(f"datasets/{RECIPE}/{role}/a.jsonl", lines(records))]
        for role, records in {
            "train": list(map(record, range(100, 140))),
            "test": [*map(record, range(200, 210)), *map(record, range(60))],
        }.items()
    }
    pinned = {
        role: [{"key": each.key, "version_id": each.version_id, "size": 1} for each in sources]
        for role, sources in files.items()
    }
    run = world.run(recipe(evaluation=goals), files=pinned)
    call("validate_dataset", run_id=run.run_id)
    found = world.find(run).dataset
    known = world.find(first).dataset["records"]["train"]
    assert found["quality"]["dropped"] == {"known-to-champion": known}
    assert found["records"]["test"] == 70 - known
