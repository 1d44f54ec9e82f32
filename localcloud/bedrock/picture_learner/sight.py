"""What a model that reads text can know of a picture: its colours, as made-up words."""

from collections import Counter

import numpy as np

from localcloud.bedrock.pictures.pixels import SIDE, Floats

_LEVELS = 3  # of each of red, green and blue
_MOST_COLOURS = 4
_RAREST = 0.06  # share of the pixels


def words_for(pixels: Floats) -> str:
    """Words for the colours of a thumbnail, those at its centre apart from those at its rim."""
    levels = np.minimum((pixels * _LEVELS).astype(int), _LEVELS - 1)
    names = (levels @ np.array([_LEVELS**2, _LEVELS, 1])).astype(int)
    inner = slice(SIDE // 4, SIDE - SIDE // 4)
    centre = names[inner, inner]
    rim = np.concatenate([names[0], names[-1], names[:, 0], names[:, -1]])
    parts = (("sight", names), ("centre", centre), ("rim", rim))
    return " ".join(word for name, where in parts for word in _commonest(name, where.ravel()))


def _commonest(name: str, colours: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> list[str]:
    counted = Counter(colours.tolist()).most_common(_MOST_COLOURS)
    return [f"{name}{colour}" for colour, count in counted if count >= _RAREST * len(colours)]
