"""Targets that take media, and stores of media in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from dataset_builders import NOVA, recipe_for
from msgspec import structs

from tunedrop.catalog.limits import ImageTokens
from tunedrop.catalog.models import MediaLimits
from tunedrop.dataset.findings import Fault
from tunedrop.dataset.media_files import FIRST_BYTES, MediaFile, MediaVersion, PartsOfFile
from tunedrop.dataset.records import CaptionedImage, Media, MediaKind, Record, Turn
from tunedrop.dataset.target import Target

LIMITS = MediaLimits(
    image_formats=("jpeg", "png", "gif"),
    max_image_bytes=2000,
    min_image_side=512,
    max_image_side=4096,
    max_image_pixels=2_000_000,
    max_aspect_ratio=4.0,
    max_images_per_record=10,
    image_tokens=None,
    video_formats=("mp4", "mov", "mkv", "webm"),
    max_video_bytes=1000,
    max_video_seconds=90,
    max_videos_per_record=1,
    same_bucket=True,
    key_pattern=None,
    source="the test",
)
TILES = ImageTokens(tile_side=560, most_per_side=2, tokens_per_tile=1601)


def target_with(max_tokens: int | None = None, **limits: Any) -> Target:
    """A target that takes images and videos within these limits."""
    plain = Target.of(recipe_for(NOVA))
    media = structs.replace(LIMITS, **limits)
    how = plain.customization
    limited = structs.replace(how, limits=structs.replace(how.limits, media=media))
    return replace(plain, customization=limited, max_tokens=max_tokens, model_name="Model")


def image(uri: str = "a.png", format_: str | None = None) -> Media:
    """An image as a record names it."""
    return Media("image", format_, uri)


def video(uri: str = "a.mp4", format_: str | None = None) -> Media:
    """A video as a record names it."""
    return Media("video", format_, uri)


def captioned(uri: str = "a.png") -> CaptionedImage:
    """A record of one image."""
    return CaptionedImage(image(uri), "a caption")


def dialogue(*media: Media, text: str = "look") -> Record:
    """A record whose user turn shows media behind a text."""
    shown = Turn("user", text, (text, *media))
    return Record(None, (shown, Turn("assistant", "seen")))


@dataclass
class MemoryStore:
    """Files by their URI; counts how often each was opened."""

    files: Mapping[str, bytes]
    skipped: frozenset[str] = frozenset()
    failures: list[Exception] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def skips(self, uri: str) -> bool:
        """Those that the test names."""
        return uri in self.skipped

    def open(self, uri: str, kind: MediaKind) -> MediaFile | Fault:
        """The file, unless a failure is due."""
        with self.lock:
            self.opened.append(uri)
            if self.failures:
                raise self.failures.pop()
        if uri not in self.files:
            return Fault(code="media-not-found", message=f"the {kind} is not there")
        data = self.files[uri]
        version = MediaVersion(size=len(data), key=uri, version_id="1", etag="e")
        return PartsOfFile(version, data[:FIRST_BYTES], lambda at, length: data[at : at + length])
