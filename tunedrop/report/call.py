"""A call of the model in service that can be pasted."""

import json
import shlex
from typing import Any

from tunedrop.report.reading import Record, text
from tunedrop.settings import model_parameter

_PROMPT = "Your prompt"
_WITH = (
    "The system prompt is that of its training: without it, it answers much like its base model."
)
_WITHOUT = "The records that it was trained on have no system prompt, so none is sent."
_UNKNOWN = "Send the system prompt of its training, or it answers much like its base model."


def call(run: Record) -> dict[str, str]:
    """What an application of the recipe sends, with the system prompt that was trained with."""
    parts = str(run.get("execution_arn") or "").split(":")
    system = text(run.get("system_prompt"))
    advice = _WITH if system else _UNKNOWN if run.get("system_prompt") is None else _WITHOUT
    return {
        "parameter": model_parameter(text(run.get("stage")), text(run.get("recipe"))),
        "region": parts[3] if len(parts) > 3 else "",  # noqa: PLR2004 - arn:aws:states:REGION:...
        "system": system,
        "advice": advice,
        "python_system": _json([{"text": system}]),
        "shell_system": _quoted([{"text": system}]),
        "shell_messages": _quoted([{"role": "user", "content": [{"text": _PROMPT}]}]),
    }


def _quoted(value: Any) -> str:
    return shlex.quote(_json(value))


def _json(value: Any) -> str:
    """Lists and texts in JSON read the same in Python."""
    return json.dumps(value, ensure_ascii=False)
