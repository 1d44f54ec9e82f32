"""Tests of models of images: pairs to bring together, captions to draw."""

import base64
import binascii
from collections.abc import Sequence
from typing import ClassVar, cast

from tunedrop.dataset.records import AnyRecord, CaptionedImage
from tunedrop.evaluation.answers import Reply
from tunedrop.evaluation.comparison import Comparison, EvaluationGoals, compare_ranks
from tunedrop.evaluation.exam import Json, smoke_test
from tunedrop.evaluation.questions import ImageToDraw, ImageToEmbed, Question, TextToEmbed
from tunedrop.evaluation.retrieval import ranks, vector
from tunedrop.evaluation.scores import CUSTOM
from tunedrop.evaluation.sheet import Row, Sheet

_HEADERS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}


class RetrievalExam:
    """Embedding models: whether each text finds its own image among those of the test set."""

    most: ClassVar[int] = 500
    compares: ClassVar[bool] = True

    def questions(self, record: AnyRecord) -> tuple[Question, ...]:
        """Both embeddings of the pair."""
        pair = _pair(record)
        return TextToEmbed(pair.caption), ImageToEmbed(pair.image.uri)

    def scored(self, record: AnyRecord, reply: Reply) -> Reply:
        """As it is: an embedding is worth something among others only."""
        return reply

    def judge(self, sheet: Sheet, goals: EvaluationGoals, seed: int) -> Comparison:
        """Recall at 1, 5 and 10."""
        return compare_ranks({m: _ranks(sheet.complete, m) for m in sheet.models}, goals, seed=seed)

    def kept(self, sheet: Sheet) -> list[Json]:
        """The rank of the right image with each model."""
        by_model = {model: iter(_ranks(sheet.complete, model)) for model in sheet.models}
        return [
            {
                "caption": _pair(row.record).caption,
                "image": _pair(row.record).image.uri,
                **{m: next(rank) if row.is_complete else None for m, rank in by_model.items()},
            }
            for row in sheet.rows
        ]

    def examples(self, sheet: Sheet) -> list[Json]:
        """None: ranks say little by themselves."""
        return []

    def files(self, sheet: Sheet) -> dict[str, bytes]:
        """None."""
        return {}


class DrawingExam:
    """Image models: a smoke test, whether an image comes back for a few captions."""

    most: ClassVar[int] = 3
    compares: ClassVar[bool] = False

    def questions(self, record: AnyRecord) -> tuple[Question, ...]:
        """One image."""
        return (ImageToDraw(_pair(record).caption),)

    def scored(self, record: AnyRecord, reply: Reply) -> Reply:
        """As it is: images are looked at and not scored."""
        return reply

    def judge(self, sheet: Sheet, goals: EvaluationGoals, seed: int) -> Comparison:
        """Whether every answer is a PNG or JPEG file."""
        drawn = sum(bool(image_format(_image(row))) for row in sheet.complete)
        return smoke_test(drawn, sheet, "drew", "caption")

    def kept(self, sheet: Sheet) -> list[Json]:
        """The file of the image that came back for each caption."""
        return [
            {"caption": _pair(row.record).caption, CUSTOM: image_name(row)} for row in sheet.rows
        ]

    def examples(self, sheet: Sheet) -> list[Json]:
        """None: the page shows no images of models."""
        return []

    def files(self, sheet: Sheet) -> dict[str, bytes]:
        """The images, by their names."""
        return {name: _image(row) for row in sheet.rows if (name := image_name(row))}


def image_name(row: Row) -> str | None:
    """The file that the image of a row is kept in; None where no image came back."""
    found = image_format(_image(row))
    return f"images/line-{row.line}.{found}" if found else None


def image_format(content: bytes) -> str:
    """The format that the first bytes of an image show; empty where it is none."""
    return next((name for header, name in _HEADERS.items() if content.startswith(header)), "")


def _ranks(rows: Sequence[Row], model: str) -> list[int]:
    embedded = [[vector(text) for text in row.texts(model)] for row in rows]
    return ranks([text for text, _ in embedded], [image for _, image in embedded])


def _pair(record: AnyRecord) -> CaptionedImage:
    return cast("CaptionedImage", record)


def _image(row: Row) -> bytes:
    try:
        return base64.b64decode(row.text(CUSTOM) or "", validate=True)
    except binascii.Error:
        return b""
