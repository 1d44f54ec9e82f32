"""`tunedrop approve`: lets the model of a waiting run be deployed."""

import argparse

from tunedrop.cli.stage import deployed
from tunedrop.services import Services


def run(options: argparse.Namespace) -> int:
    """0: the run goes on."""
    return decide(deployed(options.stage), options.run_id, approved=True)


def decide(services: Services, run_id: str, *, approved: bool) -> int:
    """Answer a run that waits for an approval; any other is an `InvalidInputError`."""
    by = services.approval_function.answer(run_id, approved=approved)
    print(f"{'Approved' if approved else 'Declined'} by {by}.")
    return 0
