"""The neutral record: what every text format says, and what every base model is written from."""

from typing import Literal

from msgspec import Struct

Role = Literal["user", "assistant"]


class Turn(Struct, frozen=True):
    """One step of a dialogue."""

    role: Role
    text: str


class Record(Struct, frozen=True):
    """One example: an optional system prompt, then turns that end with the assistant's."""

    system: str | None
    turns: tuple[Turn, ...]

    @property
    def characters(self) -> int:
        """What token estimates count."""
        return len(self.system or "") + sum(len(turn.text) for turn in self.turns)
