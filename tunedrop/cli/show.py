"""`tunedrop show`: what is known of a run."""

import argparse

import msgspec

from tunedrop.cli.runs import find_run
from tunedrop.cli.stage import deployed
from tunedrop.run import Run, plain
from tunedrop.services import Services


def run(options: argparse.Namespace) -> int:
    """Print the record of a run."""
    services = deployed(options.stage)
    found = find_run(services, options.run_id)
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(plain(found))).decode())
    else:
        print("\n".join(f"{name:18} {value}" for name, value in facts(services, found) if value))
    return 0


def facts(services: Services, run: Run) -> list[tuple[str, str]]:
    """What people ask first, by name; an empty value is not known."""
    job, deployment = run.job, run.deployment
    estimate = run.cost.get("training_usd_estimate")
    return [
        ("Run", run.run_id),
        ("Outcome", run.outcome or f"still {run.status}"),
        ("What happened", run.cause),
        ("Dataset", f"{services.datasets.uri(run.source.key)} version {run.source.version_id}"),
        ("Note", run.note),
        ("Started", run.started_at),
        ("Ended", run.ended_at),
        ("States", ", ".join(sorted(run.timeline, key=run.timeline.__getitem__))),
        ("Training cost", "" if estimate is None else f"about {estimate:,.2f} US dollars"),
        ("Customization job", f"{job.name} {job.status}" if job else ""),
        ("Custom model", job.custom_model_arn if job else ""),
        ("Deployment", f"{deployment.mode} {deployment.arn}" if deployment else ""),
        ("Losses", str(run.losses.get("verdict", ""))),
        ("Test", str(run.evaluation.get("verdict", ""))),
        ("Report", services.artifacts.uri(run.layout.report) if run.outcome else ""),
    ]
