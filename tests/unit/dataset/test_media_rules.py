"""What a base model takes of images and videos, by their headers."""

import pytest
from media_builders import IMAGES, VIDEOS, Whole, gif, jpeg, mkv, mp4, png, webp
from media_targets import LIMITS, TILES, image, target_with, video
from msgspec import structs

from tunedrop.dataset.findings import Fault
from tunedrop.dataset.media_headers import read_header
from tunedrop.dataset.media_rules import (
    image_token_fault,
    listed,
    media_faults,
    written_format,
)
from tunedrop.dataset.records import Media

NO_LIMITS = structs.replace(
    LIMITS, max_image_bytes=None, min_image_side=None, max_image_side=None, max_image_pixels=None,
    max_aspect_ratio=None, max_video_bytes=None, max_video_seconds=None,
)  # fmt: skip


def faults(media: Media, data: bytes, limits: object = LIMITS) -> list[Fault]:
    assert isinstance(limits, type(LIMITS))
    return list(media_faults(media, read_header(Whole(data)), len(data), limits, "Model"))


def told(media: Media, data: bytes, limits: object = LIMITS) -> list[tuple[str, str]]:
    return [(fault.code, fault.message) for fault in faults(media, data, limits)]


@pytest.mark.parametrize("format_", LIMITS.image_formats)
def test_an_image_within_the_limits_is_fine(format_: str) -> None:
    data = IMAGES[format_](600, 512)
    assert faults(image(format_=format_), data) == []
    assert faults(image(), data) == []


@pytest.mark.parametrize("format_", VIDEOS)
def test_a_video_within_the_limits_is_fine(format_: str) -> None:
    assert faults(video(format_=format_), VIDEOS[format_](90)) == []


def test_containers_of_one_kind_may_stand_for_each_other() -> None:
    assert faults(video(format_="mp4"), mp4(brand=b"qt  ")) == []


@pytest.mark.parametrize(
    ("media", "data", "message"),
    [
        (image(), webp(), "the image is webp; Model takes jpeg, png and gif"),
        (image(), b"%PDF-1.7", "the image is a PDF document; Model takes jpeg, png and gif"),
        (image(), b"", "the image is empty; Model takes jpeg, png and gif"),
        (video(), png(), "the record says video, but the file is png; Model takes mp4, mov, mkv "
         "and webm"),
    ],
)  # fmt: skip
def test_another_format_is_named(media: Media, data: bytes, message: str) -> None:
    assert told(media, data) == [("media-format", message)]


@pytest.mark.parametrize(
    ("media", "data", "message"),
    [
        (image(format_="png"), jpeg(), "the image is jpeg, but the record says png"),
        (image(format_="secret"), jpeg(), "the image is jpeg, but the record says another format"),
        (video(format_="mp4"), mkv(), "the video is mkv, but the record says mp4"),
    ],
)
def test_a_format_that_the_record_mistakes_is_mended(
    media: Media, data: bytes, message: str
) -> None:
    [found] = faults(media, data)
    assert (found.code, found.message, found.is_error) == ("media-format-stated", message, False)
    assert written_format(media, read_header(Whole(data))) in message


def test_a_format_that_may_be_said_of_a_file_is_left_as_it_is() -> None:
    assert written_format(video(format_="mov"), read_header(Whole(mp4()))) == "mov"
    assert written_format(video(), read_header(Whole(mp4()))) == "mp4"


def test_a_damaged_file_is_named_with_its_damage() -> None:
    assert told(image(), gif()[:8]) == [
        ("media-damaged", "the image cannot be read: it ends inside its header")
    ]


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (gif(511, 600), "image-size", "the image has 511 x 600 pixels; Model takes sides of 512 to "
         "4,096"),
        (gif(1024, 4097), "image-size", "the image has 1,024 x 4,097 pixels; Model takes sides of "
         "512 to 4,096"),
        (gif(2000, 1001), "image-size", "the image has 2,000 x 1,001 pixels, 2,002,000 in all; "
         "Model takes 2,000,000"),
        (gif(2049, 512), "image-shape", "the image has 2,049 x 512 pixels; Model takes sides of "
         "1:4 to 4:1"),
        (gif() + b" " * 2000, "media-too-large", "the image has 2,014 bytes; Model takes 2,000"),
    ],
)  # fmt: skip
def test_an_image_beyond_a_limit_is_named_with_both_numbers(
    data: bytes, code: str, message: str
) -> None:
    assert (code, message) in told(image(), data)


@pytest.mark.parametrize("data", [gif(512, 2048), gif(2048, 512), gif(512, 512), gif(1000, 2000)])
def test_an_image_at_a_limit_is_fine(data: bytes) -> None:
    assert faults(image(), data) == []


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (mp4(90.25), "video-too-long", "the video plays 90.25 seconds; Model takes 90"),
        (mp4() + b"\0\0\3\xe8free" + b"\0" * 992, "media-too-large",
         "the video has 1,244 bytes; Model takes 1,000"),
        (mkv(None), "video-length-unknown",
         "the video does not say how long it plays; Model takes 90 seconds"),
    ],
)  # fmt: skip
def test_a_video_beyond_a_limit_is_named(data: bytes, code: str, message: str) -> None:
    assert told(video(), data) == [(code, message)]


def test_a_length_that_is_not_known_is_no_error() -> None:
    [found] = faults(video(), mkv(None))
    assert not found.is_error


@pytest.mark.parametrize(
    ("media", "data"),
    [(image(), gif(1, 9999) + b" " * 9999), (video(), mp4(9999)), (video(), mkv(None))],
)
def test_nothing_is_asked_where_no_limit_is_documented(media: Media, data: bytes) -> None:
    assert faults(media, data, NO_LIMITS) == []


def test_sides_with_one_limit_are_told_so() -> None:
    least = structs.replace(NO_LIMITS, min_image_side=10)
    most = structs.replace(NO_LIMITS, max_image_side=10)
    assert "takes sides of at least 10" in told(image(), gif(5, 5), least)[0][1]
    assert "takes sides of at most 10" in told(image(), gif(15, 5), most)[0][1]


def test_images_count_as_tokens_where_it_is_documented_how() -> None:
    target = target_with(max_tokens=10_000, image_tokens=TILES)
    assert image_token_fault(600, [6_404, 3_202], target) is None
    found = image_token_fault(600, [6_404, 6_404], target)
    assert found is not None
    assert found.code == "too-many-tokens"
    assert "12,808 of them in images; Model takes 10,000" in found.message


def test_a_cautious_estimate_beyond_the_limit_is_a_warning() -> None:
    target = target_with(max_tokens=10_000, image_tokens=TILES)
    estimate = target.customization.token_estimate
    characters = int(1000 * estimate.cautious_characters_per_token) + 3
    found = image_token_fault(characters, [6_404, 2_596], target)
    assert found is not None
    assert not found.is_error


def test_a_record_that_is_too_long_with_the_smallest_images_is_told_once() -> None:
    target = target_with(max_tokens=10_000, image_tokens=TILES)
    assert image_token_fault(600, [6_404] * 7, target) is None


def test_names_are_listed_as_people_do() -> None:
    assert [listed(()), listed(("a",)), listed(("a", "b", "c"))] == ["none", "a", "a, b and c"]
