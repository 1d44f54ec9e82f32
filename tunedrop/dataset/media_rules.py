"""What a base model takes of an image or video, held against its header and size."""

import math
from collections.abc import Iterator, Sequence

from tunedrop.catalog.models import MediaLimits
from tunedrop.dataset.findings import Fault
from tunedrop.dataset.media_headers import MediaHeader
from tunedrop.dataset.records import Media
from tunedrop.dataset.target import Target

# One container under two names.
_TWINS = {"mov": "mp4", "webm": "mkv"}


def media_faults(
    media: Media, header: MediaHeader, size: int, limits: MediaLimits, model: str
) -> Iterator[Fault]:
    """Every rule that a file breaks as what its record says it is."""
    if header.damage:
        message = f"the {media.kind} cannot be read: {header.damage}"
        yield Fault(code="media-damaged", message=message)
        return
    if fault := _format_fault(media, header, limits, model):
        yield fault
    if header.kind != media.kind:
        return
    most = limits.max_image_bytes if media.kind == "image" else limits.max_video_bytes
    if most is not None and size > most:
        message = f"the {media.kind} has {size:,} bytes; {model} takes {most:,}"
        yield Fault(code="media-too-large", message=message)
    if media.kind == "image":
        yield from _pixel_faults(header, limits, model)
    elif fault := _length_fault(header, limits, model):
        yield fault


def _format_fault(
    media: Media, header: MediaHeader, limits: MediaLimits, model: str
) -> Fault | None:
    accepted = limits.image_formats if media.kind == "image" else limits.video_formats
    takes = f"{model} takes {listed(accepted)}"
    if header.kind is None:
        message = f"the {media.kind} is {header.format}; {takes}"
    elif header.kind != media.kind:
        message = f"the record says {media.kind}, but the file is {header.format}; {takes}"
    elif header.format not in accepted:
        message = f"the {media.kind} is {header.format}; {takes}"
    elif written_format(media, header) == media.format or media.format is None:
        return None
    else:
        stated = media.format if media.format in accepted else "another format"
        message = f"the {media.kind} is {header.format}, but the record says {stated}"
        return Fault(code="media-format-stated", message=message)
    return Fault(code="media-format", message=message)


def written_format(media: Media, header: MediaHeader) -> str:
    """The format that is written of a file: as the record states it, where that may be said."""
    stated = media.format or header.format
    return stated if _alike(stated) == _alike(header.format) else header.format


def _alike(format_: str) -> str:
    return _TWINS.get(format_, format_)


def _pixel_faults(header: MediaHeader, limits: MediaLimits, model: str) -> Iterator[Fault]:
    sides = (header.width, header.height)
    has = f"the image has {header.width:,} x {header.height:,} pixels"
    lowest, highest = limits.min_image_side, limits.max_image_side
    if (lowest and min(sides) < lowest) or (highest and max(sides) > highest):
        message = f"{has}; {model} takes sides {_range(lowest, highest)}"
        yield Fault(code="image-size", message=message)
    most, pixels = limits.max_image_pixels, header.width * header.height
    if most is not None and pixels > most:
        message = f"{has}, {pixels:,} in all; {model} takes {most:,}"
        yield Fault(code="image-size", message=message)
    ratio = limits.max_aspect_ratio
    if ratio is not None and max(sides) > ratio * min(sides):
        message = f"{has}; {model} takes sides of 1:{ratio:g} to {ratio:g}:1"
        yield Fault(code="image-shape", message=message)


def _range(lowest: int | None, highest: int | None) -> str:
    if lowest and highest:
        return f"of {lowest:,} to {highest:,}"
    return f"of at least {lowest:,}" if lowest else f"of at most {highest:,}"


def _length_fault(header: MediaHeader, limits: MediaLimits, model: str) -> Fault | None:
    most = limits.max_video_seconds
    if most is None:
        return None
    if header.seconds is None:
        message = f"the video does not say how long it plays; {model} takes {most:,} seconds"
        return Fault(code="video-length-unknown", message=message)
    if header.seconds > most:
        message = f"the video plays {header.seconds:,.2f} seconds; {model} takes {most:,}"
        return Fault(code="video-too-long", message=message)
    return None


def listed(names: Sequence[str]) -> str:
    """Names as people list them: `gif, jpeg and png`."""
    if not names:
        return "none"
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def image_token_fault(characters: int, image_tokens: Sequence[int], target: Target) -> Fault | None:
    """What is wrong with the length of a record whose images count as tokens.

    None where the fewest that such images count for, which records are held against before their
    images are known, give the same fault.
    """
    media, limit = target.limits.media, target.max_tokens
    counts = None if media is None else media.image_tokens
    if counts is None or limit is None:
        return None
    fewest = counts.of(1, 1) * sum(each > 0 for each in image_tokens)
    known = _token_fault(characters, fewest, limit, target)
    found = _token_fault(characters, sum(image_tokens), limit, target)
    return found if found and not (known and known.code == found.code) else None


def _token_fault(characters: int, image_tokens: int, limit: int, target: Target) -> Fault | None:
    estimate = target.customization.token_estimate
    surely = math.ceil(characters / estimate.characters_per_token) + image_tokens
    perhaps = target.tokens(characters) + image_tokens
    if perhaps <= limit:
        return None
    message = (
        f"the record has about {surely if surely > limit else perhaps:,} tokens, {image_tokens:,} "
        f"of them in images; {target.model_name} takes {limit:,}"
    )
    return Fault(code="too-many-tokens" if surely > limit else "may-exceed-tokens", message=message)
