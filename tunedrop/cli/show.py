"""`tunedrop show`: what is known of a run."""

import argparse
from collections.abc import Iterator
from datetime import datetime

import msgspec

from tunedrop.cli.runs import find_run
from tunedrop.cli.stage import deployed
from tunedrop.cli.terminal import cause_in_lines
from tunedrop.cli.watch import given_up
from tunedrop.cost import dollars
from tunedrop.reckoning import spending
from tunedrop.run import Deployment, Job, Run, plain
from tunedrop.services import Services

_LABEL = 19
_GOING = frozenset({"", "InProgress", "Stopping"})


def run(options: argparse.Namespace) -> int:
    """Print the record of a run."""
    services = deployed(options.stage)
    found = find_run(services, options.run_id)
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(plain(found))).decode())
        return 0
    for name, value in facts(services, found):
        if value:
            print(cause_in_lines(value, " " * _LABEL, f"{name:{_LABEL}}"))
    return 0


def facts(services: Services, run: Run) -> list[tuple[str, str]]:
    """What people ask first, by name; an empty value is not known."""
    job, deployment = run.job, run.deployment
    return [
        ("Run", run.run_id),
        ("Outcome", run.outcome or f"still {run.status}"),
        ("What happened", run.cause),
        ("Dataset", f"{services.datasets.uri(run.source.key)} version {run.source.version_id}"),
        ("Note", run.note),
        ("Started", run.started_at),
        ("Ended", run.ended_at),
        ("States", ", ".join(sorted(run.timeline, key=run.timeline.__getitem__))),
        *_costs(run, services.now()),
        *(("Given up", given_up(former)) for former in run.former_jobs),
        ("Customization job", _job(run, job) if job else ""),
        ("Custom model", job.custom_model_arn if job else ""),
        ("Deployment", _deployment(deployment) if deployment else ""),
        ("Taken down", ", ".join(run.clean_up.taken_down) if run.clean_up else ""),
        ("Committed", ", ".join(run.clean_up.committed) if run.clean_up else ""),
        ("Still billing", ", ".join(run.clean_up.still_billing) if run.clean_up else ""),
        ("Losses", str(run.losses.get("verdict", ""))),
        ("Test", str(run.evaluation.get("verdict", ""))),
        ("Report", services.artifacts.uri(run.layout.report) if run.outcome else ""),
    ]


def _costs(run: Run, now: datetime) -> Iterator[tuple[str, str]]:
    """What training was to cost, and what the run has cost until now, line by line."""
    estimate = run.cost.get("training_usd_estimate")
    yield "Training estimate", dollars(estimate) if estimate else ""
    spent = spending(run, now)
    if spent.lines:
        yield "Cost so far", spent.words
    for line in spent.lines:
        yield "", f"{line.what}: {line.words}: {line.reckoning}"


def _deployment(deployment: Deployment) -> str:
    return f"{deployment.mode} {deployment.arn}, {deployment.origin}"


def _job(run: Run, job: Job) -> str:
    """A job and its state; clean-up stops jobs, and nobody looks at them afterwards."""
    is_stopped = run.clean_up is not None and run.clean_up.done and job.status in _GOING
    attempt = f" (attempt {job.attempt})" if run.former_jobs else ""
    return f"{job.name} {'taken down by clean-up' if is_stopped else job.status}{attempt}"
