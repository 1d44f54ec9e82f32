"""The fast path: a whole block of lines decoded and checked at once, or given up as not clean.

It never says what is wrong. A block that it takes is one in which the slow path would find
nothing; whatever it cannot be sure of, it leaves to the slow path.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import add, attrgetter
from typing import Literal, Protocol, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from tunedrop.dataset.formats import Format
from tunedrop.dataset.records import Record, Role, Turn
from tunedrop.dataset.splits import text_key
from tunedrop.dataset.target import Target

_ESCAPED_ASCII = re.compile(rb"\\u00[0-7]")
_ROLES: tuple[Role, Role] = ("user", "assistant")
_BOUNDARY = b"}\n{"


@dataclass(frozen=True, kw_only=True, slots=True)
class CleanBlock:
    """Records in which nothing is wrong, with what was reckoned on the way."""

    rows: Sequence["Row"]
    characters: int


class Row(Protocol):
    """A decoded line of some format."""

    def key(self) -> int:
        """Its `split_key`."""

    def record(self) -> Record:
        """The neutral record."""


class _Pair(Struct, forbid_unknown_fields=True, gc=False):
    prompt: str
    completion: str

    def key(self) -> int:
        return text_key("", self.prompt, self.completion)

    def record(self) -> Record:
        return Record(None, (Turn("user", self.prompt), Turn("assistant", self.completion)))


class _Message(Struct, forbid_unknown_fields=True, gc=False):
    role: Literal["system", "developer", "user", "assistant"]
    content: str


class _Chat(Struct, forbid_unknown_fields=True, gc=False):
    messages: list[_Message]
    system: str | UnsetType = UNSET

    def texts(self) -> list[str]:
        """The system prompt, or an empty text, and then the turns."""
        if self.messages[0].role in _ROLES:
            system = "" if self.system is UNSET else self.system
            return [system, *(each.content for each in self.messages)]
        return [each.content for each in self.messages]

    def key(self) -> int:
        return text_key(*self.texts())

    def record(self) -> Record:
        return _record(self.texts())


class _Text(Struct, forbid_unknown_fields=True, gc=False):
    text: str


class _BlockMessage(Struct, forbid_unknown_fields=True, gc=False):
    role: Role
    content: tuple[_Text]


class _Conversation(Struct, forbid_unknown_fields=True, gc=False, rename="camel"):
    schema_version: Literal["bedrock-conversation-2024"]
    messages: list[_BlockMessage]
    system: tuple[_Text] | UnsetType = UNSET

    def texts(self) -> list[str]:
        """The system prompt, or an empty text, and then the turns."""
        system = "" if self.system is UNSET else self.system[0].text
        return [system, *(each.content[0].text for each in self.messages)]

    def key(self) -> int:
        return text_key(*self.texts())

    def record(self) -> Record:
        return _record(self.texts())


R = TypeVar("R", bound=Struct)


class FastPath:
    """Checks blocks of one format for one target."""

    def __init__(self, format_: Format, target: Target) -> None:
        self._format = format_
        self._target = target
        self._safe = target.safe_characters
        reserved = [_as_json(each) for each in target.limits.reserved_strings]
        slash = [b"\\/"] if any(b"/" in each for each in reserved) else []
        self._suspicious = (b"\r", b"\\b", b"\\f", b"\x7f", *reserved, *slash)
        self._pairs = msgspec.json.Decoder(_Pair)
        self._chats = msgspec.json.Decoder(_Chat)
        self._conversations = msgspec.json.Decoder(_Conversation)

    def clean(self, block: bytes, lines: int) -> CleanBlock | None:
        """The rows of a block of whole lines, or None where one of them may have a fault."""
        if any(each in block for each in self._suspicious):
            return None
        if b"\\u00" in block and _ESCAPED_ASCII.search(block):
            return None
        if self._format == "prompt-completion":
            return self._clean_pairs(block, lines)
        if self._format == "bedrock-conversation-2024":
            return self._clean_conversations(block, lines)
        return self._clean_chats(block, lines)

    def _clean_pairs(self, block: bytes, lines: int) -> CleanBlock | None:
        rows = _decoded(self._pairs, block, lines)
        if rows is None or not _once_each(block, lines, b'"prompt"', b'"completion"'):
            return None
        prompts = list(map(attrgetter("prompt"), rows))
        completions = list(map(attrgetter("completion"), rows))
        if _any_blank(prompts) or _any_blank(completions):
            return None
        characters = list(map(add, map(len, prompts), map(len, completions)))
        if max(characters) > self._safe:
            return None
        return CleanBlock(rows=rows, characters=sum(characters))

    def _clean_chats(self, block: bytes, lines: int) -> CleanBlock | None:
        rows = _decoded(self._chats, block, lines)
        if rows is None or not _once_each(block, lines, b'"messages"'):
            return None
        messages = sum(len(row.messages) for row in rows)
        if not _once_each(block, messages, b'"role"', b'"content"'):
            return None
        if not all(self._chat_roles_fit(row) for row in rows):
            return None
        return self._clean_texts(rows, block)

    def _chat_roles_fit(self, row: _Chat) -> bool:
        roles = [each.role for each in row.messages]
        if self._format == "openai-chat" and roles and roles[0] not in _ROLES:
            return row.system is UNSET and _alternate(roles[1:])
        if self._format == "openai-chat" and row.system is not UNSET:
            return False
        return _alternate(roles)

    def _clean_conversations(self, block: bytes, lines: int) -> CleanBlock | None:
        rows = _decoded(self._conversations, block, lines)
        if rows is None or not _once_each(block, lines, b'"messages"', b'"schemaVersion"'):
            return None
        messages = sum(len(row.messages) for row in rows)
        systems = sum(row.system is not UNSET for row in rows)
        if not _once_each(block, messages, b'"role"', b'"content"'):
            return None
        if not _once_each(block, messages + systems, b'"text"'):
            return None
        if not all(_alternate([each.role for each in row.messages]) for row in rows):
            return None
        return self._clean_texts(rows, block)

    def _clean_texts(
        self, rows: Sequence[_Chat] | Sequence[_Conversation], block: bytes
    ) -> CleanBlock | None:
        total = 0
        systems = 0
        for row in rows:
            texts = row.texts()
            if _any_blank(texts[1:]) or not self._expressible(texts):
                return None
            characters = sum(map(len, texts))
            if characters > self._safe:
                return None
            total += characters
            systems += texts[0] != ""
        if block.count(b'"system"') + block.count(b'"developer"') != systems:
            return None
        return CleanBlock(rows=rows, characters=total)

    def _expressible(self, texts: list[str]) -> bool:
        if texts[0]:
            return self._target.takes_system_prompt and not texts[0].isspace()
        return len(texts) == 3 or self._target.takes_several_turns  # noqa: PLR2004


def _decoded(decoder: msgspec.json.Decoder[R], block: bytes, lines: int) -> list[R] | None:
    """One row per line, each between its own newlines; None where that is not certain."""
    try:
        rows = decoder.decode_lines(block)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return rows if len(rows) == lines == block.count(_BOUNDARY) + 1 else None


def _once_each(block: bytes, times: int, *keys: bytes) -> bool:
    """Whether no key can stand twice in an object: as many of each as there are objects."""
    return all(block.count(key) == times for key in keys)


def _any_blank(texts: Sequence[str]) -> bool:
    return not all(texts) or any(map(str.isspace, texts))


def _alternate(roles: Sequence[str]) -> bool:
    pairs = len(roles) // 2
    return pairs > 0 and list(roles) == list(_ROLES) * pairs


def _record(texts: list[str]) -> Record:
    turns = tuple(Turn(_ROLES[index % 2], text) for index, text in enumerate(texts[1:]))
    return Record(texts[0] or None, turns)


def _as_json(text: str) -> bytes:
    """A text as it stands inside a JSON string when nothing is escaped needlessly."""
    return msgspec.json.encode(text)[1:-1]
