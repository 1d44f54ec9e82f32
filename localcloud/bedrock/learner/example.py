"""What is trained on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """One exchange: what was asked under which system prompt, and what should be answered."""

    system: str | None
    prompt: str
    completion: str
