"""`tunedrop decline`: keeps the model of a waiting run from being deployed."""

import argparse

from tunedrop.cli.approve import decide
from tunedrop.cli.stage import deployed


def run(options: argparse.Namespace) -> int:
    """0: the run ends as DeploymentDeclined."""
    return decide(deployed(options.stage), options.run_id, approved=False)
