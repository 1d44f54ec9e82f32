"""`tunedrop runs`: the runs of a recipe, newest first."""

import argparse
from itertools import islice

from tunedrop.cli.stage import deployed
from tunedrop.errors import InvalidInputError
from tunedrop.run import Run
from tunedrop.services import Services

_SHOWN = 50


def run(options: argparse.Namespace) -> int:
    """Print a line per run."""
    found = list(islice(deployed(options.stage).records.of_recipe(options.recipe), _SHOWN))
    if not found:
        raise InvalidInputError(
            f'There are no runs of the recipe "{options.recipe}" in the stage "{options.stage}".'
        )
    for each in found:
        print(f"{each.started_at[:19]}Z  {each.run_id:60}  {each.outcome or each.status}")
    return 0


def find_run(services: Services, run_id: str) -> Run:
    """The run; one that nobody knows is an `InvalidInputError`."""
    found = services.records.find(run_id)
    if found is None:
        raise InvalidInputError(
            f'The stage "{services.settings.tunedrop_stage}" has no run {run_id}. '
            "List them with: tunedrop runs RECIPE."
        )
    return found
