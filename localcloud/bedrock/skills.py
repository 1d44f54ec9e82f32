"""What models learn from records, and are then asked for: text, drawings, or vectors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from localcloud.bedrock import learner
from localcloud.bedrock.catalog import FoundationModel
from localcloud.bedrock.dialogues import CaptionedImage, Dialogue, Record, examples_of
from localcloud.bedrock.errors import JobFailure
from localcloud.bedrock.hyperparameters import Plan
from localcloud.bedrock.picture_learner.example import CaptionedPicture
from localcloud.bedrock.state import Learned

if TYPE_CHECKING:
    from localcloud.bedrock.learner.schedule import Course
    from localcloud.bedrock.pictures.pixels import Floats

OnStep = Callable[[int, int, float], None]
Point = tuple[int, int, float]
Thumbnails = Mapping[str, "Floats"]


@dataclass(frozen=True, kw_only=True)
class Skill:
    """How records become examples, and examples a custom model."""

    examples: Callable[[Sequence[Record], Thumbnails], list[Any]]
    train: Callable[[Sequence[Any], Sequence[Any], Plan, int, OnStep], Learned]


def skill_of(model: FoundationModel) -> Skill:
    """What a model is trained for."""
    return _SKILLS[model.inference.request]


def _dialogue_examples(records: Sequence[Record], thumbnails: Thumbnails) -> list[Any]:
    seen: dict[str, str] = {}
    if thumbnails:
        from localcloud.bedrock.picture_learner.sight import words_for

        seen = {uri: words_for(small) for uri, small in thumbnails.items()}
    dialogues = (record for record in records if isinstance(record, Dialogue))
    return [example for dialogue in dialogues for example in examples_of(dialogue, seen)]


def _picture_examples(records: Sequence[Record], thumbnails: Thumbnails) -> list[Any]:
    found = [
        CaptionedPicture(record.caption, thumbnails[record.image.uri])
        for record in records
        if isinstance(record, CaptionedImage) and record.image.uri in thumbnails
    ]
    if records and not found:
        raise JobFailure(
            "The embedded cloud could not decode the pixels of any image: it reads JPEG files "
            "(not CMYK or arithmetic ones) and PNG files that are not interlaced."
        )
    return found


def _train_text(
    examples: Sequence[Any], validation: Sequence[Any], plan: Plan, seed: int, on_step: OnStep
) -> Learned:
    return learner.train(
        examples,
        validation,
        epochs=plan.epochs,
        learning_rate_ratio=plan.learning_rate_ratio,
        batch_size=plan.batch_size,
        seed=seed,
        on_step=on_step,
        patience=plan.patience,
        threshold=plan.threshold,
    )


def _train_drawings(
    examples: Sequence[Any], _: Sequence[Any], plan: Plan, seed: int, on_step: OnStep
) -> Learned:
    course = _course(plan, seed)
    from localcloud.bedrock.picture_learner.drawings import train_drawings

    learned = train_drawings(examples, course, on_step)
    return replace(learned, training=_in_steps(learned.training, plan))


def _train_vectors(
    examples: Sequence[Any], _: Sequence[Any], plan: Plan, seed: int, on_step: OnStep
) -> Learned:
    course = _course(plan, seed)
    from localcloud.bedrock.picture_learner.vectors import train_vectors

    return train_vectors(examples, course, on_step)


def _course(plan: Plan, seed: int) -> "Course":
    learner.on_one_thread()
    from localcloud.bedrock.learner.schedule import Course

    return Course(
        epochs=plan.epochs,
        learning_rate_ratio=plan.learning_rate_ratio,
        batch_size=plan.batch_size,
        seed=seed,
    )


def _in_steps(points: Sequence[Point], plan: Plan) -> list[Point]:
    """The losses at the steps that the job was to take; the learner itself takes fewer."""
    if plan.steps is None:
        return list(points)
    kept = {
        step: (step, epoch, loss)
        for number, epoch, loss in points
        for step in (max(1, number * plan.steps // len(points)),)
    }
    return list(kept.values())


_SKILLS: Mapping[str, Skill] = {
    "converse": Skill(examples=_dialogue_examples, train=_train_text),
    "image-generation": Skill(examples=_picture_examples, train=_train_drawings),
    "multimodal-embedding": Skill(examples=_picture_examples, train=_train_vectors),
}
