"""What the operations of the stand-in share, and one call of an operation."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

from localcloud.bedrock.catalog import Catalog
from localcloud.bedrock.fault_book import FaultBook
from localcloud.bedrock.quota_values import QuotaValues
from localcloud.bedrock.state import RegionState


@dataclass(kw_only=True)
class Cloud:
    """The stand-in's knowledge, settings and state; `pace` is emulated seconds per second."""

    endpoint_url: str
    pace: float
    catalog: Catalog
    quotas: QuotaValues
    faults: FaultBook
    closing: threading.Event = field(default_factory=threading.Event)
    _states: dict[str, RegionState] = field(default_factory=dict)
    _s3: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def state(self, region: str) -> RegionState:
        """What exists in a Region."""
        with self._lock:
            return self._states.setdefault(region, RegionState(region=region))

    def states(self) -> tuple[RegionState, ...]:
        """Every Region that was asked for anything."""
        with self._lock:
            return tuple(self._states.values())

    def s3(self, region: str) -> Any:
        """The client through which the jobs of a Region reach their data."""
        with self._lock:
            if region not in self._s3:
                self._s3[region] = _s3_client(self.endpoint_url, region)
            return self._s3[region]

    def paced(self, seconds: float) -> float:
        """Real seconds for what takes Bedrock `seconds`."""
        return seconds / self.pace


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of one operation."""

    cloud: Cloud
    state: RegionState
    operation: str
    parameters: Mapping[str, Any]
    access_key: str = ""

    @property
    def region(self) -> str:
        """The Region that is called."""
        return self.state.region


Answer = Mapping[str, Any]
Handler = Callable[[Call], Answer]


def answered_once(handler: Handler) -> Handler:
    """Bedrock's idempotency: a request token that was seen before gets its first answer again."""

    def answer(call: Call) -> Answer:
        key = (call.operation, call.parameters.get("clientRequestToken", ""))
        with call.state.lock:
            if not key[1]:
                return handler(call)
            if key not in call.state.answered:
                call.state.answered[key] = handler(call)
            return call.state.answered[key]

    return answer


def without_none(members: Mapping[str, Any]) -> dict[str, Any]:
    """An answer without the members that have no value."""
    return {name: value for name, value in members.items() if value is not None}


def _s3_client(endpoint_url: str, region: str) -> Any:
    # A session of its own: boto3's default one must not be used by several threads.
    return boto3.Session().client(
        "s3",
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id="bedrock",
        aws_secret_access_key="bedrock",
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}),
    )
