"""What validation is compared with: the same lines decoded by msgspec, and a pydantic model."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec
import pydantic
from msgspec import Struct

_NOVA = "amazon.nova-micro-v1:0:128k"
_HAIKU = "anthropic.claude-3-haiku-20240307-v1:0:200k"
_TITAN = "amazon.titan-text-express-v1:0:8k"
_BLOCK_BYTES = 1 << 18
_SYSTEM = "You answer the questions of customers. Be plain and short."
_QUESTION, _ANSWER = 60, 40


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A format as it is measured: how records are made, decoded and checked."""

    base_model: str
    method: str
    record: Callable[[random.Random], dict[str, Any]]
    floor: type[Struct]
    peer: type[pydantic.BaseModel]


class Validators:
    """The other ways of reading a format's lines."""

    def __init__(self, shown: Shown) -> None:
        self._decoder = msgspec.json.Decoder(shown.floor)
        self._peer = shown.peer

    def line_by_line(self, path: Path) -> None:
        """Decode each line by itself."""
        decode = self._decoder.decode
        with path.open("rb") as file:
            for line in file:
                decode(line)

    def in_blocks(self, path: Path) -> None:
        """Decode as many lines at once as a block holds."""
        rest = b""
        with path.open("rb") as file:
            while chunk := file.read(_BLOCK_BYTES):
                block = rest + chunk
                end = block.rfind(b"\n") + 1
                self._decoder.decode_lines(block[:end])
                rest = block[end:]

    def peer(self, data: bytes) -> None:
        """Parse and validate each line as a validator is usually written."""
        for line in data.splitlines():
            self._peer.model_validate(json.loads(line))


class _Pair(Struct, gc=False):
    prompt: str
    completion: str


class _Input(Struct, gc=False):
    input: str


class _Message(Struct, gc=False):
    role: str
    content: str


class _Chat(Struct, gc=False):
    messages: list[_Message]
    system: str | None = None


class _Text(Struct, gc=False):
    text: str


class _Turn(Struct, gc=False):
    role: str
    content: list[_Text]


class _Conversation(Struct, gc=False, rename="camel"):
    schema_version: str
    messages: list[_Turn]
    system: list[_Text] | None = None


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")


class _CheckedPair(_Strict):
    prompt: str = pydantic.Field(min_length=1)
    completion: str = pydantic.Field(min_length=1)


class _CheckedInput(_Strict):
    input: str = pydantic.Field(min_length=1)


class _CheckedMessage(_Strict):
    role: Literal["system", "user", "assistant"]
    content: str = pydantic.Field(min_length=1)


class _CheckedChat(_Strict):
    messages: list[_CheckedMessage] = pydantic.Field(min_length=2)
    system: str | None = None


class _CheckedText(_Strict):
    text: str = pydantic.Field(min_length=1)


class _CheckedTurn(_Strict):
    role: Literal["user", "assistant"]
    content: list[_CheckedText] = pydantic.Field(min_length=1)


class _CheckedConversation(_Strict):
    schema_version: Literal["bedrock-conversation-2024"] = pydantic.Field(alias="schemaVersion")
    messages: list[_CheckedTurn] = pydantic.Field(min_length=2)
    system: list[_CheckedText] | None = None


def _text(rng: random.Random, words: int) -> str:
    """A few sentences: paragraphs, quotation marks and letters outside ASCII as texts have them."""
    said = rng.choices(_WORDS, k=words)
    if rng.random() < 1 / 2:
        said[words // 2] += ".\n\n"
    if rng.random() < 1 / 5:
        said[1] = f'"{said[1]}"'
    if rng.random() < 1 / 10:
        said[2] = rng.choice(("naïve", "Łódź", "café", "“so”"))
    return " ".join(said).capitalize() + "."


def _made_up_words() -> list[str]:
    rng = random.Random(0)
    letters = "eeeeeetttttaaaaooooiiiinnnnsssshhhrrrdddlluucmfywgpbvk"
    return ["".join(rng.choices(letters, k=rng.randint(1, 9))) for _ in range(3000)]


_WORDS = _made_up_words()


def _pair(rng: random.Random) -> dict[str, Any]:
    return {"prompt": _text(rng, _QUESTION), "completion": _text(rng, _ANSWER)}


def _input(rng: random.Random) -> dict[str, Any]:
    return {"input": _text(rng, _QUESTION + _ANSWER)}


def _chat(rng: random.Random, *, openai: bool) -> dict[str, Any]:
    said = _pair(rng)
    turns = [
        {"role": "user", "content": said["prompt"]},
        {"role": "assistant", "content": said["completion"]},
    ]
    if openai:
        return {"messages": [{"role": "system", "content": _SYSTEM}, *turns]}
    return {"system": _SYSTEM, "messages": turns}


def _conversation(rng: random.Random) -> dict[str, Any]:
    chat = _chat(rng, openai=False)
    turns = [{**turn, "content": [{"text": turn["content"]}]} for turn in chat["messages"]]
    system = [{"text": chat["system"]}]
    return {"schemaVersion": "bedrock-conversation-2024", "system": system, "messages": turns}


def _shown(
    base_model: str,
    record: Callable[[random.Random], dict[str, Any]],
    floor: type[Struct],
    peer: type[pydantic.BaseModel],
    method: str = "instruction_tuning",
) -> Shown:
    return Shown(base_model=base_model, method=method, record=record, floor=floor, peer=peer)


FORMATS = {
    "prompt-completion": _shown(_TITAN, _pair, _Pair, _CheckedPair),
    "anthropic-messages": _shown(_HAIKU, partial(_chat, openai=False), _Chat, _CheckedChat),
    "openai-chat": _shown(_HAIKU, partial(_chat, openai=True), _Chat, _CheckedChat),
    "bedrock-conversation-2024": _shown(_NOVA, _conversation, _Conversation, _CheckedConversation),
    "continued-pre-training": _shown(
        _TITAN, _input, _Input, _CheckedInput, "continued_pre_training"
    ),
}
