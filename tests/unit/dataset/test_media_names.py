"""Names of images: what they say of a format, and what is said of names that are not taken."""

from typing import Any

import pytest
from dataset_builders import NO_SPLIT, file_of, jsonl, recipe_for
from media_builders import png
from media_targets import MemoryStore

from tunedrop.dataset.formats.media import image_format
from tunedrop.dataset.media_inspection import MediaInspection
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.target import Target
from tunedrop.dataset.validation import validate

RECIPE = recipe_for("amazon.titan-image-generator-v2:0", data=NO_SPLIT)


def captions(*names: str) -> list[dict[str, Any]]:
    return [{"image-ref": name, "caption": f"Picture {name}"} for name in names]


def report_on(*files: list[dict[str, Any]], store: MemoryStore) -> ValidationReport:
    sources = [file_of(jsonl(records), f"{number}.jsonl") for number, records in enumerate(files)]
    with MediaInspection(store, Target.of(RECIPE)) as media:
        return validate({"train": sources}, RECIPE, media=media)


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("s3://b/a.PNG", "png"),
        ("a.jpg", "jpeg"),
        ("tides/a.tif", "tiff"),
        ("photo.v2", None),
        ("photo", None),
        ("png", None),
        ("a.png/photo", None),
    ],
)
def test_only_known_endings_say_a_format(name: str, format_: str | None) -> None:
    assert image_format(name) == format_


def test_an_image_whose_name_says_no_format_is_judged_by_its_header() -> None:
    names = [f"photo.v{number}" for number in range(5)]
    store = MemoryStore({names[0]: b"%PDF-1.7"} | {name: png(600, 600) for name in names[1:]})
    found = report_on(captions(*names), store=store)
    told = [(each.line, each.code, each.message) for each in found.findings if each.line]
    message = "the image is a PDF document; Titan Image Generator G1 V2 takes jpeg and png"
    assert told == [(1, "media-format", message)]


def test_a_name_that_is_not_taken_is_told_once_a_file() -> None:
    names = [f"photo {number}.png" for number in range(8)]
    store = MemoryStore({name: png(600, 600) for name in names})
    found = report_on(captions(*names[:4]), captions(*names[4:]), store=store)
    assert [(each.code, each.file, each.line) for each in found.findings] == [
        ("media-name", "0.jsonl", 1),
        ("media-name", "1.jsonl", 1),
    ]
    assert found.fit
