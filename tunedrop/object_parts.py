"""Gateway to a large object's bytes: read in parts, a few of them ahead of whoever takes them."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tunedrop.errors import ServiceBusyError
from tunedrop.gateway import aws, code_of

PART_BYTES = 8 << 20
_AHEAD = 3
_EMPTY = frozenset({"416", "InvalidRange"})
# botocore tries requests again, but not answers that break off in the middle.
_PAUSES_SECONDS = (0.5, 2.0, 5.0)


@dataclass(frozen=True, kw_only=True)
class ObjectParts:
    """Reads one version of an object; `address` is what names it in S3's API.

    At most `ahead` parts are under way while one is taken, so that memory stays flat.
    """

    client: Any
    address: Mapping[str, str]
    part_bytes: int = PART_BYTES
    ahead: int = _AHEAD
    sleep: Callable[[float], None] = time.sleep

    def __iter__(self) -> Iterator[bytes]:
        first = self._first()
        if first is None:
            return
        yield first["Content"]
        size = int(first["ContentRange"].rpartition("/")[2])
        if size > self.part_bytes:
            yield from self._others(size, self._pin(first))

    def _first(self) -> dict[str, Any] | None:
        """The first part, which tells size and version; None of an empty object."""
        try:
            return self._part(0, {})
        except ClientError as error:
            if code_of(error) in _EMPTY:
                return None
            raise

    def _pin(self, first: Mapping[str, Any]) -> dict[str, str]:
        """What keeps later requests at the version of the first."""
        version = first.get("VersionId")
        return {"VersionId": version} if version else {"IfMatch": first["ETag"]}

    def _others(self, size: int, pin: Mapping[str, str]) -> Iterator[bytes]:
        starts = iter(range(self.part_bytes, size, self.part_bytes))
        pool = ThreadPoolExecutor(self.ahead, thread_name_prefix="parts")
        under_way: deque[Future[dict[str, Any]]] = deque()
        try:
            for start in starts:
                under_way.append(pool.submit(self._part, start, pin))
                if len(under_way) == self.ahead:
                    yield under_way.popleft().result()["Content"]
            while under_way:
                yield under_way.popleft().result()["Content"]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _part(self, start: int, pin: Mapping[str, str]) -> dict[str, Any]:
        for pause in _PAUSES_SECONDS:
            try:
                return self._request(start, pin)
            except ServiceBusyError:
                self.sleep(pause)
        return self._request(start, pin)

    def _request(self, start: int, pin: Mapping[str, str]) -> dict[str, Any]:
        span = f"bytes={start}-{start + self.part_bytes - 1}"
        key = self.address["Key"]
        with aws(f"read {key}"):
            answer = self.client.get_object(**{**self.address, **pin, "Range": span})
            try:
                return {**answer, "Content": answer["Body"].read()}
            except BotoCoreError as broken:
                raise ServiceBusyError(f"AWS stopped answering in the middle of {key}.") from broken
