"""The media of a run, pinned: which version of each was looked at, and what was found."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec
from msgspec import Struct, structs

from tunedrop.dataset.findings import Fault
from tunedrop.dataset.media_files import MediaVersion
from tunedrop.dataset.records import AnyRecord, CaptionedImage, Media, Passage, Turn

MoveMedia = Callable[[Media], Media]


class Inspected(Struct, frozen=True, kw_only=True):
    """What became of one image or video; `version` is None where there was nothing to read.

    `format` is the one to be written, and `tokens` what an image counts for.
    """

    media: Media
    faults: tuple[Fault, ...] = ()
    version: MediaVersion | None = None
    format: str = ""
    tokens: int = 0


class MediaManifest(Struct, frozen=True, kw_only=True):
    """Every distinct image and video that the usable records of a dataset name."""

    media: tuple[Inspected, ...] = ()

    @property
    def versions(self) -> set[MediaVersion]:
        """What was read."""
        return {each.version for each in self.media if each.version is not None}

    @property
    def digest(self) -> str:
        """One name for what was pinned; "" where nothing was."""
        pins = sorted(
            f"{each.media.uri}\0{each.version.version_id}\0{each.version.etag}\n"
            for each in self.media
            if each.version is not None
        )
        return hashlib.sha256("".join(pins).encode()).hexdigest() if pins else ""

    def to_json(self) -> bytes:
        """As `from_json` takes it."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, text: bytes) -> "MediaManifest":
        """A manifest that `to_json` wrote."""
        return msgspec.json.decode(text, type=cls)


class MediaPlan(Protocol):
    """What becomes of media when a dataset is prepared."""

    def faults(self, record: AnyRecord) -> Sequence[Fault]:
        """What was found wrong with the media of a record in which nothing else is wrong."""

    def move(self, media: Media) -> Media:
        """An image or video as the training file names it; asked for usable records alone."""


def with_media(record: AnyRecord, move: MoveMedia) -> AnyRecord:
    """The record with each image and video replaced by what `move` makes of it."""
    if isinstance(record, CaptionedImage):
        return structs.replace(record, image=move(record.image))
    if isinstance(record, Passage) or not record.media:
        return record
    return structs.replace(record, turns=tuple(_turn(each, move) for each in record.turns))


def _turn(turn: Turn, move: MoveMedia) -> Turn:
    parts = tuple(move(each) if isinstance(each, Media) else each for each in turn.parts)
    return structs.replace(turn, parts=parts)
