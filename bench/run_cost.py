"""What a run's usage costs in US dollars, by the prices in prices.json."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.run_usage import RunUsage


class Price(Struct, frozen=True, forbid_unknown_fields=True):
    """US dollars for one unit, and where and when that was read."""

    usd: float
    source: str
    as_of: str

    @property
    def words(self) -> str:
        """The price of a million units, and its source."""
        return f"{1_000_000 * self.usd:g} USD a million: {self.source}, {self.as_of}"


class Prices(Struct, frozen=True, forbid_unknown_fields=True):
    """List prices of a Region, without free tiers or discounts."""

    region: str
    state_transition: Price
    lambda_gigabyte_second: Price
    lambda_call: Price
    s3_write: Price
    s3_read: Price
    dynamodb_write_unit: Price
    dynamodb_read_unit: Price


@cache
def prices() -> Prices:
    """The prices, as they were read."""
    file = Path(__file__).with_name("prices.json")
    return msgspec.json.decode(file.read_bytes(), type=Prices)


def costs(usage: RunUsage) -> Iterator[tuple[str, float, Price]]:
    """What is paid for: its name, how many units of it, and their price."""
    known = prices()
    yield "state transitions", usage.transitions, known.state_transition
    yield "Lambda, time", usage.gigabyte_seconds, known.lambda_gigabyte_second
    yield "Lambda, calls", usage.lambda_calls, known.lambda_call
    yield "S3, writes and lists", usage.s3_writes, known.s3_write
    yield "S3, reads", usage.s3_reads, known.s3_read
    yield "DynamoDB, write units", usage.write_units, known.dynamodb_write_unit
    yield "DynamoDB, read units", usage.read_units, known.dynamodb_read_unit


def usd(usage: RunUsage) -> float:
    """The sum."""
    return sum(units * price.usd for _, units, price in costs(usage))
