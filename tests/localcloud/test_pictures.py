"""What the stand-in reads off images and videos: headers, and pixels to learn from."""

import struct
from pathlib import Path

import numpy as np
import pytest

from localcloud.bedrock.pictures.headers import UnreadableError, read_image, read_video
from localcloud.bedrock.pictures.pixels import SIDE, enlarged, thumbnail
from localcloud.bedrock.pictures.png import decode_png, encode_png
from tests.localcloud.pictures import drawn, png, png_of_rows

FLAGS = Path(__file__).parents[1] / "data" / "pictures"
RED, BLUE, YELLOW = (220, 40, 40), (40, 60, 200), (240, 230, 60)


def flag(kind: str) -> bytes:
    """40 x 24 pixels: red and blue above yellow."""
    return (FLAGS / f"flag.{kind}").read_bytes()


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("sequential.jpg", "jpeg"),
        ("progressive.jpg", "jpeg"),
        ("gif", "gif"),
        ("lossy.webp", "webp"),
        ("lossless.webp", "webp"),
    ],
)
def test_headers_say_format_and_size(kind: str, form: str) -> None:
    image = read_image(flag(kind))
    assert (image.format, image.width, image.height) == (form, 40, 24)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8\xff", b"GIF89a", b"hello", b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_image_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_image(content)
    assert thumbnail(content) is None


def movie(brand: bytes, seconds: int) -> bytes:
    """The boxes of a film that are looked at."""
    header = struct.pack(">4sIIIII", b"mvhd", 0, 0, 0, 600, 600 * seconds)
    return struct.pack(">I4s4sI", 16, b"ftyp", brand, 0) + header


def test_videos_say_container_and_length() -> None:
    assert read_video(movie(b"isom", 12)).formats[0] == "mp4"
    assert read_video(movie(b"isom", 12)).seconds == 12
    assert read_video(movie(b"qt  ", 3)).formats == ("mov",)
    assert read_video(b"\x1a\x45\xdf\xa3\x01webm").formats == ("webm",)
    with pytest.raises(UnreadableError):
        read_video(flag("gif"))


def colours(kind: str) -> list[tuple[int, ...]]:
    """The colours of a thumbnail inside each of the three parts of the flag."""
    small = thumbnail(flag(kind))
    assert small is not None
    places = ((2, 2), (2, SIDE - 3), (SIDE - 2, SIDE // 2))
    return [tuple((small[place] * 255).round().astype(int)) for place in places]


@pytest.mark.parametrize("kind", ["sequential.jpg", "progressive.jpg", "restarts.jpg"])
def test_jpeg_files_give_their_colours(kind: str) -> None:
    distances = np.array(colours(kind)) - np.array([RED, BLUE, YELLOW])
    assert abs(distances).max() < 12


def test_grey_jpeg_gives_its_light() -> None:
    seen = np.array(colours("grey.jpg"))
    light = np.array([RED, BLUE, YELLOW]) @ [0.299, 0.587, 0.114]
    assert abs(seen - light[:, None]).max() < 8


@pytest.mark.parametrize("kind", ["cmyk.jpg", "gif", "lossy.webp"])
def test_what_is_not_decoded_gives_no_pixels(kind: str) -> None:
    assert thumbnail(flag(kind)) is None


@pytest.mark.parametrize("end", range(30, 700, 37))
def test_broken_jpeg_never_breaks_the_reader(end: int) -> None:
    whole = flag("sequential.jpg")
    thumbnail(whole[:end])
    thumbnail(whole[:end] + b"\xff\x00" * 40 + whole[end:])


def filtered(pixels: np.ndarray, kinds: list[int]) -> bytes:  # type: ignore[type-arg]
    """Rows of a PNG file, each with its prediction taken off, as the specification says."""
    values = pixels.astype(int).reshape(len(pixels), -1)
    padded = np.pad(values, ((1, 0), (3, 0)))
    left, above, corner = padded[1:, :-3], padded[:-1, 3:], padded[:-1, :-3]
    far = [abs(above - corner), abs(left - corner), abs(left + above - 2 * corner)]
    nearest = np.where(far[1] <= far[2], above, corner)
    paeth = np.where((far[0] <= far[1]) & (far[0] <= far[2]), left, nearest)
    guesses = [0 * left, left, above, (left + above) // 2, paeth]
    rows = [
        bytes([kind]) + ((values[index] - guesses[kind][index]) % 256).astype(np.uint8).tobytes()
        for index, kind in enumerate(kinds)
    ]
    return b"".join(rows)


@pytest.mark.parametrize("kinds", [[0], [1], [2], [3], [4], [1, 2], [4, 3, 2, 1, 0]])
def test_every_filter_of_png_is_undone(kinds: list[int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (11, 7, 3), np.uint8)
    rows = filtered(pixels, [kinds[index % len(kinds)] for index in range(11)])
    assert (decode_png(png_of_rows(rows, 7, 11)) == pixels).all()


def test_grey_of_few_bits_is_spread_out() -> None:
    decoded = decode_png(png_of_rows(b"\0\b\x1b" * 2, 6, 2, colour=0, depth=2))
    assert decoded[0, :, 0].tolist() == [0, 0, 170, 0, 0, 85]


def test_written_png_is_read_again() -> None:
    pixels = drawn(1, 1)[0].pixels
    assert (decode_png(encode_png(pixels)) == pixels).all()
    assert (decode_png(png(pixels)) == pixels).all()


@pytest.mark.parametrize(("width", "height"), [(512, 512), (37, 80), (5, 3)])
def test_thumbnail_survives_enlarging(width: int, height: int) -> None:
    picture = thumbnail(drawn(1, 2)[0].png)
    assert picture is not None
    again = enlarged(picture, width, height)
    image = read_image(again)
    assert (image.width, image.height) == (width, height)
    small = thumbnail(again)
    assert small is not None
    assert abs(small - picture).mean() < 0.12


def test_mean_colour_does_not_depend_on_the_size() -> None:
    pixels = np.zeros((90, 50, 3), np.uint8)
    pixels[:45] = 255
    small = thumbnail(png(pixels))
    assert small is not None
    assert small.mean() == pytest.approx(0.5, abs=0.01)
    assert small[0].min() == pytest.approx(1)
