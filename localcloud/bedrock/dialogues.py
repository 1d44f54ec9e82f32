"""Dialogues as the learner sees them: a system prompt, and turns that become one prompt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from localcloud.bedrock.learner import Example

USER, ASSISTANT = "user", "assistant"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one side says, and the media it shows: kind and URI."""

    role: str
    text: str
    media: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Dialogue:
    """A record of a dataset, or the messages of a request."""

    system: str | None
    turns: tuple[Turn, ...]

    @property
    def media(self) -> tuple[tuple[str, str], ...]:
        """Kind and URI of everything that is shown."""
        return tuple(each for turn in self.turns for each in turn.media)

    @property
    def characters(self) -> int:
        """The length of everything that is said."""
        return len(self.system or "") + sum(len(turn.text) for turn in self.turns)


def prompt_of(turns: Sequence[Turn]) -> str:
    """One prompt for the dialogue so far; a single turn is its own prompt."""
    if len(turns) == 1:
        return turns[0].text
    return "\n\n".join(f"{turn.role}: {turn.text}" for turn in turns)


def examples_of(dialogue: Dialogue) -> Iterator[Example]:
    """What is learned from a dialogue: each assistant turn, given what was said before it."""
    for index, turn in enumerate(dialogue.turns):
        if turn.role == ASSISTANT:
            prompt = prompt_of(dialogue.turns[:index]) if index else ""
            yield Example(system=dialogue.system, prompt=prompt, completion=turn.text)
