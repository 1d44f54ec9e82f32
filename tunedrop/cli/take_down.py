"""`tunedrop take-down`: takes down all that a stage owns in Bedrock, before it is destroyed."""

import argparse
import time
from collections.abc import Callable

from tunedrop.cli.stage import deployed
from tunedrop.services import Services

_LOOK_EVERY_SECONDS = 10
_WITHIN_SECONDS = 3600


def run(options: argparse.Namespace) -> int:
    """0: nothing of the stage bills any more; 1: something is left, which is named.

    What is committed for a term keeps the stage: nothing is touched then.
    """
    services = deployed(options.stage)
    if not options.yes and not _agrees(options.stage):
        print("Nothing was taken down.")
        return 1
    return take_down(services)


def _agrees(stage: str) -> bool:
    """Whether a person types the name of the stage; where nobody can, that is a no."""
    print(
        f"This stops every run, and deletes every custom model, deployment and throughput of stage "
        f"{stage}. Applications that read its models will fail."
    )
    try:
        return input(f"Type {stage} to go on, or use --yes: ").strip() == stage
    except EOFError:
        print()
        return False


def take_down(services: Services, sleep: Callable[[float], None] = time.sleep) -> int:
    """Stop the runs, then ask Bedrock again and again until nothing is left, for an hour."""
    if committed := services.sweep.committed(services.now()):
        print(f"Cannot be deleted before the end of its term: {', '.join(committed)}.")
        print("Nothing was taken down, and no run was stopped. Take the stage down after that.")
        return 1
    stopped = services.executions.stop_all("The stage is being taken down.")
    print(f"Stopped runs: {', '.join(stopped) or 'none'}.")
    left: tuple[str, ...] = ()
    for _ in range(_WITHIN_SECONDS // _LOOK_EVERY_SECONDS):
        left = services.sweep.take_down_stage()
        if not left:
            print("Still billing in Bedrock: nothing.")
            return 0
        print(f"Being taken down: {', '.join(left)}", flush=True)
        sleep(_LOOK_EVERY_SECONDS)
    print(f"Still billing in Bedrock: {', '.join(left)}. Delete it in Bedrock's console.")
    return 1
