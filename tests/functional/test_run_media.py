"""Images and videos of a run: looked at where they lie, pinned, and copied for Bedrock to read."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.functional.samples import RECIPE, Json, lines
from tests.functional.world import Call, World
from tests.unit.dataset.media_builders import gif, jpeg, mp4, png
from tunedrop import recipe as recipes
from tunedrop.errors import DatasetRejectedError
from tunedrop.recipe import Recipe
from tunedrop.run import Run, Source

PICTURES = "amazon.titan-image-generator-v2:0"
EMBEDDINGS = "amazon.titan-embed-image-v1:0"
NOVA_LITE = "amazon.nova-lite-v1:0:300k"
NO_SPLIT = {"validation_share": 0, "test_share": 0}


def planned(model: str, **data: Any) -> Recipe:
    given = {"name": RECIPE, "base_model": model, "method": "instruction_tuning"}
    required = {"bedrock": {"stepCount": 10}} if model == PICTURES else {}
    return recipes.load(
        {**given, "hyperparameters": required, "data": {**NO_SPLIT, **data}}, allow_retired=True
    )


def captions(names: Iterable[str]) -> bytes:
    return lines([{"image-ref": name, "caption": f"a picture: {name}"} for name in names])


def dialogue(number: int, *blocks: Json) -> Json:
    texts = [[*blocks, {"text": f"What is number {number}?"}], [{"text": f"It is {number}."}]]
    return {
        "schemaVersion": "bedrock-conversation-2024",
        "messages": [
            {"role": role, "content": content}
            for role, content in zip(("user", "assistant"), texts, strict=True)
        ],
    }


def block(kind: str, format_: str, uri: str) -> Json:
    return {kind: {"format": format_, "source": {"s3Location": {"uri": uri}}}}


def show(world: World, name: str, content: bytes) -> Source:
    return world.put(f"datasets/{RECIPE}/{name}", content)


def pictures(world: World, count: int = 8, make: Callable[[int, int], bytes] = png) -> list[str]:
    """The names of different pictures in the recipe's folder."""
    names = [f"pictures/{number}.png" for number in range(count)]
    for number, name in enumerate(names):
        show(world, name, make(600 + number, 600))
    return names


def a_run(world: World, content: bytes, model: str = PICTURES, **data: Any) -> Run:
    return world.run_over(world.drop(content=content), planned(model, **data))


def rejection(call: Call, run: Run) -> str:
    with pytest.raises(DatasetRejectedError) as rejected:
        call("validate_dataset", run_id=run.run_id)
    return str(rejected.value)


def trained_on(world: World, run: Run, name: str = "train.jsonl") -> list[Json]:
    """The lines of a file; those of the training file, which is shuffled, in their old order."""
    found = [json.loads(line) for line in world.read(run.layout.dataset(name)).splitlines()]
    return sorted(found, key=words) if name == "train.jsonl" else found


def words(record: Json) -> str:
    return record.get("caption") or record["messages"][0]["content"][-1]["text"]


