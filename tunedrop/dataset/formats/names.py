"""The names of the formats that a dataset may be in."""

from typing import Literal

Format = Literal[
    "prompt-completion",
    "continued-pre-training",
    "anthropic-messages",
    "openai-chat",
    "bedrock-conversation-2024",
    "image-caption",
    "reinforcement",
]

SCHEMA_VERSION = "bedrock-conversation-2024"
SYSTEM_ROLES = ("system", "developer")
