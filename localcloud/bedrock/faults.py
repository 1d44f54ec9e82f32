"""Orders faults at a running embedded cloud: the client, and the command line over it."""

import argparse
import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from localcloud.bedrock.fault_book import Kind

PATH = "/_localcloud/faults"

KINDS: Mapping[Kind | Literal["list", "clear"], str] = {
    "list": "show what is still to strike, and the quotas that were changed",
    "clear": "cancel all faults and set the quotas back",
    "error": "a call is refused (--code, default ThrottlingException) and does nothing; one that "
    "--operation names may be of another service than Bedrock, such as PutParameter",
    "lost_answer": "a call does what it should, and answers with an error all the same",
    "slow": "a call takes --delay seconds longer",
    "job_fails": "a customization job fails with --message",
    "job_internal_error": "a customization job fails by an internal error of Bedrock's",
    "job_stuck": "a customization job stays in the queue and never trains",
    "no_capacity": "provisioned throughput is refused for want of model units",
    "serving_fails": "a deployment or throughput is created, or given another model, and fails",
    "serving_slow": "a deployment or throughput takes --delay seconds longer to be ready",
    "backdated": "a deployment or throughput looks --delay seconds older than it is",
    "lost_event": "the event at a job's end is not sent",
    "doubled_event": "the event at a job's end is sent twice",
    "quota": "a quota (--quota, its code or key) is set to --value",
}


class FaultRefusedError(Exception):
    """The embedded cloud did not take the fault; the text says why."""


class Faults:
    """Orders, lists and cancels faults over HTTP."""

    def __init__(self, endpoint_url: str) -> None:
        self._url = endpoint_url.rstrip("/") + PATH

    def order(self, kind: Kind, **details: Any) -> None:
        """Let a fault strike; `details` are the fields of `fault_book.Fault`."""
        self._send("POST", {"kind": kind, **details})

    def listed(self) -> Mapping[str, Any]:
        """The faults that are still to strike, and the quotas that were changed."""
        return self._send("GET")

    def clear(self) -> None:
        """Cancel all faults and set the quotas back."""
        self._send("DELETE")

    def _send(self, method: str, fault: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        body = None if fault is None else json.dumps(fault).encode()
        request = urllib.request.Request(self._url, data=body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                answer: Mapping[str, Any] = json.load(response)
                return answer
        except urllib.error.HTTPError as error:
            with error:
                raise FaultRefusedError(json.load(error)["message"]) from error
        except urllib.error.URLError as error:
            raise FaultRefusedError(
                f"No embedded cloud answers at {self._url} ({error.reason}); start it with "
                "`make cloud`, or name it with --endpoint."
            ) from error


def main(argv: Sequence[str]) -> int:
    """`fault list`, `fault clear` and `fault <kind> [...]`; returns the exit status."""
    options = _parser().parse_args(argv)
    faults = Faults(options.endpoint)
    try:
        if options.kind == "clear":
            faults.clear()
        elif options.kind != "list":
            faults.order(options.kind, **_details(options))
        print(json.dumps(faults.listed(), indent=2))
    except FaultRefusedError as error:
        print(error)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m localcloud fault",
        description="Order faults for the next calls and jobs of the embedded Bedrock.",
        epilog="\n".join(["kinds:", *(f"  {kind:20} {what}" for kind, what in KINDS.items())]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", choices=list(KINDS), metavar="KIND", help="see below")
    parser.add_argument("--operation", help="such as CreateModelCustomizationJob; default: any")
    parser.add_argument("--match", help="only calls or jobs that mention this text")
    parser.add_argument("--count", type=int, help="how often it strikes (default 1)")
    parser.add_argument("--code", help="the error's code, such as ThrottlingException")
    parser.add_argument("--message", help="the error's or the failed job's message")
    parser.add_argument("--delay", type=float, help="seconds that the call takes longer")
    parser.add_argument("--quota", help="with kind quota: its code or key")
    parser.add_argument("--value", type=float, help="with kind quota: its new value")
    parser.add_argument(
        "--endpoint",
        default=os.environ.get("AWS_ENDPOINT_URL", "http://localhost:4566"),
        help="where the embedded cloud runs (default: $AWS_ENDPOINT_URL, else port 4566)",
    )
    return parser


def _details(options: argparse.Namespace) -> Mapping[str, Any]:
    names = ("operation", "match", "count", "code", "message", "delay", "quota", "value")
    return {name: getattr(options, name) for name in names if getattr(options, name) is not None}
