"""What a base model takes of the images and videos that a record names, as far as that tells."""

import re
from collections import Counter
from collections.abc import Iterator

from tunedrop.catalog.models import MediaLimits
from tunedrop.dataset.findings import Fault
from tunedrop.dataset.formats.media import fields_of, key_of
from tunedrop.dataset.records import AnyRecord, Media, MediaKind

# The characters of the keys in Bedrock's S3Uri.
_KEY = re.compile(r"[-!_*'().a-z0-9A-Z]+(?:/[-!_*'().a-z0-9A-Z]+)*")


def media_faults(record: AnyRecord, limits: MediaLimits | None, model: str) -> Iterator[Fault]:
    """Every rule that the media of a record break, by their names and numbers alone."""
    counts: Counter[MediaKind] = Counter(media.kind for media in record.media)
    for kind, count in counts.items():
        if limits is None or not formats_taken(limits, kind):
            message = f"the record names {_counted(count, kind)}; {model} takes none"
            yield Fault(code="media-not-taken", message=message)
        elif (most := _most(limits, kind)) is not None and count > most:
            message = f"the record names {_counted(count, kind)}; {model} takes {most:,}"
            yield Fault(code="too-many-media", message=message)
    if len(counts) > 1:
        message = (
            f"the record names {' and '.join(_counted(counts[each], each) for each in counts)}"
        )
        yield Fault(code="mixed-media", message=f"{message}; one kind may stand in a dataset")
    if limits is not None:
        for field, media in fields_of(record):
            yield from _file_faults(media, field, limits, model)


def formats_taken(limits: MediaLimits, kind: MediaKind) -> tuple[str, ...]:
    """The formats of images or videos that a base model takes."""
    return limits.image_formats if kind == "image" else limits.video_formats


def _file_faults(media: Media, field: str, limits: MediaLimits, model: str) -> Iterator[Fault]:
    accepted = formats_taken(limits, media.kind)
    if accepted and media.format is not None and media.format not in accepted:
        message = f"the {media.kind} is in another format than {model} takes: {', '.join(accepted)}"
        yield Fault(code="media-format", message=message, field=field)
    key = key_of(media.uri)
    pattern = limits.key_pattern
    if not _KEY.fullmatch(key) or (pattern is not None and not re.fullmatch(pattern, key)):
        message = (
            "the name holds characters that Bedrock does not take in names; it is the first of "
            "this file that does"
        )
        yield Fault(code="media-name", message=message, field=field)


def _most(limits: MediaLimits, kind: MediaKind) -> int | None:
    return limits.max_images_per_record if kind == "image" else limits.max_videos_per_record


def _counted(count: int, kind: MediaKind) -> str:
    return f"{count:,} {kind}{'' if count == 1 else 's'}"
