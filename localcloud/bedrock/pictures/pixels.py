"""Small copies of images, to be learned from."""

import numpy as np
from numpy.typing import NDArray

from localcloud.bedrock.pictures.headers import UnreadableError, read_image
from localcloud.bedrock.pictures.jpeg import decode_jpeg
from localcloud.bedrock.pictures.png import decode_png, encode_png

SIDE = 16
_MOST_PIXELS = 50_000_000
Floats = NDArray[np.float32]
# Each with the pixels, along a side, that one of its values stands for.
_DECODERS = {"png": (decode_png, 1), "jpeg": (decode_jpeg, 8)}


def thumbnail(content: bytes) -> Floats | None:
    """`SIDE` rows and columns of RGB from 0 to 1; None for what cannot be decoded here."""
    try:
        header = read_image(content)
        if header.width * header.height > _MOST_PIXELS:
            return None
        decode, step = _DECODERS[header.format]
        pixels = decode(content)
    except (UnreadableError, KeyError):
        return None
    if 0 in pixels.shape:
        return None
    rows = _averages(pixels.shape[0], header.height / step)
    columns = _averages(pixels.shape[1], header.width / step)
    values = pixels.astype(np.float32) / 255
    small: Floats = np.einsum("yr,rcx,zc->yzx", rows, values, columns, optimize=True)
    return small


def _averages(cells: int, length: float) -> Floats:
    """The matrix that averages values down, or spreads them out, to `SIDE`.

    `length` is how many of the cells show something: the last may show a part only.
    """
    edges = np.linspace(0, length, SIDE + 1)
    places = np.arange(cells)
    shares = np.minimum(edges[1:, None], places + 1) - np.maximum(edges[:-1, None], places)
    overlap = np.clip(shares, 0, None)
    averages: Floats = (overlap / overlap.sum(axis=1, keepdims=True)).astype(np.float32)
    return averages


def enlarged(small: Floats, width: int, height: int) -> bytes:
    """A PNG file of this size from a thumbnail, its colours blended between their places."""
    rows, columns = _blend(small.shape[0], height), _blend(small.shape[1], width)
    large = np.einsum("yr,rcx,zc->yzx", rows, np.clip(small, 0, 1), columns, optimize=True)
    return encode_png((large * 255).round().astype(np.uint8))


def _blend(small: int, large: int) -> Floats:
    places = np.clip((np.arange(large) + 0.5) * small / large - 0.5, 0, small - 1)
    distances = abs(places[:, None] - np.arange(small))
    shares: Floats = np.clip(1 - distances, 0, None).astype(np.float32)
    return shares
