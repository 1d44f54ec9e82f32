"""Training: from examples to a custom model and its losses."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from math import isfinite

import numpy as np

from localcloud.bedrock.learner.decoding import build_phrase_book
from localcloud.bedrock.learner.embedding import Embedding, fit_embedding
from localcloud.bedrock.learner.evidence import Evidence, cross_examine
from localcloud.bedrock.learner.example import Example
from localcloud.bedrock.learner.learned import Learned, Point, request
from localcloud.bedrock.learner.lengths import fit_lengths
from localcloud.bedrock.learner.network import Network, Record, fit
from localcloud.bedrock.learner.phrases import collect_phrases
from localcloud.bedrock.learner.schedule import Course, Step, schedule
from localcloud.bedrock.learner.vocabulary import Vocabulary, build_vocabulary, prior, tokens

OnStep = Callable[[int, int, float], None]

_MOST_EXAMPLES = 3_000
_MOST_VALIDATED = 200
_VALIDATIONS = 10
_DIVERGED = 2.0  # times the loss that training began with
_POINTS_COMPARED = 8


def train_model(
    examples: Sequence[Example], validation: Sequence[Example], course: Course, on_step: OnStep
) -> Learned:
    """Train, then find out on exchanged pairs how much of it holds beyond the records."""
    if not examples:
        raise ValueError("there is no example to train on; give at least one")
    random = np.random.default_rng(course.seed)
    drawn = _draw(examples, _MOST_EXAMPLES, random)
    prompts = [example.prompt for example in drawn]
    completions = [example.completion for example in drawn]
    requests = [request(example.system, example.prompt) for example in drawn]
    embedding, vocabulary = fit_embedding(requests, random), build_vocabulary(completions)
    records = _records(drawn, embedding, vocabulary)
    untrained = Network(prior(vocabulary, requests), embedding.dimensions)
    network = untrained.copy()
    steps = schedule(len(records), course, random)
    unseen = _records(_draw(validation, _MOST_VALIDATED, random), embedding, vocabulary)
    log = _Log(network, unseen, steps, course, on_step)
    with suppress(_StoppedEarly):
        fit(network, records, [step.batch for step in steps], course, log.note)
    evidence = Evidence() if log.diverged else cross_examine(untrained, records, course, random)
    return Learned(
        training=log.training,
        validation=log.validation,
        strength=evidence.strength,
        diverged=log.diverged,
        embedding=embedding,
        vocabulary=vocabulary,
        network=network.pack(),
        book=build_phrase_book(collect_phrases(prompts, completions), vocabulary),
        lengths=fit_lengths(prompts, completions),
    )


def _draw(examples: Sequence[Example], most: int, random: np.random.Generator) -> Sequence[Example]:
    if len(examples) <= most:
        return examples
    return [examples[index] for index in np.sort(random.permutation(len(examples))[:most])]


def _records(
    examples: Sequence[Example], embedding: Embedding, vocabulary: Vocabulary
) -> list[Record]:
    requests = [request(example.system, example.prompt) for example in examples]
    return [
        Record(
            vector,
            vocabulary.copyable(text),
            vocabulary.counts(example.completion),
            tokens(example.completion),
        )
        for vector, text, example in zip(embedding(requests), requests, examples, strict=True)
    ]


class _StoppedEarly(Exception):  # noqa: N818 - nothing went wrong
    """Validation found no progress for as long as the course has patience."""


class _Log:
    """The losses of a training, as they come."""

    def __init__(
        self,
        network: Network,
        unseen: Sequence[Record],
        steps: Sequence[Step],
        course: Course,
        on_step: OnStep,
    ) -> None:
        self._network, self._unseen, self._steps, self._on_step = network, unseen, steps, on_step
        self._course = course
        self._validated = _validated(len(steps)) if unseen else set()
        self.training: list[Point] = []
        self.validation: list[Point] = []

    def note(self, index: int, loss: float) -> None:
        """Keep the loss of a step, and the validation loss where it is due."""
        number, epoch = index + 1, self._steps[index].epoch
        self.training.append((number, epoch, loss))
        if index in self._validated:
            self.validation.append((number, epoch, self._network.loss(self._unseen)))
        self._on_step(number, epoch, loss)
        if index in self._validated and self._out_of_patience():
            raise _StoppedEarly

    def _out_of_patience(self) -> bool:
        patience = self._course.patience
        losses = [loss for _, _, loss in self.validation]
        if patience is None or len(losses) <= patience:
            return False
        return min(losses[-patience:]) > min(losses[:-patience]) - self._course.threshold

    @property
    def diverged(self) -> bool:
        """Whether the loss ended far above where it began, or is no number any more."""
        losses = [loss for _, _, loss in self.training]
        few = min(_POINTS_COMPARED, len(losses) // 2 + 1)
        end = float(np.mean(losses[-few:]))
        return not isfinite(end) or end > _DIVERGED * losses[0]


def _validated(steps: int) -> set[int]:
    """After which steps the validation loss is taken: ten times, the last at the end."""
    return {steps * (index + 1) // _VALIDATIONS - 1 for index in range(_VALIDATIONS)}
