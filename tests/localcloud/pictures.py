"""Coloured shapes with their captions, drawn by a seed and written as PNG files."""

import json
import random
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

COLOURS = {
    "red": (215, 30, 30),
    "green": (30, 170, 60),
    "blue": (30, 60, 215),
    "yellow": (230, 215, 40),
    "white": (242, 242, 242),
    "black": (15, 15, 15),
    "purple": (130, 30, 150),
}
SHAPES = ("circle", "square", "triangle", "stripe")
PATTERNS = ("A {shape} in {colour} on {ground}", "{colour} {shape}, {ground} background")


@dataclass(frozen=True)
class Shown:
    """A picture and what its caption says of it."""

    caption: str
    colour: str
    pixels: Pixels

    @property
    def png(self) -> bytes:
        return png(self.pixels)


def drawn(count: int, seed: int, side: int = 128) -> list[Shown]:
    """Pictures that differ; another seed draws others of the same kind."""
    choose = random.Random(seed)
    return [_drawn(choose, side) for _ in range(count)]


def _drawn(choose: random.Random, side: int) -> Shown:
    colour, ground = choose.sample(list(COLOURS), 2)
    shape = choose.choice(SHAPES)
    mask = _mask(shape, choose, side)
    pixels = np.where(mask[..., None], COLOURS[colour], COLOURS[ground]).astype(np.uint8)
    words = choose.choice(PATTERNS).format(shape=shape, colour=colour, ground=ground)
    return Shown(f"{words}, sheet {choose.randint(1, 99_999)}", colour, pixels)


def _mask(shape: str, choose: random.Random, side: int) -> NDArray[np.bool_]:
    radius = choose.uniform(0.2, 0.32) * side
    middle = [choose.uniform(0.4, 0.6) * side for _ in range(2)]
    down, across = (np.mgrid[0:side, 0:side] - np.array(middle)[:, None, None]) / radius
    masks = {
        "circle": down**2 + across**2 < 1,
        "square": np.maximum(abs(down), abs(across)) < 0.9,
        "triangle": (abs(across) * 2 < down + 1) & (down < 1),
        "stripe": abs(down) < 0.5,
    }
    return np.asarray(masks[shape])


def png(pixels: Pixels) -> bytes:
    """An eight-bit RGB file, its rows not filtered."""
    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    return png_of_rows(rows, width, height)


def png_of_rows(rows: bytes, width: int, height: int, colour: int = 2, depth: int = 8) -> bytes:
    """A PNG file of rows that have their filter bytes."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def caption_lines(shown: list[Shown], place: str) -> bytes:
    """The records of pictures that lie below a URI under their numbers."""
    return b"".join(
        json.dumps({"image-ref": f"{place}/{index:05}.png", "caption": each.caption}).encode()
        + b"\n"
        for index, each in enumerate(shown)
    )
