"""Validation: faults that come late, time that runs out, and files that are too large to read."""

from collections.abc import Iterator
from typing import Any

import pytest
from dataset_builders import HAIKU, NO_SPLIT, file_of, jsonl, pairs, recipe_for

from tunedrop.dataset.findings import Fault
from tunedrop.dataset.lines import SourceFile
from tunedrop.dataset.records import AnyRecord
from tunedrop.dataset.validation import validate
from tunedrop.errors import DatasetRejectedError

LITE = "amazon.nova-lite-v1:0:300k"


def shown(number: int) -> dict[str, Any]:
    """A Nova record that names an image."""
    image = {"format": "png", "source": {"s3Location": {"uri": f"s3://bucket/{number}.png"}}}
    said = [{"text": f"What is image {number}?"}, {"image": image}]
    turns = [
        {"role": "user", "content": said},
        {"role": "assistant", "content": [{"text": "A plate."}]},
    ]
    return {"schemaVersion": "bedrock-conversation-2024", "messages": turns}


class LateFaults:
    """A checker that finds something wrong with chosen lines, and says so from the last on."""

    def __init__(self, *lines: int, code: str = "media-not-found") -> None:
        self._lines = lines
        self._code = code
        self.taken: list[int] = []

    def take(self, record: AnyRecord, file: str, line: int) -> None:
        assert record.media
        self.taken.append(line)

    def faults(self) -> Iterator[tuple[str, int, Fault]]:
        for line in sorted(self._lines, reverse=True):
            yield "data.jsonl", line, Fault(code=self._code, message="it is not there")


def images(count: int = 20) -> bytes:
    return jsonl(map(shown, range(count)))


def test_every_usable_record_with_media_reaches_the_checker() -> None:
    media = LateFaults()
    data = images(5) + b'{"messages": 1}\n' + images(3)
    validate({"train": [file_of(data)]}, recipe_for(LITE, data=NO_SPLIT), media=media)
    assert media.taken == [1, 2, 3, 4, 5, 7, 8, 9]


def test_late_faults_stand_in_file_order_under_the_same_cap() -> None:
    broken = b'{"messages": 1, "schemaVersion": "bedrock-conversation-2024"}\n'
    data = images(3) + broken + images(3) + broken + images(3)
    recipe, late = recipe_for(LITE, data=NO_SPLIT), LateFaults(2, 6, 10)
    report = validate({"train": [file_of(data)]}, recipe, media=late, max_findings=4)
    assert [each.line for each in report.findings if each.line] == [2, 4, 6, 8]
    assert report.counts["media-not-found"] == 3
    assert report.findings_left_out == report.errors + report.warnings - 4


def test_record_with_a_late_error_is_rejected_once() -> None:
    recipe = recipe_for(LITE, data={"rejected_share": 0.2})
    report = validate({"train": [file_of(images())]}, recipe, media=LateFaults(3, 3, 5))
    plain = validate({"train": [file_of(images())]}, recipe)
    left = report.records
    assert report.fit
    assert left.rejected == 2
    assert left.train + left.validation + left.test == 18
    assert report.files[0].records == 18
    assert report.tokens < plain.tokens


def test_late_warning_rejects_nothing() -> None:
    media = LateFaults(3, code="video-length-unknown")
    report = validate({"train": [file_of(images())]}, recipe_for(LITE), media=media)
    assert report.records.rejected == 0
    assert report.warnings == 1


def test_sides_are_those_of_a_file_without_the_late_ones() -> None:
    recipe = recipe_for(LITE, data={"rejected_share": 0.5})
    late = LateFaults(*range(21, 31))
    report = validate({"train": [file_of(images(30))]}, recipe, media=late)
    assert report.split == validate({"train": [file_of(images(20))]}, recipe).split


def test_validation_ends_before_its_time_is_up() -> None:
    left = iter([100.0, 60.0, 29.0])
    source = file_of(pairs(5000), cut=1000)
    with pytest.raises(DatasetRejectedError, match=r"data\.jsonl: the time that a validation may"):
        validate({"train": [source]}, recipe_for(), seconds_left=lambda: next(left))


def test_file_too_large_by_its_stated_size_is_refused_unread() -> None:
    def chunks() -> Iterator[bytes]:
        raise AssertionError("it was read")
        yield b""

    source = SourceFile(name="data.jsonl", chunks=chunks, size=11 << 30)
    report = validate({"train": [source]}, recipe_for(HAIKU))
    assert not report.fit
    assert set(report.counts) == {"file-too-large"}
    assert "takes 10,737,418,240" in report.findings[0].message