def content_of(world: World, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    assert bucket == world.settings.artifacts_bucket
    return world.read(key)


def uploaded(call: Call, run: Run) -> Json:
    call("validate_dataset", run_id=run.run_id)
    answer: Json = call("upload_dataset", run_id=run.run_id)
    return answer


def test_captioned_pictures_are_copied_beside_the_training_file(world: World, call: Call) -> None:
    names = pictures(world)
    run = a_run(world, captions(names))
    assert uploaded(call, run)["train_records"] == 8
    written = trained_on(world, run)
    for number, record in enumerate(written):
        assert record["caption"] == f"a picture: {names[number]}"
        folder = f"s3://{world.settings.artifacts_bucket}/{run.layout.dataset('media/')}"
        assert record["image-ref"].startswith(folder)
        assert content_of(world, record["image-ref"]) == png(600 + number, 600)


def test_paths_lead_from_the_folder_of_their_file(world: World, call: Call) -> None:
    names = [f"pictures/{number}.png" for number in range(8)]
    for number, name in enumerate(names):
        show(world, f"october/{name}", png(600 + number, 600))
    source = show(world, "october/train.jsonl", captions(names))
    run = world.run_over(source, planned(PICTURES))
    assert uploaded(call, run)["train_records"] == 8
    first = trained_on(world, run)[0]
    assert content_of(world, first["image-ref"]) == png(
        600 + names.index(first["caption"][11:]), 600
    )


def test_copies_live_as_long_as_the_training_file(world: World, call: Call) -> None:
    run = a_run(world, captions(pictures(world)))
    uploaded(call, run)
    key = trained_on(world, run)[0]["image-ref"].split("/", 3)[3]
    tags = world.ground.client("s3").get_object_tagging(
        Bucket=world.settings.artifacts_bucket, Key=key
    )
    assert tags["TagSet"] == [{"Key": "tunedrop:intermediate", "Value": "true"}]


def test_a_second_upload_writes_the_same_bytes(world: World, call: Call) -> None:
    run = a_run(world, captions(pictures(world)))
    first = uploaded(call, run)
    written = world.read(run.layout.dataset("train.jsonl"))
    assert call("upload_dataset", run_id=run.run_id) == first
    assert world.read(run.layout.dataset("train.jsonl")) == written


def test_the_record_sums_up_the_media(world: World, call: Call) -> None:
    names = pictures(world)
    run = a_run(world, captions([*names, names[0]]))
    call("validate_dataset", run_id=run.run_id)
    pinned = world.find(run).dataset["media"]
    assert pinned["files"] == 8
    assert pinned["bytes"] == sum(len(png(600 + number, 600)) for number in range(8))


def test_dialogues_with_images_go_to_nova_with_their_copies(world: World, call: Call) -> None:
    names = pictures(world, 3)
    uris = [f"s3://{world.settings.datasets_bucket}/datasets/{RECIPE}/{name}" for name in names]
    records = [dialogue(n, block("image", "png", uris[n % 3])) for n in range(10)]
    run = a_run(world, lines(records), NOVA_LITE)
    assert uploaded(call, run)["train_records"] == 10
    shown = [each["messages"][0]["content"][0]["image"] for each in trained_on(world, run)]
    assert {each["format"] for each in shown} == {"png"}
    copies = [each["source"]["s3Location"]["uri"] for each in shown]
    assert len(set(copies)) == 3
    assert content_of(world, copies[0]) == png(600, 600)


def test_dialogues_with_a_video_go_to_nova_with_its_copy(world: World, call: Call) -> None:
    show(world, "film.mp4", mp4(30))
    records = [dialogue(n, block("video", "mp4", "film.mp4")) for n in range(8)]
    run = a_run(world, lines(records), NOVA_LITE)
    uploaded(call, run)
    [video, text] = trained_on(world, run)[0]["messages"][0]["content"]
    assert content_of(world, video["video"]["source"]["s3Location"]["uri"]) == mp4(30)
    assert text == {"text": "What is number 0?"}


def test_a_video_that_plays_too_long_is_refused(world: World, call: Call) -> None:
    show(world, "film.mp4", mp4(91))
    records = [dialogue(n, block("video", "mp4", "film.mp4")) for n in range(8)]
    words = rejection(call, a_run(world, lines(records), NOVA_LITE))
    assert "line 1, messages[0].content[0].video: the video plays 91.00 seconds" in words


FAULTY = [
    ("gone.png", None, "the image is not there"),
    ("tiny.png", png(100, 100), "the image has 100 x 100 pixels; "),
    ("wide.png", png(4000, 900), "takes sides of 1:4 to 4:1"),
    ("note.png", b"%PDF-1.7", "the image is a PDF document; "),
    ("moving.png", gif(), "the image is gif; "),
    ("cut.png", png()[:20], "the image cannot be read: it ends inside its header"),
    ("empty.png", b"", "the image is empty; "),
]


@pytest.mark.parametrize("model", [PICTURES, EMBEDDINGS])
def test_every_faulty_picture_is_named_with_its_line(world: World, call: Call, model: str) -> None:
    for name, content, _ in FAULTY:
        if content is not None:
            show(world, name, content)
    run = a_run(world, captions([name for name, _, _ in FAULTY]), model)
    rejection(call, run)
    found = world.find(run).dataset["findings"]
    told = [(each["line"], each["message"]) for each in found if each["field"] == "image-ref"]
    for line, (_, _, words) in enumerate(FAULTY, 1):
        assert [message for number, message in told if number == line and words in message]


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        (
            "s3://another-bucket/a.png",
            "lies in another bucket; it must lie in s3://{bucket}/datasets/support/",
        ),
        ("s3://{bucket}/datasets/other/a.png", "lies outside of the recipe's folder"),
    ],
)
def test_a_picture_in_the_wrong_place_is_refused_and_told_where_to_go(
    world: World, call: Call, uri: str, words: str
) -> None:
    world.put("datasets/other/a.png", png())
    bucket = world.settings.datasets_bucket
    run = a_run(world, captions([*pictures(world, 7), uri.format(bucket=bucket)]))
    told = words.format(bucket=bucket)
    assert f"line 8, image-ref: the image {told}" in rejection(call, run)


