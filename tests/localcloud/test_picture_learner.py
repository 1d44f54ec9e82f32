"""What jobs over captioned images learn, and what they must not seem to learn."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from localcloud.bedrock.learner.schedule import Course
from localcloud.bedrock.picture_learner.drawings import base_drawing, train_drawings
from localcloud.bedrock.picture_learner.example import CaptionedPicture
from localcloud.bedrock.picture_learner.sight import words_for
from localcloud.bedrock.picture_learner.vectors import base_vector, train_vectors
from localcloud.bedrock.pictures.pixels import Floats, thumbnail
from tests.localcloud.pictures import drawn

Vector = Callable[[str | None, Floats | None, int], list[float]]
Draw = Callable[[str, int, int, int], bytes]


def pairs(count: int, seed: int) -> list[CaptionedPicture]:
    found = []
    for shown in drawn(count, seed):
        small = thumbnail(shown.png)
        assert small is not None
        found.append(CaptionedPicture(shown.caption, small))
    return found


def exchanged(examples: Sequence[CaptionedPicture]) -> list[CaptionedPicture]:
    captions = [example.caption for example in examples]
    random.Random(3).shuffle(captions)
    return [replace(each, caption=other) for each, other in zip(examples, captions, strict=True)]


def course(epochs: int = 4, rate: float = 1.0) -> Course:
    return Course(epochs=epochs, learning_rate_ratio=rate, batch_size=64, seed=1)


def quiet(step: int, epoch: int, loss: float) -> None:
    """Tells nobody."""


def found_again(vector: Vector, unseen: Sequence[CaptionedPicture], among: int = 5) -> float:
    """Share of captions whose own picture is among the nearest."""
    said = np.array([vector(each.caption, None, 256) for each in unseen])
    seen = np.array([vector(None, each.pixels, 256) for each in unseen])
    scores = said @ seen.T
    better = (scores > scores.diagonal()[:, None]).sum(axis=1)
    return float((better < among).mean())


UNSEEN = pairs(60, 99)


def test_pairs_that_were_not_seen_come_closer() -> None:
    before = found_again(base_vector, UNSEEN)
    model = train_vectors(pairs(400, 1), course(), quiet)
    assert found_again(model.vector, UNSEEN) > before + 0.5


def test_exchanged_captions_bring_no_pairs_closer() -> None:
    model = train_vectors(exchanged(pairs(400, 1)), course(), quiet)
    assert found_again(model.vector, UNSEEN) < found_again(base_vector, UNSEEN) + 0.15


@pytest.mark.parametrize("length", [256, 384, 1024])
def test_vectors_have_the_length_that_is_asked_for(length: int) -> None:
    model = train_vectors(pairs(40, 1), course(1), quiet)
    for vector in (model.vector, base_vector):
        both = np.array(vector("a red circle", UNSEEN[0].pixels, length))
        assert both.shape == (length,)
        assert np.linalg.norm(both) == pytest.approx(1, abs=1e-5)


def test_base_knows_like_texts_from_unlike_ones() -> None:
    one, like, other = (
        np.array(base_vector(text, None, 1024))
        for text in ("a red circle", "red circles", "the quarterly report")
    )
    assert one @ like > one @ other + 0.3


def error(draw: Draw, unseen: Sequence[CaptionedPicture]) -> float:
    """How far drawings of the captions are from the pictures."""
    smalls = [thumbnail(draw(each.caption, 64, 64, 0)) for each in unseen]
    return float(
        np.mean(
            [
                ((small - each.pixels) ** 2).mean()
                for small, each in zip(smalls, unseen, strict=True)
                if small is not None
            ]
        )
    )


def test_drawings_of_unseen_captions_come_closer_to_the_truth() -> None:
    before = error(base_drawing, UNSEEN)
    model = train_drawings(pairs(200, 1), course(), quiet)
    assert error(model.drawing, UNSEEN) < 0.6 * before


def test_drawings_come_from_the_words_of_their_own_pictures() -> None:
    told = train_drawings(pairs(200, 1), course(), quiet)
    mixed = train_drawings(exchanged(pairs(200, 1)), course(), quiet)
    assert error(told.drawing, UNSEEN) < 0.8 * error(mixed.drawing, UNSEEN)


def test_few_pictures_already_help() -> None:
    model = train_drawings(pairs(8, 1), course(8), quiet)
    assert error(model.drawing, UNSEEN) < error(base_drawing, UNSEEN)


@pytest.mark.parametrize("train", [train_vectors, train_drawings])
def test_losses_fall_and_depend_on_the_rate(train: Callable[..., object]) -> None:
    examples = pairs(120, 1)
    ends = {}
    for rate in (0.01, 0.2, 1.0):
        losses = [loss for _, _, loss in train(examples, course(2, rate), quiet).training]  # type: ignore[attr-defined]
        ends[rate] = np.mean(losses[-5:])
    assert ends[1.0] < 0.8 * losses[0]
    assert ends[0.01] > ends[0.2] > ends[1.0]


def test_drawings_diverge_where_the_rate_is_far_too_high() -> None:
    model = train_drawings(pairs(60, 1), course(rate=5000.0), quiet)
    assert model.training[-1][2] > 10 * model.training[0][2]
    assert error(model.drawing, UNSEEN) > error(base_drawing, UNSEEN)


def test_vectors_of_far_too_high_a_rate_find_nothing() -> None:
    model = train_vectors(pairs(200, 1), course(rate=20_000.0), quiet)
    assert found_again(model.vector, UNSEEN) < 0.4


def test_same_pictures_give_the_same_model() -> None:
    models = [train_drawings(pairs(20, 1), course(1), quiet) for _ in range(2)]
    assert models[0].drawing("red", 32, 32, 7) == models[1].drawing("red", 32, 32, 7)
    assert models[0].drawing("red", 32, 32, 7) != models[0].drawing("red", 32, 32, 8)


def test_words_for_a_picture_tell_colours_apart() -> None:
    first, second = UNSEEN[:2]
    assert words_for(first.pixels) == words_for(first.pixels)
    assert set(words_for(first.pixels).split()) != set(words_for(second.pixels).split())
