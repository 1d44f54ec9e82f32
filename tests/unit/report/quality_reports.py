"""Quality reports of datasets with planted flaws, to make pages of."""

import random
from typing import Any

import msgspec

from tunedrop.quality.scan import QualityScan

EMAIL, PHONE = "jane.roe@example.com", "(212) 555-0142"
_WORDS = [
    "river",
    "stone",
    "window",
    "letter",
    "garden",
    "engine",
    "market",
    "winter",
    "school",
    "doctor",
    "music",
    "paper",
]


def _prose(seed: int, words: int = 40) -> str:
    return f"{' '.join(random.Random(seed).choices(_WORDS, k=words))} {seed}.".capitalize()


def _place(record: int) -> str:
    return f"october.jsonl, line {record + 1}"


def flawed() -> dict[str, Any]:
    """Sixty records: repeated, contradictory, confidential and leaking ones among them."""
    pairs = [(_prose(seed), _prose(1000 + seed, 12)) for seed in range(50)]
    pairs += [pairs[0], pairs[1], (pairs[2][0], _prose(2000, 12))]
    pairs += [(f"{_prose(3000)} Write to {EMAIL} or call {PHONE}.", _prose(3001, 12))]
    scan = QualityScan()
    for side, records in (("train", pairs), ("test", [pairs[7], (_prose(9), _prose(10))])):
        for prompt, completion in records:
            scan.add_texts([prompt], [completion], side)  # type: ignore[arg-type]
    return dict(msgspec.json.decode(scan.report(place=_place).to_json()))


def labelled() -> dict[str, Any]:
    """Records of labels, one of them spelt in two ways."""
    scan = QualityScan()
    for seed in range(60):
        label = ("billing", "delivery", "returns")[seed % 3]
        scan.add_texts([_prose(seed)], ["Billing" if seed == 30 else label])
    return dict(msgspec.json.decode(scan.report(place=_place).to_json()))
