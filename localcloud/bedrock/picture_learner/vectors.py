"""Words and pictures as vectors in one space: before training, and drawn together by it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from localcloud.bedrock.learner.network import Optimizer
from localcloud.bedrock.learner.schedule import Course, schedule
from localcloud.bedrock.picture_learner.example import CaptionedPicture
from localcloud.bedrock.picture_learner.features import (
    CAPTION_BUCKETS,
    PICTURE_FEATURES,
    captions_in_numbers,
    pictures_in_numbers,
    unit,
)
from localcloud.bedrock.pictures.pixels import Floats

OnStep = Callable[[int, int, float], None]
Point = tuple[int, int, float]

LENGTHS = (256, 384, 1024)
_SHARED = 48  # dimensions that training fills; the others stay as they were
_SHARED_WEIGHT = 0.95
_SHARPNESS = 10.0
_RATE = 0.01
_MOST_EXAMPLES = 3_000
_LARGEST_BATCH = 512
_SEED = 20231129  # the base model's own


@dataclass(frozen=True, kw_only=True)
class LearnedVectors:
    """Losses as (step, epoch, nats for each pair), and vectors from what was learned."""

    training: list[Point]
    words: Floats
    pictures: Floats
    usual: Floats
    spread: Floats
    validation: tuple[Point, ...] = ()

    def vector(self, text: str | None, picture: Floats | None, length: int) -> list[float]:
        """The vector of a text, a picture, or of both."""
        parts = []
        if text is not None:
            row = captions_in_numbers([text])
            parts.append(self._joined(row @ self.words, _base_words(row), length))
        if picture is not None:
            row = pictures_in_numbers([picture])
            seen = ((row - self.usual) / self.spread).astype(np.float32)
            parts.append(self._joined(seen @ self.pictures, _base_pictures(row), length))
        return _mean(parts)

    def _joined(self, learned: Floats, base: Floats, length: int) -> Floats:
        rest = unit(base[:, : length - _SHARED])
        both = (
            np.sqrt(_SHARED_WEIGHT) * unit(np.nan_to_num(learned)),
            np.sqrt(1 - _SHARED_WEIGHT) * rest,
        )
        return unit(np.concatenate(both, axis=1).astype(np.float32))


def base_vector(text: str | None, picture: Floats | None, length: int) -> list[float]:
    """The vector before any training: like texts are close, like pictures too, but not to texts."""
    parts = []
    if text is not None:
        parts.append(_base_words(captions_in_numbers([text]))[:, :length])
    if picture is not None:
        parts.append(_base_pictures(pictures_in_numbers([picture]))[:, :length])
    return _mean(parts)


def train_vectors(
    examples: Sequence[CaptionedPicture], course: Course, on_step: OnStep
) -> LearnedVectors:
    """Draw the vectors of pairs together and those of others apart, batch by batch."""
    random = np.random.default_rng(course.seed)
    chosen = random.permutation(len(examples))[:_MOST_EXAMPLES]
    captions = captions_in_numbers([examples[index].caption for index in chosen])
    pictures = pictures_in_numbers([examples[index].pixels for index in chosen])
    usual, spread = pictures.mean(axis=0), pictures.std(axis=0) + np.float32(0.05)
    pictures = (pictures - usual) / spread
    weights = [
        random.normal(0, 0.1, (features, _SHARED)).astype(np.float32)
        for features in (CAPTION_BUCKETS, PICTURE_FEATURES)
    ]
    steps = schedule(len(chosen), course, random)
    optimizer = Optimizer(weights, _RATE * course.learning_rate_ratio, len(steps))
    training: list[Point] = []
    with np.errstate(all="ignore"):
        for number, step in enumerate(steps, start=1):
            batch = step.batch[:_LARGEST_BATCH]
            loss, gradients = _gradients(captions[batch], pictures[batch], weights)
            optimizer.step(gradients)
            training.append((number, step.epoch, loss))
            on_step(number, step.epoch, loss)
    return LearnedVectors(
        training=training, words=weights[0], pictures=weights[1], usual=usual, spread=spread
    )


def _gradients(
    captions: Floats, pictures: Floats, weights: Sequence[Floats]
) -> tuple[float, list[Floats]]:
    """How badly pairs are told from other pairings of the batch, and the slopes of that."""
    raw = captions @ weights[0], pictures @ weights[1]
    said, seen = unit(raw[0]), unit(raw[1])
    scores: Floats = np.float32(_SHARPNESS) * (said @ seen.T)
    by_caption, by_picture = _chances(scores), _chances(scores.T).T
    loss = -np.log(np.stack([by_caption.diagonal(), by_picture.diagonal()]) + 1e-12).mean()
    wrong = by_caption + by_picture - 2 * np.eye(len(scores))
    errors: Floats = (_SHARPNESS / 2 / len(scores) * wrong).astype(np.float32)
    slopes: tuple[Floats, Floats] = (errors @ seen, errors.T @ said)
    inputs = captions, pictures
    return float(loss), [
        rows.T @ _through_unit(before, after, slope)
        for rows, before, after, slope in zip(inputs, raw, (said, seen), slopes, strict=True)
    ]


def _through_unit(before: Floats, after: Floats, slope: Floats) -> Floats:
    lengths = np.maximum(np.linalg.norm(before, axis=1, keepdims=True), 1e-6)
    along = (slope * after).sum(axis=1, keepdims=True)
    through: Floats = (slope - along * after) / lengths
    return through


def _chances(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Floats = raised / raised.sum(axis=1, keepdims=True)
    return chances


def _mean(parts: Sequence[Floats]) -> list[float]:
    together = unit(np.mean([unit(part[0]) for part in parts], axis=0))
    return [round(float(value), 8) for value in together]


def _base_words(rows: Floats) -> Floats:
    vectors: Floats = rows @ _base_map(CAPTION_BUCKETS)
    return vectors


def _base_pictures(rows: Floats) -> Floats:
    vectors: Floats = (rows - rows.mean(axis=1, keepdims=True)) @ _base_map(PICTURE_FEATURES)
    return vectors


def _base_map(features: int) -> Floats:
    random = np.random.default_rng(_SEED + features)
    weights: Floats = random.normal(0, 1 / 32, (features, max(LENGTHS))).astype(np.float32)
    return weights
