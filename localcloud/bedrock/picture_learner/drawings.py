"""Pictures from words: before training from nothing but a seed, then from the pixels it saw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from localcloud.bedrock.learner.network import Optimizer
from localcloud.bedrock.learner.schedule import Course, schedule
from localcloud.bedrock.learner.words import words
from localcloud.bedrock.picture_learner.example import CaptionedPicture
from localcloud.bedrock.picture_learner.features import CAPTION_BUCKETS, captions_in_numbers
from localcloud.bedrock.pictures.pixels import SIDE, Floats, enlarged

OnStep = Callable[[int, int, float], None]
Point = tuple[int, int, float]

_VALUES = SIDE * SIDE * 3
_RATE = 0.02
_MOST_EXAMPLES = 2_000
_FEWEST_PICTURES = 2
_PATCHES = 3  # along a side of what the base model draws
_GRAIN = 0.02  # by which drawings of other seeds differ


@dataclass(frozen=True, kw_only=True)
class LearnedDrawings:
    """Losses as (step, epoch, squared error for each value), and what each word looks like."""

    training: list[Point]
    usual: Floats
    by_word: Floats
    validation: tuple[Point, ...] = ()

    def drawing(self, text: str, width: int, height: int, seed: int) -> bytes:
        """A PNG file of what the text's words looked like in training."""
        with np.errstate(all="ignore"):
            drawn = self.usual + (captions_in_numbers([text]) @ self.by_word)[0]
        return _finished(np.nan_to_num(drawn), text, width, height, seed)


def base_drawing(text: str, width: int, height: int, seed: int) -> bytes:
    """A PNG file of soft colours that the text's words decide, but that show nothing of them."""
    random = np.random.default_rng(crc32(" ".join(sorted(words(text))).encode()))
    patches = random.uniform(0.25, 0.85, (_PATCHES, _PATCHES, 3))
    cells = np.arange(SIDE) * _PATCHES // SIDE
    drawn = patches[cells][:, cells].astype(np.float32).ravel()
    return _finished(drawn, text, width, height, seed)


def train_drawings(
    examples: Sequence[CaptionedPicture], course: Course, on_step: OnStep
) -> LearnedDrawings:
    """Find the pixels that each word of the captions stands for."""
    random = np.random.default_rng(course.seed)
    chosen = random.permutation(len(examples))[:_MOST_EXAMPLES]
    captions = captions_in_numbers([examples[index].caption for index in chosen])
    # A word of one picture alone would be learned as that picture.
    known = np.flatnonzero(np.count_nonzero(captions, axis=0) >= _FEWEST_PICTURES)
    captions = captions[:, known]
    pixels = np.stack([examples[index].pixels.ravel() for index in chosen])
    weights = [np.full(_VALUES, 0.5, np.float32), np.zeros((len(known), _VALUES), np.float32)]
    steps = schedule(len(chosen), course, random)
    optimizer = Optimizer(weights, _RATE * course.learning_rate_ratio, len(steps))
    training: list[Point] = []
    with np.errstate(all="ignore"):
        for number, step in enumerate(steps, start=1):
            said = captions[step.batch]
            errors = weights[0] + said @ weights[1] - pixels[step.batch]
            loss = float((errors**2).mean())
            slopes = errors / np.float32(len(errors))
            optimizer.step([slopes.sum(axis=0), said.T @ slopes])
            training.append((number, step.epoch, loss))
            on_step(number, step.epoch, loss)
    by_word = np.zeros((CAPTION_BUCKETS, _VALUES), np.float32)
    by_word[known] = weights[1]
    return LearnedDrawings(training=training, usual=weights[0], by_word=by_word)


def _finished(drawn: Floats, text: str, width: int, height: int, seed: int) -> bytes:
    random = np.random.default_rng(crc32(f"{seed} {text}".encode()))
    grain = random.normal(0, _GRAIN, (SIDE, SIDE, 1)).astype(np.float32)
    return enlarged(drawn.reshape(SIDE, SIDE, 3) + grain, width, height)
