"""The request and answer bodies of InvokeModel, which differ by model family."""

import base64
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localcloud.bedrock.dialogues import USER, Dialogue, Medium, Turn

Read = tuple[Dialogue, int | None, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class NativeBody:
    """Reads a request into dialogue, most tokens and stop sequences; writes an answer."""

    read: Callable[[Mapping[str, Any]], Read]
    write: Callable[[str, str, int, int], Mapping[str, Any]]


def native_body(family: str) -> NativeBody:
    """The bodies of a family; those that have none of their own speak as Nova does."""
    for prefix, body in _BODIES.items():
        if family.startswith(prefix):
            return body
    return _BODIES["nova"]


def _prompted(prompt: str, images: Sequence[str] = ()) -> Dialogue:
    if not prompt.strip():
        raise ValueError("the prompt is empty")
    media = tuple(_image(each) for each in images)
    return Dialogue(system=None, turns=(Turn(role=USER, text=prompt, media=media),))


def _image(encoded: str, form: str | None = None) -> Medium:
    content = base64.b64decode(encoded, validate=True)
    return Medium(kind="image", format=form, content=content)


def _read_nova(body: Mapping[str, Any]) -> Read:
    limits = body.get("inferenceConfig", {})
    system = "\n".join(block["text"] for block in body.get("system", ()))
    turns = tuple(
        Turn(
            role=each["role"],
            text="\n".join(block["text"] for block in each["content"] if "text" in block),
            media=tuple(_nova_medium(block) for block in each["content"] if "text" not in block),
        )
        for each in body["messages"]
    )
    return _of_turns(system, turns), limits.get("maxTokens"), limits.get("stopSequences", ())


def _nova_medium(block: Mapping[str, Any]) -> Medium:
    ((kind, shown),) = block.items()
    if kind not in ("image", "video"):
        raise ValueError(f"content blocks of type {kind} are not read")
    if "s3Location" in shown["source"]:
        uri = shown["source"]["s3Location"]["uri"]
        return Medium(kind=kind, format=shown["format"], uri=uri)
    content = base64.b64decode(shown["source"]["bytes"], validate=True)
    return Medium(kind=kind, format=shown["format"], content=content)


def _write_nova(text: str, reason: str, asked: int, answered: int) -> Mapping[str, Any]:
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
        "stopReason": reason,
        "usage": {"inputTokens": asked, "outputTokens": answered, "totalTokens": asked + answered},
    }


def _read_claude(body: Mapping[str, Any]) -> Read:
    if not isinstance(body["anthropic_version"], str):
        raise TypeError("anthropic_version is no string")
    turns = tuple(
        Turn(
            role=each["role"],
            text=_claude_text(each["content"]),
            media=tuple(_claude_images(each["content"])),
        )
        for each in body["messages"]
    )
    dialogue = _of_turns(body.get("system", ""), turns)
    return dialogue, body["max_tokens"], body.get("stop_sequences", ())


def _claude_text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(block["text"] for block in content if block["type"] == "text")


def _claude_images(content: Any) -> Iterator[Medium]:
    for block in content if isinstance(content, list) else ():
        if block["type"] == "image":
            yield _image(block["source"]["data"], block["source"]["media_type"].partition("/")[2])


def _write_claude(text: str, reason: str, asked: int, answered: int) -> Mapping[str, Any]:
    return {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": text}],
        "stop_reason": reason,
        "usage": {"input_tokens": asked, "output_tokens": answered},
    }


def _read_titan(body: Mapping[str, Any]) -> Read:
    limits = body.get("textGenerationConfig", {})
    return (
        _prompted(body["inputText"]),
        limits.get("maxTokenCount"),
        limits.get("stopSequences", ()),
    )


def _write_titan(text: str, reason: str, asked: int, answered: int) -> Mapping[str, Any]:
    completion = {"max_tokens": "LENGTH"}.get(reason, "FINISH")
    return {
        "inputTextTokenCount": asked,
        "results": [{"tokenCount": answered, "outputText": text, "completionReason": completion}],
    }


def _read_llama(body: Mapping[str, Any]) -> Read:
    return _prompted(body["prompt"], body.get("images") or ()), body.get("max_gen_len"), ()


def _write_llama(text: str, reason: str, asked: int, answered: int) -> Mapping[str, Any]:
    return {
        "generation": text,
        "prompt_token_count": asked,
        "generation_token_count": answered,
        "stop_reason": {"max_tokens": "length"}.get(reason, "stop"),
    }


def _read_cohere(body: Mapping[str, Any]) -> Read:
    return _prompted(body["prompt"]), body.get("max_tokens"), body.get("stop_sequences", ())


def _write_cohere(text: str, reason: str, asked: int, answered: int) -> Mapping[str, Any]:
    finish = {"max_tokens": "MAX_TOKENS"}.get(reason, "COMPLETE")
    generation = {"id": str(uuid.uuid4()), "text": text, "finish_reason": finish}
    return {"id": str(uuid.uuid4()), "generations": [generation]}


def _of_turns(system: str, turns: tuple[Turn, ...]) -> Dialogue:
    if not turns or turns[0].role != USER:
        raise ValueError("the first message is not of the user")
    return Dialogue(system=system or None, turns=turns)


_BODIES: Mapping[str, NativeBody] = {
    "nova": NativeBody(read=_read_nova, write=_write_nova),
    "claude": NativeBody(read=_read_claude, write=_write_claude),
    "titan": NativeBody(read=_read_titan, write=_write_titan),
    "cohere": NativeBody(read=_read_cohere, write=_write_cohere),
    "llama": NativeBody(read=_read_llama, write=_write_llama),
}
