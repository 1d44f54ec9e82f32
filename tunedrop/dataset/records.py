"""The neutral records: what every format says, and what every base model is written from."""

from typing import Literal

from msgspec import Struct

Role = Literal["user", "assistant"]
MediaKind = Literal["image", "video"]

# What stands between the texts of one turn, and between turns, where they are read as one.
BETWEEN_TEXTS, BETWEEN_TURNS = "\n", "\n\n"


class Media(Struct, frozen=True):
    """An image or video that a record names; `format` is as the record states it, in lower case."""

    kind: MediaKind
    format: str | None
    uri: str
    bucket_owner: str | None = None


class Turn(Struct, frozen=True):
    """One step of a dialogue.

    `text` is all of its texts. `parts` holds texts and media in their order where there are media,
    and is empty where `text` says all.
    """

    role: Role
    text: str
    parts: tuple[str | Media, ...] = ()
    reasoning: str | None = None

    @property
    def media(self) -> tuple[Media, ...]:
        """Its images and videos."""
        return tuple(each for each in self.parts if isinstance(each, Media))


class _Dialogue(Struct, frozen=True):
    """An optional system prompt and turns."""

    system: str | None
    turns: tuple[Turn, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The system prompt, or an empty text, and then the turns."""
        return (self.system or "", *(turn.text for turn in self.turns))

    @property
    def media(self) -> tuple[Media, ...]:
        """Every image and video of its turns."""
        return tuple(media for turn in self.turns for media in turn.media)

    @property
    def prompt(self) -> str:
        """All that the model reads before the last of its texts, which it learns to write."""
        return BETWEEN_TURNS.join(text for text in self.texts[:-1] if text)

    @property
    def aside(self) -> tuple[str, str]:
        """What is written beside prompt and completion: its reasoning, and further fields."""
        return BETWEEN_TURNS.join(turn.reasoning for turn in self.turns if turn.reasoning), ""


class Record(_Dialogue, frozen=True):
    """A dialogue: an optional system prompt, then turns that end with the assistant's."""

    @property
    def characters(self) -> int:
        """What token estimates count."""
        reasoning = sum(len(turn.reasoning or "") for turn in self.turns)
        return sum(map(len, self.texts)) + reasoning

    @property
    def completion(self) -> str:
        """The text that the model learns to write."""
        return self.turns[-1].text if self.turns else ""


class Passage(Struct, frozen=True):
    """Plain text to read on: a record of continued pre-training."""

    text: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The text alone."""
        return (self.text,)

    @property
    def characters(self) -> int:
        """What token estimates count."""
        return len(self.text)

    @property
    def media(self) -> tuple[Media, ...]:
        """None."""
        return ()

    @property
    def prompt(self) -> str:
        """Empty: nothing stands before the text."""
        return ""

    @property
    def completion(self) -> str:
        """The text."""
        return self.text

    @property
    def aside(self) -> tuple[str, str]:
        """Nothing."""
        return "", ""


class CaptionedImage(Struct, frozen=True):
    """An image and the text that belongs to it; an embedding's text may be empty."""

    image: Media
    caption: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The caption, and the image's name, so that one caption of two images is two records."""
        return (self.caption, self.image.uri)

    @property
    def characters(self) -> int:
        """What token estimates count: the caption."""
        return len(self.caption)

    @property
    def media(self) -> tuple[Media, ...]:
        """The image."""
        return (self.image,)

    @property
    def prompt(self) -> str:
        """Empty: the model sees an image, and reads nothing."""
        return ""

    @property
    def completion(self) -> str:
        """The caption."""
        return self.caption

    @property
    def aside(self) -> tuple[str, str]:
        """Nothing."""
        return "", ""


class ReinforcementPrompt(_Dialogue, frozen=True):
    """A dialogue that waits for an answer, and what a grader holds the answer against.

    `reference` is the reference answer as text, or as JSON where it is `structured`; `extra` is the
    JSON object of all further fields, which graders receive too.
    """

    reference: str
    extra: str = "{}"
    structured: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """The system prompt, or an empty text, the turns, and the reference answer."""
        return (self.system or "", *(turn.text for turn in self.turns), self.reference)

    @property
    def characters(self) -> int:
        """What token estimates count: the prompt."""
        return sum(map(len, self.texts[:-1]))

    @property
    def completion(self) -> str:
        """The reference answer."""
        return self.reference

    @property
    def aside(self) -> tuple[str, str]:
        """Reasoning, of which it has none, and the further fields."""
        return "", self.extra


AnyRecord = Record | Passage | CaptionedImage | ReinforcementPrompt
