"""What models are asked of a record, by what it holds."""

from msgspec import Struct

from tunedrop.dataset.records import Passage, Record, Turn


class TextToEmbed(Struct, frozen=True):
    """A text whose embedding is asked for."""

    text: str


class ImageToEmbed(Struct, frozen=True):
    """An image whose embedding is asked for, by its S3 URI."""

    uri: str


class ImageToDraw(Struct, frozen=True):
    """A caption that an image is asked for."""

    caption: str


Question = Record | TextToEmbed | ImageToEmbed | ImageToDraw


def continuation(passage: Passage) -> Record:
    """A passage as a question: its first half is given, its second half is the reference."""
    words = passage.text.split()
    half = max(1, len(words) // 2)
    given, reference = " ".join(words[:half]), " ".join(words[half:])
    return Record(None, (Turn("user", given), Turn("assistant", reference)))
