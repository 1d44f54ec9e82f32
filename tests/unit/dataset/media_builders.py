"""Builders of small media files: whole headers, and as little behind them as can be."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Whole:
    """A file in memory that counts how often it is asked."""

    data: bytes

    @property
    def size(self) -> int:
        """All of its bytes."""
        return len(self.data)

    def at(self, offset: int, length: int) -> bytes:
        """As far as the file goes."""
        return self.data[offset : offset + length]


def png(width: int = 600, height: int = 600) -> bytes:
    """A whole grey picture of one bit per pixel."""
    rows = zlib.compress((b"\0" + b"\0" * ((width + 7) // 8)) * height)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def jpeg(
    width: int = 600, height: int = 600, *, frame: int = 0xC0, segments: tuple[bytes, ...] = ()
) -> bytes:
    """A header of a picture: its frame's marker, and the APP segments before it."""
    before = b"".join(b"\xff\xe1" + struct.pack(">H", len(each) + 2) + each for each in segments)
    size = struct.pack(">BHH", 8, height, width)
    started = b"\xff\xd8" + before + b"\xff" + bytes([frame]) + b"\0\x0b" + size + b"\1\1\x11\0"
    return started + b"\xff\xda\0\x08\1\1\0\0\x3f\0\0\xff\xd9"


def gif(width: int = 600, height: int = 600) -> bytes:
    """An empty picture."""
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"


def webp(width: int = 600, height: int = 600, kind: str = "VP8X") -> bytes:
    """A header of each of the three kinds."""
    chunk = {"VP8 ": _lossy, "VP8L": _lossless, "VP8X": _extended}[kind](width, height)
    body = b"WEBP" + kind.encode() + struct.pack("<I", len(chunk)) + chunk
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _lossy(width: int, height: int) -> bytes:
    return b"\x10\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height) + b"\0\0"


def _lossless(width: int, height: int) -> bytes:
    return b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + b"\0"


def _extended(width: int, height: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"\0\0\0\0" + sides


def mp4(seconds: float = 5, *, brand: bytes = b"isom", movie_last: bool = True) -> bytes:
    """A file whose movie header stands behind its pictures, as cameras write it, or before."""
    start = _box(b"ftyp", brand + b"\0\0\2\0" + brand)
    times = struct.pack(">IIIII", 0, 0, 0, 1000, int(seconds * 1000))
    movie = _box(b"moov", _box(b"mvhd", times + b"\0" * 80))
    pictures = _box(b"mdat", b"\0" * 100)
    return start + (pictures + movie if movie_last else movie + pictures)


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


def mkv(seconds: float | None = 5, doc_type: bytes = b"matroska") -> bytes:
    """A file of one segment; without seconds it is as browsers record it."""
    header = _element(0x1A45DFA3, _element(0x4282, doc_type))
    length = b"" if seconds is None else _element(0x4489, struct.pack(">d", seconds * 1000))
    info = _element(0x1549A966, _element(0x2AD7B1, (1_000_000).to_bytes(3, "big")) + length)
    body = _element(0xEC, b"\0" * 40) + info + _element(0x1F43B675, b"\0" * 20)
    unknown = b"\x01" + b"\xff" * 7
    return header + (0x18538067).to_bytes(4, "big") + unknown + body


def _element(id_: int, content: bytes) -> bytes:
    name = id_.to_bytes((id_.bit_length() + 7) // 8, "big")
    return name + (0x4000 | len(content)).to_bytes(2, "big") + content


IMAGES: dict[str, Callable[[int, int], bytes]] = {
    "png": png,
    "jpeg": jpeg,
    "gif": gif,
    "webp": webp,
}
VIDEOS: dict[str, Callable[[float], bytes]] = {
    "mp4": mp4,
    "mov": lambda seconds: mp4(seconds, brand=b"qt  "),
    "mkv": mkv,
    "webm": lambda seconds: mkv(seconds, b"webm"),
}
