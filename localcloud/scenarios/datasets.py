"""The datasets of the stories: records of the shipped samples, some of them spoiled."""

import json
import random
from typing import Any

from localcloud.place import ROOT

SUMMARIES = "support-summaries"
ROUTING = "ticket-routing"
_RECORDS = 120


def drawn(sample: str, seed: int, records: int = _RECORDS) -> bytes:
    """Some records of a sample; another seed draws others."""
    return _lines(_drawn(sample, seed, records))


def reordered(sample: str, seed: int, records: int = _RECORDS) -> bytes:
    """The records that `drawn` draws, in another order."""
    return _lines(_drawn(sample, seed, records)[::-1])


def shuffled(seed: int) -> bytes:
    """Summaries that belong to other tickets than those they stand beside."""
    records = _drawn(SUMMARIES, seed, _RECORDS)
    completions = [record["completion"] for record in records]
    random.Random(seed).shuffle(completions)
    return _lines([{**r, "completion": c} for r, c in zip(records, completions, strict=True)])


def _drawn(sample: str, seed: int, records: int) -> list[dict[str, Any]]:
    text = (ROOT / "samples" / f"{sample}.jsonl").read_text(encoding="utf-8-sig")
    lines = [line for line in text.splitlines() if line.strip()]
    return [json.loads(line) for line in random.Random(seed).sample(lines, records)]


def _lines(records: list[dict[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(record)}\n" for record in records).encode()
