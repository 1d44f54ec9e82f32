"""What validation with all quality checks takes of memory and time, up to the largest datasets."""

import argparse
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from bench.imports import ROOT
from bench.measurement import Measurement, peak_megabytes
from bench.real_text import service_pairs
from tunedrop import recipe as recipes
from tunedrop.dataset.lines import SourceFile
from tunedrop.dataset.validation import validate
from tunedrop.quality.curation import Curation

_SOURCE_MEGABYTES = 5.0
_CHUNK = 1 << 20
# Of ValidateDataset.
_MEMORY_MEGABYTES, _SECONDS = 3008, 900
_CHILD = (
    "import sys; from bench.quality_size import measure; measure(sys.argv[1], int(sys.argv[2]))"
)


@dataclass(frozen=True, kw_only=True)
class Largest:
    """As many records, as long, as a base model takes; how many are looked at if not all."""

    base_model: str
    records: int
    characters: int
    usually: int


LARGEST = {
    "dialogues": Largest(
        base_model="amazon.nova-micro-v1:0:128k", records=20_000, characters=95_000, usually=400
    ),
    "captions": Largest(
        base_model="amazon.titan-embed-image-v1:0", records=500_000, characters=2500, usually=20_000
    ),
}


def sizes(*, largest: bool = False) -> Iterator[Measurement]:
    """Each in a process of its own, whose peak of memory is that of the whole pass."""
    for name, each in LARGEST.items():
        records = each.records if largest else each.usually
        finished = subprocess.run(
            [sys.executable, "-c", _CHILD, name, str(records)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        seconds, megabytes, peak = map(float, finished.stdout.split())
        yield Measurement(
            name=f"{records:,} {name}, validated with quality",
            value=peak,
            unit="MB",
            compared_with=_MEMORY_MEGABYTES,
            meaning=f"of the {_MEMORY_MEGABYTES} MB that ValidateDataset has",
        )
        yield Measurement(
            name=f"  its {megabytes:,.0f} MB",
            value=seconds,
            unit="s",
            compared_with=_SECONDS,
            meaning=f"of the {_SECONDS} s that it has; {megabytes / seconds:.1f} MB/s",
        )


def measure(name: str, records: int) -> None:
    """Print seconds of processor time without making the records, megabytes, and the peak."""
    each = LARGEST[name]
    written = {"name": "measured", "base_model": each.base_model, "method": "instruction_tuning"}
    data = {"personal_data": "report", "secrets": "report"}
    recipe = recipes.load({**written, "data": data}, allow_retired=True)
    text = " ".join(" ".join(pair) for pair in service_pairs(_SOURCE_MEGABYTES))
    size, making = _made(name, records, text)
    started = time.process_time()
    source = SourceFile(name="data.jsonl", chunks=lambda: _chunks(name, records, text))
    validate({"train": [source]}, recipe, curator=Curation(recipe))
    seconds = time.process_time() - started - making
    print(seconds, size / 1e6, peak_megabytes())


def _made(name: str, records: int, text: str) -> tuple[int, float]:
    started = time.process_time()
    size = sum(map(len, _chunks(name, records, text)))
    return size, time.process_time() - started


def _chunks(name: str, records: int, text: str) -> Iterator[bytes]:
    """Records of passages of real text; one in thirty comes again, one in fourteen nearly so."""
    chance, held, last = random.Random(5), bytearray(), ""
    for number in range(records):
        kind = chance.random() if last else 1.0
        if kind > 1 / 30:
            changed = kind < 1 / 10
            middle = len(last) // 2
            last = (
                f"{last[:middle]} {_passages(chance, text, 40)} {last[middle:-50]}"
                if changed
                else _passages(chance, text, LARGEST[name].characters)
            )
        held += msgspec.json.encode(_record(name, number, last)) + b"\n"
        if len(held) > _CHUNK:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def _passages(chance: random.Random, text: str, size: int) -> str:
    starts = (chance.randrange(len(text) - 400) for _ in range(size // 60))
    return " ".join(text[start : start + chance.randrange(60, 300)] for start in starts)[:size]


def _record(name: str, number: int, text: str) -> dict[str, object]:
    if name == "captions":
        return {"image-ref": f"s3://images/{number}.png", "caption": text}
    cut = len(text) * 4 // 5
    messages = [
        {"role": role, "content": [{"text": part}]}
        for role, part in (("user", text[:cut]), ("assistant", text[cut:]))
    ]
    return {"schemaVersion": "bedrock-conversation-2024", "messages": messages}


def main() -> None:
    """Measure sizes alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", action="store_true", help="as much as Bedrock takes; minutes")
    for measurement in sizes(largest=parser.parse_args().largest):
        print(measurement.row(), flush=True)


if __name__ == "__main__":
    main()
