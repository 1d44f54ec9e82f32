"""Captions and thumbnails in numbers: what is looked at, before anything was learned."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from localcloud.bedrock.learner.words import stem_bucket, words
from localcloud.bedrock.pictures.pixels import SIDE, Floats

CAPTION_BUCKETS = 512
_COLOURS = 4  # levels of each of red, green and blue
_CELLS = 4  # along a side
_DIRECTIONS = 8
PICTURE_FEATURES = _COLOURS**3 + 3 * _CELLS**2 + _DIRECTIONS


def captions_in_numbers(captions: Sequence[str]) -> Floats:
    """A row of hashed words for each caption, all of length one; zeros where there is none."""
    rows = np.zeros((len(captions), CAPTION_BUCKETS), np.float32)
    for row, caption in zip(rows, captions, strict=True):
        counted = Counter(stem_bucket(word, CAPTION_BUCKETS) for word in words(caption))
        row[list(counted)] = np.sqrt(list(counted.values()))
    return unit(rows)


def pictures_in_numbers(pictures: Sequence[Floats]) -> Floats:
    """A row for each thumbnail: how much of each colour, what lies where, which way edges run."""
    rows = np.zeros((len(pictures), PICTURE_FEATURES), np.float32)
    for row, pixels in zip(rows, pictures, strict=True):
        places = pixels.reshape(_CELLS, SIDE // _CELLS, _CELLS, SIDE // _CELLS, 3)
        parts = (_colours(pixels), places.mean(axis=(1, 3)).ravel() / 2, _edges(pixels))
        row[:] = np.concatenate(parts)
    return rows


def unit(rows: Floats) -> Floats:
    """The rows at length one; rows of zeros stay."""
    scaled: Floats = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-6)
    return scaled


def _colours(pixels: Floats) -> Floats:
    levels = np.minimum((pixels * _COLOURS).astype(int), _COLOURS - 1).reshape(-1, 3)
    which = levels @ np.array([_COLOURS**2, _COLOURS, 1])
    counts = np.bincount(which, minlength=_COLOURS**3)
    shares: Floats = np.sqrt(counts / counts.sum()).astype(np.float32)
    return shares


def _edges(pixels: Floats) -> Floats:
    down, across = np.gradient(pixels.mean(axis=2))
    strengths = np.hypot(down, across)
    turns = (np.arctan2(down, across) / (2 * np.pi) % 1 * _DIRECTIONS).astype(int) % _DIRECTIONS
    found = np.bincount(turns.ravel(), strengths.ravel(), minlength=_DIRECTIONS)
    shares: Floats = (found / (found.sum() + 1e-6)).astype(np.float32)
    return shares
