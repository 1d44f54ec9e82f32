"""What the quality checks find, and at what speed, beside the structural pass and plain peers."""

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from itertools import pairwise
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np

from bench.measurement import Measurement
from bench.planted import mislabelled
from bench.quality_found import found
from bench.real_text import Pair, docstring_pairs, labelled_pieces, service_pairs
from tunedrop import recipe as recipes
from tunedrop.dataset.lines import SourceFile
from tunedrop.dataset.validation import validate
from tunedrop.quality.block import TextBlock
from tunedrop.quality.confidential import ConfidentialData
from tunedrop.quality.duplicates import duplicates
from tunedrop.quality.near_duplicates import NEAR
from tunedrop.quality.personal_data import detectors
from tunedrop.quality.scan import QualityScan
from tunedrop.quality.sketches import Sketches

_FLOOR = 20.0
_MEGABYTES = 20.0
_SERVICES = 50
_PEER_RECORDS = 1000
_TRIES = 3


class _Row(msgspec.Struct):
    prompt: str
    completion: str


def quality() -> Iterator[Measurement]:
    """Speed first, then what is found."""
    pairs = service_pairs(_MEGABYTES)
    yield from _speed(pairs)
    yield from _parts(pairs)
    yield from found()


def _speed(pairs: list[Pair]) -> Iterator[Measurement]:
    file = _file(pairs)
    structural = _rate(len(file), lambda: _validated(file))
    yield Measurement(name="structural pass alone", value=structural, unit="MB/s")
    whole = _rate(len(file), lambda: _scanned(file))
    yield _beside_the_floor("service documentation", whole)
    yield Measurement(
        name="the same beside the structural pass",
        value=whole,
        unit="MB/s",
        compared_with=structural,
        meaning="times the structural pass",
    )
    labelled, _ = mislabelled(labelled_pieces(_MEGABYTES, _SERVICES), random.Random(1))
    for name, file in (
        ("Python's docstrings", _file(docstring_pairs())),
        (f"texts of {_SERVICES} labels", _file(labelled)),
    ):
        yield _beside_the_floor(name, _rate(len(file), partial(_scanned, file)))


def _beside_the_floor(text: str, rate: float) -> Measurement:
    return Measurement(
        name=f"all quality checks, {text}",
        value=rate,
        unit="MB/s",
        compared_with=_FLOOR,
        meaning=f"of the {_FLOOR:.0f} MB/s of processor time that it must reach",
    )


def _parts(pairs: list[Pair]) -> Iterator[Measurement]:
    few = pairs[:_PEER_RECORDS]
    size, few_size = _size(pairs), _size(few)
    ours = _rate(size, lambda: _grouped(pairs))
    yield Measurement(name="near-duplicates alone", value=ours, unit="MB/s")
    if find_spec("datasketch"):
        plain = _rate(few_size, lambda: _plain_minhash(few))
        yield _peer("plain datasketch MinHash, 128 permutations", plain, ours)
    ours = _rate(size, lambda: _looked_for(pairs))
    yield Measurement(name="personal data and secrets alone", value=ours, unit="MB/s")
    plain = _rate(few_size, lambda: _plain_patterns(few))
    yield _peer("plain re, the same patterns one by one", plain, ours)


def _peer(name: str, plain: float, ours: float) -> Measurement:
    return Measurement(
        name=name, value=plain, unit="MB/s", compared_with=ours, meaning="times the line above"
    )


def _size(pairs: Sequence[Pair]) -> int:
    return sum(len(prompt.encode()) + len(completion.encode()) for prompt, completion in pairs)


def _file(pairs: Sequence[Pair]) -> bytes:
    rows = ({"prompt": prompt, "completion": completion} for prompt, completion in pairs)
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def _rate(size: int, work: Callable[[], Any]) -> float:
    """The best of a few tries, in processor time of this one thread."""
    best = min(_seconds(work) for _ in range(_TRIES))
    return size / 1e6 / best


def _seconds(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _validated(file: bytes) -> None:
    written = {
        "name": "measured",
        "base_model": "amazon.titan-text-express-v1:0:8k",
        "method": "instruction_tuning",
        "data": {"validation_share": 0, "test_share": 0},
    }
    source = SourceFile(name="data.jsonl", chunks=lambda: [file])
    validate({"train": [source]}, recipes.load(written, allow_retired=True))


def _scanned(file: bytes) -> None:
    """Decoding, every check, and the report."""
    scan = QualityScan()
    decoder = msgspec.json.Decoder(_Row)
    for start in range(0, len(lines := file.splitlines(keepends=True)), 1000):
        rows = decoder.decode_lines(b"".join(lines[start : start + 1000]))
        prompts, completions = (list(map(attrgetter(n), rows)) for n in ("prompt", "completion"))
        scan.add_texts(prompts, completions)
    scan.report().to_json()


def _blocks(pairs: Sequence[Pair]) -> Iterator[TextBlock]:
    for start in range(0, len(pairs), 1000):
        prompts, completions = zip(*pairs[start : start + 1000], strict=True)
        yield TextBlock(first=start, prompts=prompts, completions=completions)


def _grouped(pairs: Sequence[Pair]) -> Any:
    sketches, keys = Sketches(), []
    for block in _blocks(pairs):
        sketches.add(block)
        keys.append(block.keys)
    return duplicates(np.concatenate(keys), sketches.whole())


def _looked_for(pairs: Sequence[Pair]) -> ConfidentialData:
    looked = ConfidentialData()
    for block in _blocks(pairs):
        looked.add(block)
    return looked


def _plain_patterns(pairs: Sequence[Pair]) -> None:
    for pair in pairs:
        for text in pair:
            for detector in detectors():
                list(detector.find(text))


def _plain_minhash(pairs: Sequence[Pair]) -> None:
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-not-found,unused-ignore]

    index = MinHashLSH(threshold=NEAR, num_perm=128)
    for number, pair in enumerate(pairs):
        words = re.findall(r"\w+|[^\w\s]", " ".join(pair).lower())
        sketch = MinHash(num_perm=128)
        sketch.update_batch([f"{a} {b}".encode() for a, b in pairwise(words)])
        index.query(sketch)
        index.insert(number, sketch)


if __name__ == "__main__":
    for measurement in quality():
        print(measurement.row(), flush=True)
