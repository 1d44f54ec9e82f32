"""What is dropped, and through which recipe."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from tunedrop import recipe as recipes
from tunedrop.recipe import Recipe

NOVA = "amazon.nova-micro-v1:0:128k"
RECIPE = "support"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

Json = dict[str, Any]


def records(count: int = 40) -> list[Json]:
    """Prompt and completion, all different, of a pattern that can be learned."""
    places = ("harbour", "library", "station", "museum", "market")
    return [
        {
            "prompt": f"When does the {places[index % 5]} number {index} open?",
            "completion": f"The {places[index % 5]} opens at {index % 5 + 7} o'clock.",
        }
        for index in range(count)
    ]


def lines(items: list[Json]) -> bytes:
    """JSON Lines."""
    return "".join(json.dumps(item) + "\n" for item in items).encode()


def nova_lines(items: list[Json]) -> bytes:
    """The records as Nova trains on them."""
    return lines(
        [
            {
                "schemaVersion": "bedrock-conversation-2024",
                "messages": [
                    {"role": "user", "content": [{"text": item["prompt"]}]},
                    {"role": "assistant", "content": [{"text": item["completion"]}]},
                ],
            }
            for item in items
        ]
    )


def recipe(name: str = RECIPE, **sections: Any) -> Recipe:
    """A recipe for Nova Micro that asks for little."""
    given = {"base_model": NOVA, "method": "instruction_tuning", "hyperparameters": {"epochs": 2}}
    return recipes.load({"name": name, **given, **sections})


def unique(prefix: str) -> str:
    """A name that nobody else has."""
    return f"{prefix}-{uuid.uuid4().hex[:12]}"
