"""`tunedrop approve`: lets the model of a waiting run be deployed."""

import argparse

from tunedrop.cli.stage import deployed
from tunedrop.services import Services


def run(options: argparse.Namespace) -> int:
    """0: the run goes on."""
    services = deployed(options.stage)
    return decide(services, options.run_id, approved=True, commitment=options.commitment)


def decide(services: Services, run_id: str, *, approved: bool, commitment: str = "") -> int:
    """Answer a run that waits for an approval; any other is an `InvalidInputError`."""
    by = services.approval_function.answer(run_id, approved=approved, commitment=commitment)
    print(f"{'Approved' if approved else 'Declined'} by {by}.")
    return 0
