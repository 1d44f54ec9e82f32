"""How fast a clean file is validated, beside msgspec decoding its lines and nothing else."""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.imports import ROOT
from bench.measurement import Measurement
from bench.validators import FORMATS, Validators
from tunedrop import recipe as recipes
from tunedrop.dataset.lines import local_file
from tunedrop.dataset.validation import validate
from tunedrop.recipe import Recipe

_MEGABYTE = 1_000_000
_USUAL_MEGABYTES = 256
_GIGABYTE_MEGABYTES = 1000
_DIFFERENT_MEGABYTES = 8
_PEER_MEGABYTES = 8
_ROUNDS = 2
_NOVA_RECORDS = 20_000
_NOVA_SECONDS = 2.0
_MEMORY_MEGABYTES = 200
_PEAK = (
    "import sys; from pathlib import Path; from bench.measurement import peak_megabytes;"
    "from bench.validation import checked;"
    "checked(Path(sys.argv[1]), sys.argv[2]); print(peak_megabytes())"
)


def validation(megabytes: int = _USUAL_MEGABYTES) -> Iterator[Measurement]:
    """Every format with a fast path on one thread, then memory, then a check by its command."""
    with tempfile.TemporaryDirectory() as directory:
        for format_ in FORMATS:
            path = Path(directory, f"{format_}.jsonl")
            _write(path, FORMATS[format_].record, megabytes * _MEGABYTE)
            yield from _speeds(path, format_)
            if format_ == "prompt-completion":
                yield _peak(f"its peak of memory, {megabytes} MB read", path, format_)
            path.unlink()
        line = Path(directory, "line.jsonl")
        with line.open("wb") as file:
            file.write(b'{"prompt": "')
            for _ in range(megabytes):
                file.write(b"x" * _MEGABYTE)
        yield _peak(f"peak of memory, one line of {megabytes} MB", line, "prompt-completion")
        yield _command(Path(directory, "nova.jsonl"))


def checked(path: Path, format_: str) -> None:
    """Validate a file for the base model of its format."""
    report = validate({"train": [local_file(path)]}, recipe_of(format_), fingerprint=False)
    if set(report.counts) - {"too-many-records", "file-too-large", "line-too-long"}:
        raise AssertionError(f"{path.name}: {report.summary()}")


def recipe_of(format_: str) -> Recipe:
    """A recipe whose base model learns from this format."""
    shown = FORMATS[format_]
    written = {"name": "benchmark", "base_model": shown.base_model, "method": shown.method}
    return recipes.load(written, allow_retired=True)


def _speeds(path: Path, format_: str) -> Iterator[Measurement]:
    """In turns, so that what else the machine does weighs on all of them; the best of each."""
    floors = Validators(FORMATS[format_])
    contenders: Mapping[str, Callable[[], object]] = {
        "floor": lambda: floors.line_by_line(path),
        "blocks": lambda: floors.in_blocks(path),
        "ours": lambda: checked(path, format_),
        "fingerprint": lambda: validate({"train": [local_file(path)]}, recipe_of(format_)),
    }
    best: dict[str, float] = {}
    for _ in range(_ROUNDS):
        for name, run in contenders.items():
            best[name] = min(best.get(name, 1e9), _cpu_seconds(run))
    size = path.stat().st_size / _MEGABYTE
    floor = size / best["floor"]
    head = _head(path)
    peer = len(head) / _MEGABYTE / _cpu_seconds(lambda: floors.peer(head))
    for name, speed, meaning in (
        (f"{format_}: msgspec, line by line", floor, "the floor"),
        ("  msgspec, blocks of lines at once", size / best["blocks"], "of the floor"),
        ("  validation", size / best["ours"], "of the floor, at least 0.25; 0.5 is excellent"),
        ("  validation with SHA-256", size / best["fingerprint"], "of the floor"),
        ("  json.loads and pydantic, line by line", peer, "of the floor"),
    ):
        yield Measurement(name=name, value=speed, unit="MB/s", compared_with=floor, meaning=meaning)


def _peak(name: str, path: Path, format_: str) -> Measurement:
    finished = subprocess.run(
        [sys.executable, "-c", _PEAK, str(path), format_],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return Measurement(
        name=name,
        value=float(finished.stdout),
        unit="MB",
        compared_with=_MEMORY_MEGABYTES,
        meaning=f"of the {_MEMORY_MEGABYTES} MB that it may take",
    )


def _command(path: Path) -> Measurement:
    """`tunedrop check` of as many records as Nova takes, from process start to its end."""
    shown = FORMATS["bedrock-conversation-2024"]
    rng = random.Random(1)
    path.write_bytes(b"".join(_line(shown.record(rng)) for _ in range(_NOVA_RECORDS)))
    command = ["check", str(path), "--base-model", shown.base_model, "--method", shown.method]
    started = time.perf_counter()
    program = [sys.executable, "-c", "from tunedrop.cli import main; raise SystemExit(main())"]
    subprocess.run([*program, *command], cwd=ROOT, capture_output=True, check=True)
    return Measurement(
        name=f"tunedrop check, {_NOVA_RECORDS:,} Nova records",
        value=time.perf_counter() - started,
        unit="s",
        compared_with=_NOVA_SECONDS,
        meaning=f"of the {_NOVA_SECONDS:.0f} s that it may take, process start included",
    )


def _write(path: Path, record: Callable[[random.Random], Any], size: int) -> None:
    """Records of which the first megabytes are all different, and then come again."""
    rng = random.Random(1)
    different = bytearray()
    while len(different) < min(size, _DIFFERENT_MEGABYTES * _MEGABYTE):
        different += _line(record(rng))
    with path.open("wb") as file:
        while file.tell() < size:
            file.write(different)


def _line(record: Any) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        head = file.read(_PEER_MEGABYTES * _MEGABYTE)
    return head[: head.rfind(b"\n") + 1]


def _cpu_seconds(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def main() -> None:
    """Measure validation alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabyte", action="store_true", help="files of 1 GB each")
    size = _GIGABYTE_MEGABYTES if parser.parse_args().gigabyte else _USUAL_MEGABYTES
    for measurement in validation(size):
        print(measurement.row(), flush=True)


if __name__ == "__main__":
    main()
