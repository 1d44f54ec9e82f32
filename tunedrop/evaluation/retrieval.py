"""How well embeddings bring a text and its image together."""

import base64
import math
from array import array
from collections.abc import Sequence

Vector = Sequence[float]


def vector(answer: str) -> Vector:
    """An embedding as the inference gives it: 32-bit floats in base64."""
    return array("f", base64.b64decode(answer))


def ranks(texts: Sequence[Vector], images: Sequence[Vector]) -> list[int]:
    """For each text the rank of its own image among all images, by cosine, from 1.

    Images that are as near as the right one count before it: an embedding that cannot tell them
    apart has not found it.
    """
    images = [_unit(image) for image in images]
    return [_rank(_unit(text), images, at) for at, text in enumerate(texts)]


def _rank(text: Vector, images: Sequence[Vector], own: int) -> int:
    nearness = [_product(text, image) for image in images]
    return sum(near >= nearness[own] for near in nearness)


def _unit(vector: Vector) -> list[float]:
    length = math.hypot(*vector) or 1.0
    return [value / length for value in vector]


def _product(left: Vector, right: Vector) -> float:
    return sum(map(float.__mul__, left, right))
