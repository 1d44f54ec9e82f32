"""Follows runs for people who watch: the states with their times, and how it ended."""

import time
from pathlib import Path
from typing import Any

from localcloud.progress import Progress, shown, told
from localcloud.service import Service

_LOOK_EVERY_SECONDS = 0.4
_REJECTED = "DatasetRejected"


class Watch:
    """Prints the states of one run as it passes them."""

    def __init__(self, service: Service, run_id: str) -> None:
        self._service = service
        self._run_id = run_id
        self._lines = Progress()
        self._seen = 0
        self._entered: float | None = None

    def follow(self, until: str = "") -> None:
        """Go on to the end of the run, or until it has entered a state for the first time."""
        print(f"\nRun {self._run_id}{', further' if self._seen else ''}:", flush=True)
        while not self._look(until):
            self._lines.tick()
            time.sleep(_LOOK_EVERY_SECONDS)

    def _look(self, until: str) -> bool:
        is_over = self._service.is_over(self._run_id)
        steps = _steps(self._service, self._run_id)
        for event in steps[self._seen :]:
            self._seen += 1
            self._show(event)
            if until and _entered(event) == until:
                self._lines.leave()
                return True
        if is_over:
            self._lines.end()
        return is_over

    def _show(self, event: dict[str, Any]) -> None:
        """Open a line for a state that was entered, close that of one that was left."""
        moment: float = event["timestamp"].timestamp()
        if name := _entered(event):
            self._lines.begin(name)
            self._entered = moment
        else:
            self._lines.end(moment - (self._entered or moment))


def tell_outcome(answer: dict[str, Any]) -> None:
    """Print what a drop was answered in the end."""
    print(told(f"\nOutcome: {answer['outcome']}. {answer['reason']}"), flush=True)


def keep_report(service: Service, run_id: str) -> None:
    """Copy out what people read, and say where: the cloud, and its S3, end with this command."""
    root = f"runs/{run_id.rsplit('-', 2)[0]}/{run_id}/"
    is_rejected = service.record(run_id)["outcome"] == _REJECTED
    findings = {"Findings": "dataset/report.json"} if is_rejected else {}
    for label, name in {**findings, "Report": "report.html"}.items():
        if content := service.artifact(root + name):
            file = service.state / "runs" / run_id / Path(name).name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            print(f"{label}: {shown(file)}", flush=True)


def _steps(service: Service, run_id: str) -> list[dict[str, Any]]:
    ends = ("StateEntered", "StateExited")
    return [event for event in service.events(run_id) if event["type"].endswith(ends)]


def _entered(event: dict[str, Any]) -> str:
    return str(event.get("stateEnteredEventDetails", {}).get("name", ""))
