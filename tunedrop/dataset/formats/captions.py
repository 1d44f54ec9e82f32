"""image-caption: an image and the text that belongs to it."""

from typing import Any

from tunedrop.dataset.formats.media import image_format, is_place
from tunedrop.dataset.reading import FieldReader
from tunedrop.dataset.records import CaptionedImage, Media


def read_caption(record: dict[str, Any], reader: FieldReader) -> CaptionedImage | None:
    """A line of image-caption; whether a caption may be empty is the base model's to say."""
    reader.refuse_unknown(record, ("image-ref", "caption"))
    uri = reader.take(record, "image-ref", str)
    placed = uri is not None and is_place(uri, "image-ref", reader)
    caption = reader.take(record, "caption", str)
    if caption is not None:
        reader.text(caption, "caption", may_be_empty=True)
    if not placed or caption is None:
        return None
    return CaptionedImage(Media("image", image_format(uri), uri), caption)


def caption_line(record: CaptionedImage) -> dict[str, Any]:
    """An image and its caption."""
    return {"image-ref": record.image.uri, "caption": record.caption}
