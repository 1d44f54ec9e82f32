"""The embedded cloud, with a count of what functions ask of AWS: `python -m bench.counted_cloud`.

Takes the arguments of `python -m localcloud`. What people and CloudFormation ask is not counted.
"""

import json
import re
import sys
import threading
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

from localcloud import server
from localcloud.__main__ import main
from localcloud.dispatcher import Dispatcher, Environ, signed_service
from localcloud.shell import DUMMY_CREDENTIALS

COUNTS_PATH = "/_bench/requests"
_ACCESS_KEY = re.compile(r"Credential=([^/]*)/")


class CountingDispatcher(Dispatcher):
    """Counts requests by service and operation, and tells the counts under a path of its own."""

    def __init__(self, **applications: Any) -> None:
        super().__init__(**applications)
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == COUNTS_PATH:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(self._counts).encode()]
        if _is_of_a_function(environ):
            with self._lock:
                self._counts[f"{signed_service(environ)}:{_operation(environ)}"] += 1
        return super().__call__(environ, start_response)


def _is_of_a_function(environ: Environ) -> bool:
    """Functions sign with the credentials of their roles."""
    found = _ACCESS_KEY.search(environ.get("HTTP_AUTHORIZATION", ""))
    return found is not None and found[1] != DUMMY_CREDENTIALS["AWS_ACCESS_KEY_ID"]


def _operation(environ: Environ) -> str:
    """The operation, as far as a price depends on it: S3's methods, DynamoDB's operations."""
    service = signed_service(environ)
    if service == "s3":
        is_list = "list-type" in parse_qs(environ.get("QUERY_STRING", ""))
        return "LIST" if is_list else str(environ["REQUEST_METHOD"])
    if service == "bedrock":
        is_answer = environ["PATH_INFO"].endswith(("/converse", "/invoke"))
        return "answer" if is_answer else "control"
    return str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2] or "request"


if __name__ == "__main__":
    vars(server).update(Dispatcher=CountingDispatcher)
    sys.exit(main(sys.argv[1:]))
