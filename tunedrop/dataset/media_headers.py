"""What an image or video is and how large, read off its header alone; no bytes can crash it."""

import re
from collections.abc import Callable
from struct import unpack

from msgspec import Struct

from tunedrop.dataset.media_bytes import DamagedError, MediaBytes, exactly
from tunedrop.dataset.media_containers import iso_container, matroska_container
from tunedrop.dataset.records import MediaKind

_RECOGNIZED_BYTES = 64
_MOST_SEGMENTS = 200
_STRAY_BYTES = 1024
_MARKER = re.compile(rb"\xff+[^\xff\x00]")
_ISO_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})

# Start Of Frame of every coding process; C4, C8 and CC are other things (ITU T.81, table B.1).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_END_OF_IMAGE, _START_OF_SCAN = 0xD9, 0xDA

_OTHERS = (
    (b"BM", "a BMP image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"\0\0\1\0", "an icon"),
    (b"%PDF", "a PDF document"),
    (b"FLV\1", "an FLV video"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a WMV video"),
    (b"\0\0\1\xba", "an MPEG video"),
    (b"\0\0\1\xb3", "an MPEG video"),
    (b"\x1f\x8b", "a gzip file"),
    (b"PK\x03\x04", "a zip file"),
    (b"version https://git-lfs", "a pointer of Git LFS, and not the file itself"),
    (b"<?xml", "XML or SVG text"),
    (b"<svg", "an SVG drawing"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"{", "JSON text"),
)


class MediaHeader(Struct, frozen=True, kw_only=True):
    """What a file is: `format` as Bedrock spells it, or, where `kind` is None, in words.

    `seconds` is None where the file does not say; `damage` says why nothing can be read.
    """

    kind: MediaKind | None
    format: str
    width: int = 0
    height: int = 0
    seconds: float | None = None
    damage: str = ""


def read_header(file: MediaBytes) -> MediaHeader:
    """Recognize a file by its first bytes, and read its size in pixels or seconds."""
    start = file.at(0, _RECOGNIZED_BYTES)
    for recognizes, format_, size_of in _IMAGES:
        if recognizes(start):
            return _image(file, format_, size_of)
    if start[4:8] in _ISO_BOXES:
        return _video(file, "mp4", iso_container)
    if start.startswith(b"\x1a\x45\xdf\xa3"):
        return _video(file, "mkv", matroska_container)
    return MediaHeader(kind=None, format=_other(start))


PixelSize = tuple[int, int]


def _image(
    file: MediaBytes, format_: str, size_of: Callable[[MediaBytes], PixelSize]
) -> MediaHeader:
    try:
        width, height = size_of(file)
        if not width or not height:
            raise DamagedError("its header gives no size in pixels")
    except DamagedError as damage:
        return MediaHeader(kind="image", format=format_, damage=str(damage))
    return MediaHeader(kind="image", format=format_, width=width, height=height)


def _video(
    file: MediaBytes,
    family: str,
    container_of: Callable[[MediaBytes], tuple[str, float | None]],
) -> MediaHeader:
    try:
        format_, seconds = container_of(file)
    except DamagedError as damage:
        return MediaHeader(kind="video", format=family, damage=str(damage))
    is_video = not format_.startswith(("a ", "an "))
    return MediaHeader(kind="video" if is_video else None, format=format_, seconds=seconds)


def _other(start: bytes) -> str:
    if not start:
        return "empty"
    if start[:4] == b"RIFF" and start[8:12] == b"AVI ":
        return "an AVI video"
    found = (words for prefix, words in _OTHERS if start.lstrip().startswith(prefix))
    return next(found, "of no known kind")


def _png_size(file: MediaBytes) -> PixelSize:
    header = exactly(file, 8, 16)
    if header[4:8] != b"IHDR":
        raise DamagedError("its first chunk is not IHDR")
    width, height = unpack(">II", header[8:])
    return width, height


def _gif_size(file: MediaBytes) -> PixelSize:
    width, height = unpack("<HH", exactly(file, 6, 4))
    return width, height


def _webp_size(file: MediaBytes) -> PixelSize:
    chunk = exactly(file, 12, 4)
    if chunk == b"VP8 ":
        frame = exactly(file, 23, 7)
        if frame[:3] != b"\x9d\x01\x2a":
            raise DamagedError("its first frame is no key frame")
        width, height = unpack("<HH", frame[3:])
        return width & 0x3FFF, height & 0x3FFF
    if chunk == b"VP8L":
        bits = int.from_bytes(exactly(file, 21, 4), "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8X":
        sides = exactly(file, 24, 6)
        return int.from_bytes(sides[:3], "little") + 1, int.from_bytes(sides[3:], "little") + 1
    raise DamagedError("its first chunk is no picture")


def _jpeg_size(file: MediaBytes) -> PixelSize:
    """Walk the segments to the first frame header; those before may be long (EXIF, ICC)."""
    offset = 2
    for _ in range(_MOST_SEGMENTS):
        stray = file.at(offset, _STRAY_BYTES)
        found = _MARKER.search(stray)
        if found is None:
            raise DamagedError("it ends inside its header" if len(stray) < _STRAY_BYTES else _LOST)
        offset, code = offset + found.end(), found[0][-1]
        if code in _WITHOUT_LENGTH:
            continue
        if code in (_END_OF_IMAGE, _START_OF_SCAN):
            raise DamagedError("its picture begins before its size is given")
        length = int.from_bytes(exactly(file, offset, 2), "big")
        if code in _FRAMES:
            height, width = unpack(">HH", exactly(file, offset + 3, 4))
            return width, height
        offset += max(length, 2)
    raise DamagedError(_LOST)


_LOST = "its header gives no size where it must"

_IMAGES: tuple[tuple[Callable[[bytes], bool], str, Callable[[MediaBytes], PixelSize]], ...] = (
    (lambda start: start.startswith(b"\x89PNG\r\n\x1a\n"), "png", _png_size),
    (lambda start: start.startswith(b"\xff\xd8\xff"), "jpeg", _jpeg_size),
    (lambda start: start.startswith((b"GIF87a", b"GIF89a")), "gif", _gif_size),
    (lambda start: start[:4] == b"RIFF" and start[8:12] == b"WEBP", "webp", _webp_size),
)
