"""Records as the learners see them: dialogues, passages, and pictures with their captions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from localcloud.bedrock.learner import Example
from localcloud.bedrock.learner.words import sentences

USER, ASSISTANT = "user", "assistant"
_SHORTEST_PART = 3  # words


@dataclass(frozen=True, kw_only=True)
class Medium:
    """An image or video that is shown: where it lies, or its bytes; `format` as it is stated."""

    kind: str
    format: str | None = None
    uri: str = ""
    content: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one side says and thinks, and the media that it shows."""

    role: str
    text: str
    media: tuple[Medium, ...] = ()
    reasoning: str = ""


@dataclass(frozen=True, kw_only=True)
class Dialogue:
    """A record of a dataset, or the messages of a request; a passage is one assistant turn."""

    system: str | None
    turns: tuple[Turn, ...]

    @property
    def media(self) -> tuple[Medium, ...]:
        """Everything that is shown."""
        return tuple(each for turn in self.turns for each in turn.media)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is said."""
        return (self.system or "", *(turn.text for turn in self.turns))

    @property
    def characters(self) -> int:
        """The length of everything that is said or thought."""
        thought = sum(len(turn.reasoning) for turn in self.turns)
        return sum(len(text) for text in self.texts) + thought


@dataclass(frozen=True, kw_only=True)
class CaptionedImage:
    """A record of an image and the text that belongs to it."""

    image: Medium
    caption: str

    @property
    def media(self) -> tuple[Medium, ...]:
        """The image."""
        return (self.image,)

    @property
    def texts(self) -> tuple[str, ...]:
        """The caption."""
        return (self.caption,)


Record = Dialogue | CaptionedImage


def prompt_of(turns: Sequence[Turn]) -> str:
    """One prompt for the dialogue so far; a single turn is its own prompt."""
    if len(turns) == 1:
        return turns[0].text
    return "\n\n".join(f"{turn.role}: {turn.text}" for turn in turns)


def with_sight(system: str | None, seen: Sequence[str]) -> str | None:
    """The system prompt, with words for what is shown."""
    return "\n".join(part for part in (system, *seen) if part) or None


def examples_of(dialogue: Dialogue, seen: Mapping[str, str]) -> Iterator[Example]:
    """What is learned from a dialogue: each assistant turn, given what was said before it.

    `seen` are words for images, by their URI. Of a passage, its second half is learned, given its
    first: how the text reads on.
    """
    shown = [seen.get(each.uri, "") for each in dialogue.media]
    system = with_sight(dialogue.system, shown)
    for index, turn in enumerate(dialogue.turns):
        if turn.role != ASSISTANT:
            continue
        if index:
            yield Example(system, prompt_of(dialogue.turns[:index]), turn.text)
        else:
            yield Example(system, *_halves(turn.text))


def _halves(passage: str) -> tuple[str, str]:
    """Sentences up to about half of the text, and those after it; words where it is one."""
    parts = sentences(passage)
    if len(parts) < 2:
        parts = passage.split()
        if len(parts) < 2 * _SHORTEST_PART:
            return "", passage
    half = sum(map(len, parts)) / 2
    count, length = 0, 0
    while count < len(parts) - 1 and (not count or length + len(parts[count]) / 2 < half):
        length += len(parts[count])
        count += 1
    return " ".join(parts[:count]), " ".join(parts[count:])
