"""PNG files as pixels, and pixels as PNG files."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from localcloud.bedrock.pictures.headers import UnreadableError

Bytes = NDArray[np.uint8]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GRAY, _RGB, _PALETTE, _GRAY_ALPHA, _RGBA = 0, 2, 3, 4, 6
_CHANNELS = {_GRAY: 1, _RGB: 3, _PALETTE: 1, _GRAY_ALPHA: 2, _RGBA: 4}
_NONE, _SUB, _UP, _AVERAGE, _PAETH = range(5)
_QUICK = 1  # of zlib's levels


def decode_png(content: bytes) -> Bytes:
    """Rows, columns and RGB of a PNG that is not interlaced; UnreadableError for others."""
    try:
        return _decoded(content)
    except (struct.error, zlib.error, ValueError, KeyError, IndexError) as error:
        raise UnreadableError from error


def encode_png(pixels: Bytes) -> bytes:
    """Rows, columns and RGB as a PNG file."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + width * 3), np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, _RGB, 0, 0, 0)
    data = zlib.compress(rows.tobytes(), _QUICK)
    parts = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _decoded(content: bytes) -> Bytes:
    chunks = list(_chunks(content))
    header = next(body for kind, body in chunks if kind == b"IHDR")
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if interlaced:
        raise UnreadableError
    packed = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    bits = _CHANNELS[colour] * depth
    lines = np.frombuffer(packed, np.uint8).reshape(height, 1 + (width * bits + 7) // 8)
    samples = _samples(_unfiltered(lines, max(1, bits // 8)), depth, width * _CHANNELS[colour])
    palette = next((body for kind, body in chunks if kind == b"PLTE"), b"")
    return _coloured(samples.reshape(height, width, -1), depth, colour, palette)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        yield kind, content[at + 8 : at + 8 + length]
        at += 12 + length


def _samples(rows: Bytes, depth: int, count: int) -> Bytes:
    """One byte for each sample; of sixteen bits the upper half."""
    if depth == 16:
        return rows[:, ::2]
    if depth == 8:
        return rows
    bits = np.unpackbits(rows, axis=1)[:, : count * depth]
    weights = (1 << np.arange(depth)[::-1]).astype(np.uint8)
    packed: Bytes = (bits.reshape(len(rows), count, depth) * weights).sum(axis=2, dtype=np.uint8)
    return packed


def _coloured(samples: Bytes, depth: int, colour: int, palette: bytes) -> Bytes:
    if colour == _PALETTE:
        return np.frombuffer(palette, np.uint8).reshape(-1, 3)[samples[:, :, 0]]
    if colour in (_GRAY, _GRAY_ALPHA):
        scale = 255 // (2 ** min(depth, 8) - 1)
        return np.repeat(samples[:, :, :1] * np.uint8(scale), 3, axis=2)
    return samples[:, :, :3]


def _unfiltered(lines: Bytes, step: int) -> Bytes:
    """The bytes of each row, with the row's prediction added; `step` is bytes per pixel."""
    filters, coded = lines[:, 0], lines[:, 1:]
    if filters.max(initial=0) > _PAETH:
        raise UnreadableError
    width = -(-coded.shape[1] // step)
    padded = np.zeros((len(coded), width * step), np.uint8)
    padded[:, : coded.shape[1]] = coded
    pixels = padded.reshape(len(coded), width, step)
    plain = filters.max(initial=0) <= _UP
    whole = _row_by_row(filters, pixels) if plain else _by_diagonals(filters, pixels)
    return whole.reshape(len(coded), -1)[:, : coded.shape[1]]


def _row_by_row(filters: Bytes, pixels: Bytes) -> Bytes:
    above = np.zeros_like(pixels[0])
    for kind, row in zip(filters, pixels, strict=True):
        if kind == _SUB:
            row[:] = row.cumsum(axis=0, dtype=np.uint8)
        elif kind == _UP:
            np.add(row, above, out=row)
        above = row
    return pixels


def _by_diagonals(filters: Bytes, pixels: Bytes) -> Bytes:
    """A pixel needs those to its left and above: all pixels of a diagonal can be had at once."""
    height, width, step = pixels.shape
    done = np.zeros((height + 1, width + 1, step), np.int16)
    kinds = filters[:, None]
    for diagonal in range(height + width - 1):
        rows = np.arange(max(0, diagonal - width + 1), min(height, diagonal + 1))
        columns = diagonal - rows
        left, above = done[rows + 1, columns], done[rows, columns + 1]
        guess = _prediction(kinds[rows], left, above, done[rows, columns])
        done[rows + 1, columns + 1] = (pixels[rows, columns] + guess) & 0xFF
    return done[1:, 1:].astype(np.uint8)


def _prediction(
    kinds: Bytes, left: NDArray[np.int16], above: NDArray[np.int16], corner: NDArray[np.int16]
) -> NDArray[np.int16]:
    to_left, to_above = abs(above - corner), abs(left - corner)
    to_corner = abs(left + above - 2 * corner)
    nearest = np.where(to_above <= to_corner, above, corner)
    paeth = np.where((to_left <= to_above) & (to_left <= to_corner), left, nearest)
    found: NDArray[np.int16] = np.select(
        [kinds == _SUB, kinds == _UP, kinds == _AVERAGE, kinds == _PAETH],
        [left, above, (left + above) // 2, paeth],
        np.int16(0),
    )
    return found
