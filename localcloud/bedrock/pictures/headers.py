"""What the first bytes of an image or a video say of it."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_PNG = b"\x89PNG\r\n\x1a\n"
# Start-of-frame markers of JPEG; C4, C8 and CC mean something else.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_END, _SCAN = 0xD9, 0xDA
_MATROSKA = b"\x1a\x45\xdf\xa3"


class UnreadableError(Exception):
    """The bytes are no image or video of a kind that is known."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """Format and size in pixels."""

    format: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Video:
    """The formats that the container may be called, and its length where it says one."""

    formats: tuple[str, ...]
    seconds: float | None = None


def read_image(content: bytes) -> Image:
    """Format and size of an image; UnreadableError for anything else."""
    try:
        return _image(content)
    except (struct.error, IndexError, StopIteration) as error:
        raise UnreadableError from error


def read_video(content: bytes) -> Video:
    """Container and length of a video; UnreadableError for anything else."""
    if content.startswith(_MATROSKA):
        return Video(formats=("webm",) if b"webm" in content[:64] else ("mkv",))
    if content[4:8] != b"ftyp":
        raise UnreadableError
    formats = ("mov",) if content[8:12] == b"qt  " else ("mp4", "three_gp")
    try:
        return Video(formats=formats, seconds=_seconds(content))
    except (struct.error, ZeroDivisionError) as error:
        raise UnreadableError from error


def _image(content: bytes) -> Image:
    if content.startswith(_PNG) and content[12:16] == b"IHDR":
        width, height = struct.unpack_from(">II", content, 16)
        return Image(format="png", width=width, height=height)
    if content.startswith(b"\xff\xd8\xff"):
        width, height = next(_frames(content))
        return Image(format="jpeg", width=width, height=height)
    if content[:6] in (b"GIF87a", b"GIF89a"):
        width, height = struct.unpack_from("<HH", content, 6)
        return Image(format="gif", width=width, height=height)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        width, height = _webp_size(content)
        return Image(format="webp", width=width, height=height)
    raise UnreadableError


def _frames(content: bytes) -> Iterator[tuple[int, int]]:
    for marker, start, _ in segments(content):
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, start + 1)
            yield width, height


def segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of the content of each segment of a JPEG file."""
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise UnreadableError
        marker = content[at + 1]
        if marker == 0xFF or marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == _END:
            return
        (length,) = struct.unpack_from(">H", content, at + 2)
        yield marker, at + 4, at + 2 + length
        at = after_scan(content, at + 2 + length) if marker == _SCAN else at + 2 + length


def after_scan(content: bytes, at: int) -> int:
    """Where the coded data of a scan ends: at the next marker that is no restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            return len(content)
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2


def _webp_size(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X":
        wide, high = content[24:27], content[27:30]
        return 1 + int.from_bytes(wide, "little"), 1 + int.from_bytes(high, "little")
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", content, 26)
    return width & 0x3FFF, height & 0x3FFF


def _seconds(content: bytes) -> float | None:
    """Length from the movie header box, wherever the file has it."""
    at = content.find(b"mvhd")
    if at < 0:
        return None
    if content[at + 4] == 1:
        scale, length = struct.unpack_from(">IQ", content, at + 24)
    else:
        scale, length = struct.unpack_from(">II", content, at + 16)
    return float(length / scale)
