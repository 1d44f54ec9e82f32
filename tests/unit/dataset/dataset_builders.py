"""Builders of recipes, records and files for dataset tests."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tunedrop import recipe as recipes
from tunedrop.dataset.lines import SourceFile
from tunedrop.recipe import Recipe

DEFECTS = Path(__file__).parents[2] / "data" / "datasets"

NOVA = "amazon.nova-micro-v1:0:128k"
HAIKU = "anthropic.claude-3-haiku-20240307-v1:0:200k"
TITAN = "amazon.titan-text-express-v1:0:8k"
LLAMA = "meta.llama3-1-8b-instruct-v1:0:128k"

NO_SPLIT = {"validation_share": 0, "test_share": 0}


def recipe_for(model: str = NOVA, **keys: Any) -> Recipe:
    """A recipe of three keys and what the test adds."""
    written = {"name": "tested", "base_model": model, "method": "instruction_tuning", **keys}
    return recipes.load(written, allow_retired=True, allow_unserved=True)


def file_of(data: bytes, name: str = "data.jsonl", cut: int = 1 << 16) -> SourceFile:
    """A file whose bytes arrive in pieces."""

    def chunks() -> Iterable[bytes]:
        return (data[start : start + cut] for start in range(0, len(data), cut))

    return SourceFile(name=name, chunks=chunks)


def pair(number: int) -> dict[str, Any]:
    """A record in prompt/completion that no other number gives."""
    return {"prompt": f"Question {number}?", "completion": f"Answer {number * 7}."}


def chat(*texts: str, **keys: Any) -> dict[str, Any]:
    """A record in messages: user and assistant in turn."""
    roles = ("user", "assistant")
    turns = [{"role": roles[i % 2], "content": text} for i, text in enumerate(texts)]
    return {**keys, "messages": turns}


def jsonl(records: Iterable[dict[str, Any]]) -> bytes:
    """Records as lines."""
    return b"".join(json.dumps(each).encode() + b"\n" for each in records)


def pairs(count: int) -> bytes:
    """A file of `count` different records."""
    return jsonl(pair(number) for number in range(count))