def test_faults_of_a_record_and_of_its_picture_are_told_together(world: World, call: Call) -> None:
    records = [{"image-ref": name, "caption": "a picture"} for name in pictures(world)]
    records[3] = {"image-ref": "gone.png", "caption": "x"}
    run = a_run(world, lines(records))
    rejection(call, run)
    assert world.find(run).dataset["counts"] == {"caption-too-short": 1, "media-not-found": 1}
    assert world.find(run).dataset["records"]["rejected"] == 1


def test_records_with_faulty_media_are_set_aside_where_the_recipe_allows_it(
    world: World, call: Call
) -> None:
    names = pictures(world)
    show(world, "tiny.png", png(10, 10))
    run = a_run(world, captions([*names, "tiny.png", "gone.png"]), rejected_share=0.5)
    assert uploaded(call, run)["train_records"] == 8
    aside = trained_on(world, run, "rejected.jsonl")
    assert [each["line"] for each in aside] == [9, 10]
    assert [each["reasons"][0]["code"] for each in aside] == ["image-size", "media-not-found"]
    copied = list(world.services.artifacts.list(run.layout.dataset("media/")))
    assert len(copied) == 8


def test_a_picture_is_trained_on_as_it_was_checked(world: World, call: Call) -> None:
    names = pictures(world)
    run = a_run(world, captions(names))
    call("validate_dataset", run_id=run.run_id)
    show(world, names[0], jpeg())
    s3, bucket = world.ground.client("s3"), world.settings.datasets_bucket
    s3.delete_object(Bucket=bucket, Key=f"datasets/{RECIPE}/{names[1]}")
    call("upload_dataset", run_id=run.run_id)
    written = trained_on(world, run)
    for number in (0, 1):
        assert content_of(world, written[number]["image-ref"]) == png(600 + number, 600)


def test_a_version_that_was_deleted_for_good_is_told(world: World, call: Call) -> None:
    names = pictures(world)
    run = a_run(world, captions(names))
    call("validate_dataset", run_id=run.run_id)
    s3, bucket = world.ground.client("s3"), world.settings.datasets_bucket
    key = f"datasets/{RECIPE}/{names[0]}"
    [version] = s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]
    s3.delete_object(Bucket=bucket, Key=key, VersionId=version["VersionId"])
    with pytest.raises(DatasetRejectedError, match=r"has been deleted since\. Put it there again"):
        call("upload_dataset", run_id=run.run_id)


def test_the_same_file_over_other_pictures_is_new(world: World, call: Call) -> None:
    names = pictures(world)
    first, second = a_run(world, captions(names)), a_run(world, captions(names))
    call("validate_dataset", run_id=first.run_id)
    assert not call("validate_dataset", run_id=second.run_id)["is_new"]
    show(world, names[0], png(777, 600))
    third = a_run(world, captions(names))
    assert call("validate_dataset", run_id=third.run_id)["is_new"]


def test_sides_do_not_depend_on_where_pictures_are_copied(world: World, call: Call) -> None:
    names = pictures(world, 40)
    run = a_run(world, captions(names), test_share=0.2)
    call("validate_dataset", run_id=run.run_id)
    counted = world.find(run).dataset["records"]
    found = call("upload_dataset", run_id=run.run_id)
    assert found["test_records"] == counted["test"] > 0
    assert found["train_records"] == counted["train"]
