"""What is read off the headers of images and videos, and off anything else."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media_builders import IMAGES, VIDEOS, Whole, gif, jpeg, mkv, mp4, png, webp

from tunedrop.dataset.media_headers import MediaHeader, read_header


def header(data: bytes) -> MediaHeader:
    return read_header(Whole(data))


@pytest.mark.parametrize("format_", IMAGES)
def test_an_image_is_recognized_with_its_sides(format_: str) -> None:
    found = header(IMAGES[format_](640, 480))
    assert found == MediaHeader(kind="image", format=format_, width=640, height=480)


@pytest.mark.parametrize("kind", ["VP8 ", "VP8L", "VP8X"])
def test_every_kind_of_webp_is_measured(kind: str) -> None:
    found = header(webp(1023, 517, kind))
    assert (found.width, found.height) == (1023, 517)


@pytest.mark.parametrize("frame", [0xC0, 0xC1, 0xC2, 0xC9, 0xCA])
def test_jpegs_of_every_coding_are_measured(frame: int) -> None:
    found = header(jpeg(4000, 3000, frame=frame))
    assert (found.width, found.height) == (4000, 3000)


def test_a_jpeg_is_measured_behind_long_segments() -> None:
    found = header(jpeg(4000, 3000, frame=0xC2, segments=(b"x" * 65_000,) * 9))
    assert (found.width, found.height) == (4000, 3000)


def test_a_thumbnail_inside_a_segment_is_not_taken_for_the_picture() -> None:
    found = header(jpeg(4000, 3000, segments=(b"Exif\0\0" + jpeg(160, 120),)))
    assert (found.width, found.height) == (4000, 3000)


def test_stray_bytes_before_a_marker_are_passed_over_as_decoders_do() -> None:
    frame = b"\xff\xc0"
    found = header(jpeg(64, 48, segments=(b"x",)).replace(frame, b"\0\0\xff\xff" + frame))
    assert (found.width, found.height) == (64, 48)


@pytest.mark.parametrize("format_", VIDEOS)
def test_a_video_is_recognized_with_its_seconds(format_: str) -> None:
    found = header(VIDEOS[format_](12.5))
    assert (found.kind, found.format, found.seconds) == ("video", format_, 12.5)


def test_a_movie_header_before_the_pictures_is_read_too() -> None:
    assert header(mp4(90, movie_last=False)).seconds == 90


def test_long_times_take_eight_bytes() -> None:
    short = mp4(movie_last=False)
    start = short.index(b"mvhd") + 4
    times = b"\1\0\0\0" + struct.pack(">QQIQ", 0, 0, 600, 600 * 75)
    assert header(short[:start] + times + short[start + len(times) :]).seconds == 75


@pytest.mark.parametrize("data", [mkv(None), mp4(0)])
def test_a_video_that_does_not_say_its_length_has_none(data: bytes) -> None:
    found = header(data)
    assert (found.kind, found.seconds, found.damage) == ("video", None, "")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (png()[:20], "it ends inside its header"),
        (gif()[:8], "it ends inside its header"),
        (jpeg()[:6], "it ends inside its header"),
        (webp()[:22], "it ends inside its header"),
        (png(0, 5), "no size in pixels"),
        (jpeg(frame=0xDA), "begins before its size"),
        (b"\xff\xd8\xff\xe1\0\2" + b"\0" * 2000, "no size where it must"),
        (png().replace(b"IHDR", b"CgBI"), "first chunk is not IHDR"),
        (webp().replace(b"VP8X", b"ANIM"), "first chunk is no picture"),
        (webp(kind="VP8 ").replace(b"\x9d\x01\x2a", b"\0\0\0"), "no key frame"),
        (mp4()[:60], "it is cut off: it needs 128 bytes"),
        (mp4().replace(b"moov", b"free"), "no movie header"),
        (mp4().replace(b"\0\0\0\x6cmdat", b"\0\0\0\3mdat"), "smaller than their own headers"),
        (mkv()[:13], "no segment"),
    ],
)
def test_a_broken_header_is_told_in_words(data: bytes, words: str) -> None:
    found = header(data)
    assert found.kind is not None
    assert words in found.damage


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "a PDF document"),
        (b"  <svg/>", "an SVG drawing"),
        (b"RIFF\0\0\0\0AVI LIST", "an AVI video"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "an HEIC image"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "an AVIF image"),
        (mkv(doc_type=b"other"), "a Matroska file of another kind"),
        (b"anything", "of no known kind"),
    ],
)
def test_what_is_no_image_or_video_is_named(data: bytes, words: str) -> None:
    found = header(data)
    assert found.kind is None
    assert found.format.startswith(words)


_STARTS = [b"", *(make(9, 9) for make in IMAGES.values()), *(make(3) for make in VIDEOS.values())]


@given(st.sampled_from(_STARTS), st.integers(0, 200), st.binary(max_size=200))
def test_no_bytes_crash_it(start: bytes, kept: int, rest: bytes) -> None:
    found = header(start[:kept] + rest)
    assert found.format
    assert found.width >= 0


@given(st.sampled_from(_STARTS[1:]), st.data())
def test_no_changed_byte_crashes_it(start: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(start) - 1))
    changed = start[:at] + data.draw(st.binary(min_size=1, max_size=4)) + start[at + 1 :]
    assert header(changed).format
