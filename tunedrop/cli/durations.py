"""How long customization jobs usually take, as far as anybody has said: data, with its source."""

from pathlib import Path

import msgspec
from msgspec import Struct


class Seen(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What jobs of some base models took; `dataset` is what they trained on, where it is known."""

    base_models: tuple[str, ...]
    takes: str
    dataset: str | None
    source: str


class Documented(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What Bedrock says of every job."""

    takes: str
    source: str


class Durations(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of durations.json."""

    as_of: str
    documented: Documented
    seen: tuple[Seen, ...]


def durations() -> Durations:
    """Every duration that is known."""
    content = Path(__file__).with_name("durations.json").read_bytes()
    return msgspec.json.decode(content, type=Durations)


def usual_duration(base_model_id: str) -> str:
    """How long a job of this base model usually takes, in words, with the source."""
    known = durations()
    for each in known.seen:
        if base_model_id in each.base_models:
            dataset = f" for {each.dataset}" if each.dataset else ""
            return f"{each.takes}{dataset} ({each.source}); a rough figure, queues vary"
    told = known.documented
    return f"{told.takes} ({told.source}); a rough figure, queues vary"
