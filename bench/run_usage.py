"""What a run takes of AWS beside Bedrock's own work, counted at an embedded cloud."""

import json
import re
import urllib.request
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from bench.cloud import DeployedCloud
from bench.counted_cloud import COUNTS_PATH

_REPORT = re.compile(r"^REPORT .*\tDuration: ([\d.]+) ms", re.MULTILINE)
# Runs once an hour, whether there are runs or not.
_NOT_OF_RUNS = "Sweep"
_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
_READS = ("GetItem", "Query")
_INDEXES = 1


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All that functions did so far: requests, and the milliseconds of each call by function."""

    requests: Counter[str]
    durations: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, kw_only=True)
class RunUsage:
    """What one run took; `record_bytes` is the size of its record in the table at its end."""

    seconds: float
    test_records: int
    transitions: int
    lambda_calls: int
    lambda_milliseconds: int
    gigabyte_seconds: float
    requests: Counter[str]
    record_bytes: int

    def of(self, service: str, *operations: str) -> int:
        """Requests to a service, of these operations, or of any."""
        asked = [(key.split(":"), count) for key, count in self.requests.items()]
        mine = [(made, count) for (made_of, made), count in asked if made_of == service]
        return sum(count for made, count in mine if made in operations or not operations)

    @property
    def s3_writes(self) -> int:
        """Requests that S3 prices as writes: lists, too. To delete is free."""
        return self.of("s3", "PUT", "POST", "LIST")

    @property
    def s3_reads(self) -> int:
        """Requests that S3 prices as reads."""
        return self.of("s3", "GET", "HEAD")

    @property
    def others(self) -> int:
        """Requests that are free, or of which a run makes too few to cost anything."""
        named = sum(map(self.of, ("s3", "dynamodb", "bedrock")))
        return self.requests.total() - named

    @property
    def write_units(self) -> int:
        """DynamoDB's: a kilobyte of the record at its end each, in the table and in its index."""
        units = ceil(self.record_bytes / 1024) * (1 + _INDEXES)
        return units * (self.of("dynamodb", *_WRITES) + self.of("dynamodb", "TransactWriteItems"))

    @property
    def read_units(self) -> int:
        """DynamoDB's: four kilobytes each, read consistently."""
        return ceil(self.record_bytes / 4096) * self.of("dynamodb", *_READS)


def snapshot(cloud: DeployedCloud) -> Snapshot:
    """All that the cloud's functions did so far."""
    with urllib.request.urlopen(cloud.endpoint_url + COUNTS_PATH) as answer:
        requests: dict[str, int] = json.load(answer)
    logs = (cloud.state / "logs").glob("*.log")
    durations = {log.stem: _durations(log) for log in logs if _NOT_OF_RUNS not in log.stem}
    return Snapshot(requests=Counter(requests), durations=durations)


def _durations(log: Path) -> tuple[float, ...]:
    return tuple(float(each) for each in _REPORT.findall(log.read_text()))


def usage_between(
    before: Snapshot, after: Snapshot, memory: Mapping[str, int], **run: Any
) -> RunUsage:
    """The usage of the run that lies between; Lambda bills each call to the next millisecond."""
    calls = {
        name: [ceil(ms) for ms in durations[len(before.durations.get(name, ())) :]]
        for name, durations in after.durations.items()
    }
    milliseconds = {name: sum(each) for name, each in calls.items()}
    return RunUsage(
        lambda_calls=sum(map(len, calls.values())),
        lambda_milliseconds=sum(milliseconds.values()),
        gigabyte_seconds=sum(ms * memory[name] for name, ms in milliseconds.items()) / 1024_000,
        requests=after.requests - before.requests,
        **run,
    )
