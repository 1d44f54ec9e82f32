"""The images and videos that a job's records name: read under its role, and checked."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from localcloud.bedrock.catalog import FoundationModel, ImageTokens, MediaLimits
from localcloud.bedrock.data_access import DataAccess
from localcloud.bedrock.dialogues import Medium, Record
from localcloud.bedrock.errors import JobFailure
from localcloud.bedrock.pictures.headers import (
    Image,
    UnreadableError,
    read_image,
    read_video,
)

if TYPE_CHECKING:
    from localcloud.bedrock.pictures.pixels import Floats

# Pixels are decoded for learning, in Python: beyond so many, only headers are read.
_MOST_PIXELS = 60_000_000


class Gallery:
    """What one job has looked at."""

    def __init__(
        self, access: DataAccess, model: FoundationModel, limits: MediaLimits | None
    ) -> None:
        self._access, self._model, self._limits = access, model, limits
        self._images: dict[str, Image | None] = {}
        self._pixels_left = _MOST_PIXELS
        self.thumbnails: dict[str, Floats] = {}

    def look(self, uri: str, records: Sequence[Record]) -> None:
        """Read and check everything that the records of the file at this URI show."""
        shown = [medium for record in records for medium in record.media]
        if not shown:
            return
        limits = self._limits
        if limits is None:
            raise JobFailure(
                f"The model {self._model.id} does not support input of type {shown[0].kind}."
            )
        kinds = {medium.kind for medium in shown}
        for kind in sorted(kinds - set(self._model.input_modalities)):
            raise JobFailure(f"The model {self._model.id} does not support input of type {kind}.")
        if len(kinds) > 1:
            raise JobFailure(f"Input data at {uri} must not hold both images and videos.")
        for record in records:
            _check_number(uri, record, limits)
        for medium in shown:
            self._look_at(uri, medium, limits)

    def tokens(self, record: Record) -> int:
        """How many tokens the images of a record count for."""
        if self._limits is None or self._limits.image_tokens is None:
            return 0
        images = [self._images[medium.uri] for medium in record.media]
        return sum(_tokens(image, self._limits.image_tokens) for image in images if image)

    def _look_at(self, uri: str, medium: Medium, limits: MediaLimits) -> None:
        if medium.uri in self._images:
            return
        _check_place(uri, medium, limits)
        if medium.kind == "video":
            content = self._access.read(medium.uri, limits.max_video_bytes)
            _check_video(medium, content, limits)
            self._images[medium.uri] = None
            return
        content = self._access.read(medium.uri, limits.max_image_bytes)
        image = _checked_image(medium, content, limits)
        self._images[medium.uri] = image
        if self._pixels_left > 0:
            self._pixels_left -= image.width * image.height
            self._keep(medium.uri, content)

    def _keep(self, uri: str, content: bytes) -> None:
        from localcloud.bedrock.pictures.pixels import thumbnail

        small = thumbnail(content)
        if small is not None:
            self.thumbnails[uri] = small


def _check_number(uri: str, record: Record, limits: MediaLimits) -> None:
    most_by_kind = {"image": limits.max_images_per_record, "video": limits.max_videos_per_record}
    for kind, most in most_by_kind.items():
        count = sum(medium.kind == kind for medium in record.media)
        if most is not None and count > most:
            raise JobFailure(
                f"Input data at {uri} has a record with {count} {kind}s; at most {most} "
                f"{kind}{'s' * (most > 1)} per record are supported."
            )


def _check_place(uri: str, medium: Medium, limits: MediaLimits) -> None:
    bucket, _, key = medium.uri.removeprefix("s3://").partition("/")
    if limits.same_bucket and bucket != uri.split("/")[2]:
        raise JobFailure(f"Media must be in the bucket of the dataset: {medium.uri}")
    if limits.key_pattern is not None and not re.fullmatch(limits.key_pattern, key):
        raise JobFailure(f"The provided S3 URI is invalid: {medium.uri}")


def _checked_image(medium: Medium, content: bytes, limits: MediaLimits) -> Image:
    try:
        image = read_image(content)
    except UnreadableError as error:
        raise JobFailure(f"Unable to process the image at {medium.uri}.") from error
    stated = (medium.format or image.format).replace("jpg", "jpeg")
    if stated != image.format:
        raise JobFailure(
            f"The provided image does not match the specified image format: {medium.uri}"
        )
    if limits.image_formats and image.format not in limits.image_formats:
        raise JobFailure(
            f"The image at {medium.uri} has the format {image.format}; supported are "
            f"{', '.join(limits.image_formats)}."
        )
    _check_pixels(medium.uri, image, limits)
    return image


def _check_pixels(uri: str, image: Image, limits: MediaLimits) -> None:
    short, long = sorted((image.width, image.height))
    size = f"The image at {uri} has {image.width} x {image.height} pixels"
    if short < (limits.min_image_side or 1) or long > (limits.max_image_side or long):
        raise JobFailure(
            f"{size}; each side must have between {limits.min_image_side} and "
            f"{limits.max_image_side}."
        )
    if limits.max_image_pixels is not None and short * long > limits.max_image_pixels:
        raise JobFailure(f"{size}; at most {limits.max_image_pixels} in all are supported.")
    if limits.max_aspect_ratio is not None and long > limits.max_aspect_ratio * short:
        most = limits.max_aspect_ratio
        raise JobFailure(f"{size}; the aspect ratio must be between 1:{most:g} and {most:g}:1.")


def _check_video(medium: Medium, content: bytes, limits: MediaLimits) -> None:
    try:
        video = read_video(content)
    except UnreadableError as error:
        raise JobFailure(f"Unable to process the video at {medium.uri}.") from error
    if limits.video_formats and not set(video.formats) & set(limits.video_formats):
        raise JobFailure(
            f"The video at {medium.uri} has the format {video.formats[0]}; supported are "
            f"{', '.join(limits.video_formats)}."
        )
    most = limits.max_video_seconds
    if most is not None and video.seconds is not None and video.seconds > most:
        raise JobFailure(
            f"The video at {medium.uri} lasts {video.seconds:g} seconds; at most {most:g} are "
            "supported."
        )


def _tokens(image: Image, tiles: ImageTokens) -> int:
    across, down = (
        min(tiles.most_per_side, max(side // tiles.tile_side, 1))
        for side in (image.width, image.height)
    )
    return across * down * tiles.tokens_per_tile
