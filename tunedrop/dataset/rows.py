"""Rows: lines of the plainest form of each format, decoded in one go and flattened to texts.

What a row cannot hold (unknown fields, lists of typed blocks, media) fails to decode.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter, sub
from typing import Any, Literal, Protocol

from msgspec import UNSET, Struct, UnsetType

from tunedrop.catalog.models import DatasetFormat
from tunedrop.dataset.formats import Format
from tunedrop.dataset.records import AnyRecord, Passage, Record, Role, Turn
from tunedrop.dataset.splits import text_key

_ROLES: tuple[Role, Role] = ("user", "assistant")
_EXCHANGE = 2

_messages, _role, _content = attrgetter("messages"), attrgetter("role"), attrgetter("content")
_prompt, _completion, _input = attrgetter("prompt"), attrgetter("completion"), attrgetter("input")
_system, _text = attrgetter("system"), attrgetter("text")


class Row(Protocol):
    """A decoded line of some format."""

    def texts(self) -> Sequence[str]:
        """Those of the record: its system prompt or an empty text, and then the turns."""

    def key(self) -> int:
        """Its `split_key`."""

    def record(self) -> AnyRecord:
        """The neutral record."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flat:
    """All texts of some rows; `quotes` are the quotation marks around keys and texts.

    `most_turns` is the length of the longest dialogue.
    """

    texts: list[str]
    quotes: int
    systems: int = 0
    most_turns: int = _EXCHANGE


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """How a format is decoded; `flat` is None for rows whose turns are out of order.

    `targets` are the formats that say its records without loss, but for several turns or a system
    prompt.
    """

    row: type[Any]
    flat: Callable[[Sequence[Any]], Flat | None]
    targets: frozenset[DatasetFormat]


class _Dialogue(Struct, forbid_unknown_fields=True, gc=False):
    def texts(self) -> Sequence[str]:
        raise NotImplementedError

    def key(self) -> int:
        return text_key(*self.texts())

    def record(self) -> Record:
        system, *said = self.texts()
        turns = tuple(Turn(_ROLES[index % 2], text) for index, text in enumerate(said))
        return Record(system or None, turns)


class _Pair(_Dialogue, gc=False):
    prompt: str
    completion: str

    def texts(self) -> Sequence[str]:
        return "", self.prompt, self.completion


class _Input(Struct, forbid_unknown_fields=True, gc=False):
    input: str

    def texts(self) -> Sequence[str]:
        return (self.input,)

    def key(self) -> int:
        return text_key(self.input)

    def record(self) -> Passage:
        return Passage(self.input)


class _Message(Struct, forbid_unknown_fields=True, gc=False):
    role: Role
    content: str


class _Anthropic(_Dialogue, gc=False):
    messages: list[_Message]
    system: str | UnsetType = UNSET

    def texts(self) -> Sequence[str]:
        return "" if self.system is UNSET else self.system, *map(_content, self.messages)


class _OpenAIMessage(Struct, forbid_unknown_fields=True, gc=False):
    role: Literal["system", "developer", "user", "assistant"]
    content: str


class _OpenAI(_Dialogue, gc=False):
    messages: list[_OpenAIMessage]

    def texts(self) -> Sequence[str]:
        begun = () if _begins_with_system(self.messages) else ("",)
        return *begun, *map(_content, self.messages)


class _Text(Struct, forbid_unknown_fields=True, gc=False):
    text: str


class _BlockMessage(Struct, forbid_unknown_fields=True, gc=False):
    role: Role
    content: tuple[_Text]


class _Conversation(_Dialogue, gc=False, rename="camel"):
    schema_version: Literal["bedrock-conversation-2024"]
    messages: list[_BlockMessage]
    system: tuple[_Text] | UnsetType = UNSET

    def texts(self) -> Sequence[str]:
        system = "" if self.system is UNSET else self.system[0].text
        return system, *(each.content[0].text for each in self.messages)


def _flat_pairs(rows: Sequence[_Pair]) -> Flat:
    return Flat(texts=[*map(_prompt, rows), *map(_completion, rows)], quotes=8 * len(rows))


def _flat_inputs(rows: Sequence[_Input]) -> Flat:
    return Flat(texts=list(map(_input, rows)), quotes=4 * len(rows))


def _dialogues(rows: Sequence[Any]) -> tuple[list[Any], list[int]]:
    """What is said in all rows, and how often in each; nothing where some are out of turn."""
    messages = list(map(_messages, rows))
    said, sizes = list(chain.from_iterable(messages)), list(map(len, messages))
    return (said, sizes) if _in_turn(sizes, map(_role, said)) else ([], [])


def _flat_anthropic(rows: Sequence[_Anthropic]) -> Flat | None:
    said, sizes = _dialogues(rows)
    if not sizes:
        return None
    systems = [each for each in map(_system, rows) if each is not UNSET]
    return Flat(
        texts=[*systems, *map(_content, said)],
        quotes=2 * len(rows) + 4 * len(systems) + 8 * len(said),
        systems=len(systems),
        most_turns=max(sizes),
    )


def _flat_openai(rows: Sequence[_OpenAI]) -> Flat | None:
    messages = list(map(_messages, rows))
    said = list(chain.from_iterable(messages))
    begun = list(map(_begins_with_system, messages))
    sizes = list(map(sub, map(len, messages), begun))
    turns = filter(_ROLES.__contains__, map(_role, said))
    if sum(sizes) + sum(begun) != len(said) or not _in_turn(sizes, turns):
        return None
    return Flat(
        texts=list(map(_content, said)),
        quotes=2 * len(rows) + 8 * len(said),
        systems=sum(begun),
        most_turns=max(sizes),
    )


def _flat_conversations(rows: Sequence[_Conversation]) -> Flat | None:
    said, sizes = _dialogues(rows)
    if not sizes:
        return None
    systems = [each for each in map(_system, rows) if each is not UNSET]
    blocks = chain(chain.from_iterable(systems), chain.from_iterable(map(_content, said)))
    return Flat(
        texts=list(map(_text, blocks)),
        quotes=6 * len(rows) + 6 * len(systems) + 10 * len(said),
        systems=len(systems),
        most_turns=max(sizes),
    )


def _begins_with_system(messages: Sequence[_OpenAIMessage]) -> bool:
    return bool(messages) and messages[0].role not in _ROLES


def _in_turn(sizes: Sequence[int], roles: Iterable[str]) -> bool:
    """Whether each dialogue has user and assistant in turn, and the assistant last."""
    if min(sizes) <= 0 or any(map((1).__and__, sizes)):
        return False
    return list(roles) == [*_ROLES] * (sum(sizes) // _EXCHANGE)


_DIALOGUES: frozenset[DatasetFormat] = frozenset(
    ("prompt-completion", "anthropic-messages", "bedrock-conversation-2024")
)
_PASSAGES: frozenset[DatasetFormat] = frozenset(("continued-pre-training",))

SHAPES: dict[Format, Shape] = {
    "prompt-completion": Shape(row=_Pair, flat=_flat_pairs, targets=_DIALOGUES),
    "anthropic-messages": Shape(row=_Anthropic, flat=_flat_anthropic, targets=_DIALOGUES),
    "openai-chat": Shape(row=_OpenAI, flat=_flat_openai, targets=_DIALOGUES),
    "bedrock-conversation-2024": Shape(
        row=_Conversation, flat=_flat_conversations, targets=_DIALOGUES
    ),
    "continued-pre-training": Shape(row=_Input, flat=_flat_inputs, targets=_PASSAGES),
}
