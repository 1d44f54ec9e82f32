"""What a run costs beside Bedrock's own work: of a small test set, and of a large one."""

import json
import random
import time
from collections.abc import Callable, Iterator
from functools import partial

from bench.cloud import DeployedCloud
from bench.imports import ROOT
from bench.measurement import Measurement
from bench.run_cost import costs, prices, usd
from bench.run_usage import RunUsage, snapshot, usage_between
from bench.runs import Record, drop, ended, lines, put, states

_RECIPE = "support-summaries"
# The largest is what a test asks at most (`most` in tunedrop/evaluation/text_exams.py).
_SMALL, _LARGEST = 20, 20_000
_MORE_WORDS = 60
_RUNS, _UNIT = 1000, "USD/1k runs"
# What Bedrock usually takes for a short answer; how many are asked at once (`Pace.threads`), and
# the memory of TestDeployment.
_SECONDS_OF_ANSWER, _SIDE_BY_SIDE, _TEST_GIGABYTES = 1.0, 16, 1.0


def orchestration(cloud: DeployedCloud) -> Iterator[Measurement]:
    """Two runs on the same training file, what more test records cost, and the prices."""
    sample = [json.loads(line) for line in (ROOT / "samples" / f"{_RECIPE}.jsonl").open()]
    put(cloud, _RECIPE, "bench/train.jsonl", lines(sample))
    small = _run(cloud, sample, _SMALL)
    yield from _rows(small)
    largest = _run(cloud, sample, _LARGEST)
    yield from _rows(largest, small)
    yield from _cost_rows(largest)
    yield from _scaled(small, largest)


def _run(cloud: DeployedCloud, sample: list[Record], size: int) -> RunUsage:
    put(cloud, _RECIPE, f"bench/test-{size}.jsonl", lines(_test_set(sample, size)))
    request = f"{{train: bench/train.jsonl, test: bench/test-{size}.jsonl, again: true}}"
    before, started = snapshot(cloud), time.monotonic()
    execution = drop(cloud, _RECIPE, f"bench-{size}.run.yaml", request.encode())
    status = ended(cloud, execution)
    seconds = time.monotonic() - started
    if status != "SUCCEEDED":
        raise RuntimeError(f"The run on {size} test records ended as {status}: {execution}")
    return usage_between(
        before,
        snapshot(cloud),
        memory=_memory(cloud),
        seconds=seconds,
        test_records=size,
        transitions=len(states(cloud, execution)),
        record_bytes=_record_bytes(cloud, execution.rpartition(":")[2]),
    )


def _test_set(sample: list[Record], size: int) -> Iterator[Record]:
    """The sample's questions among words that make each of them one of its own."""
    draw = random.Random(size)
    words = sorted({word for each in sample for word in each["prompt"].split() if word.isalpha()})
    for number in range(size):
        one = sample[number % len(sample)]
        more = " ".join(draw.choices(words, k=_MORE_WORDS))
        yield {**one, "prompt": f"{one['prompt']}\n{more}"}


def _memory(cloud: DeployedCloud) -> dict[str, int]:
    pages = cloud.client("lambda").get_paginator("list_functions").paginate()
    found = [each for page in pages for each in page["Functions"]]
    return {each["FunctionName"]: each["MemorySize"] for each in found}


def _record_bytes(cloud: DeployedCloud, run_id: str) -> int:
    item = cloud.client("dynamodb").get_item(
        TableName=cloud.outputs["RunsTableName"], Key={"pk": {"S": f"run#{run_id}"}}
    )["Item"]
    return len(json.dumps(item))


def _rows(usage: RunUsage, small: RunUsage | None = None) -> Iterator[Measurement]:
    row = partial(_row, usage, small)
    yield row("wall clock, waits cut", "s", lambda each: each.seconds)
    yield row("state transitions", "transitions", lambda each: each.transitions)
    yield row("Lambda", "calls", lambda each: each.lambda_calls)
    yield row("Lambda, billed", "ms", lambda each: each.lambda_milliseconds)
    yield row("Lambda, by memory", "GB-s", lambda each: each.gigabyte_seconds)
    yield row("S3, writes and lists", "requests", lambda each: each.s3_writes)
    yield row("S3, reads", "requests", lambda each: each.s3_reads)
    yield row("DynamoDB", "requests", lambda each: each.of("dynamodb"))
    yield row("Bedrock, answers", "requests", lambda each: each.of("bedrock", "answer"))
    yield row("Bedrock, all else", "requests", lambda each: each.of("bedrock", "control"))
    yield row("SSM, SNS, STS, others", "requests", lambda each: each.others)
    yield row("cost", _UNIT, lambda each: _RUNS * usd(each))


def _row(
    usage: RunUsage,
    small: RunUsage | None,
    name: str,
    unit: str,
    value: Callable[[RunUsage], float],
) -> Measurement:
    return Measurement(
        name=f"{usage.test_records:,} test records: {name}",
        value=value(usage),
        unit=unit,
        compared_with=value(small) if small else None,
        meaning=f"times that of {small.test_records}" if small else "",
    )


def _cost_rows(usage: RunUsage) -> Iterator[Measurement]:
    """What the cost is made of, with where the prices were read."""
    for name, units, price in costs(usage):
        yield Measurement(
            name=f"  of which {name}",
            value=_RUNS * units * price.usd,
            unit=_UNIT,
            compared_with=_RUNS * usd(usage),
            meaning=f"of it; {price.words}",
        )


def _scaled(small: RunUsage, large: RunUsage) -> Iterator[Measurement]:
    """What each further 1,000 test records cost, and what the largest test set does at Bedrock.

    An answer takes milliseconds in the emulation, and about a second at Bedrock, for which the
    function waits and is billed.
    """
    thousands = (large.test_records - small.test_records) / 1000
    second = prices().lambda_gigabyte_second.usd
    emulated = (usd(large) - usd(small)) / thousands
    worked = (large.gigabyte_seconds - small.gigabyte_seconds) / thousands
    answers = (large.of("bedrock", "answer") - small.of("bedrock", "answer")) / thousands
    waited = answers * _SECONDS_OF_ANSWER / _SIDE_BY_SIDE * _TEST_GIGABYTES
    real = emulated + max(0.0, waited - worked) * second
    yield Measurement(
        name="1,000 more test records: cost", value=_RUNS * emulated, unit=_UNIT, meaning="emulated"
    )
    yield Measurement(
        name="1,000 more test records: cost",
        value=_RUNS * real,
        unit=_UNIT,
        meaning=f"reckoned: {_SECONDS_OF_ANSWER:g} s an answer, {_SIDE_BY_SIDE} side by side",
    )
    yield Measurement(
        name=f"{_LARGEST:,} test records: cost",
        value=_RUNS * (usd(small) + real * (_LARGEST - small.test_records) / 1000),
        unit=_UNIT,
        meaning="reckoned so: as many as a test asks at most",
    )
