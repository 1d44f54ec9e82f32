"""`tunedrop runs`: the runs of a recipe, newest first."""

import argparse
from itertools import islice

import msgspec

from tunedrop.cli.stage import deployed
from tunedrop.errors import InvalidInputError
from tunedrop.run import Run, plain
from tunedrop.services import Services


def run(options: argparse.Namespace) -> int:
    """Print a line per run, or that there is none."""
    services = deployed(options.stage)
    found = list(islice(services.records.of_recipe(options.recipe), options.limit))
    if options.json:
        print(msgspec.json.format(msgspec.json.encode([plain(each) for each in found])).decode())
    elif not found:
        print(_none(services, options.recipe, options.stage))
    else:
        for each in found:
            print(f"{each.started_at[:19]}Z  {each.run_id:60}  {each.outcome or each.status}")
    return 0


def _none(services: Services, recipe: str, stage: str) -> str:
    none = f'There are no runs of the recipe "{recipe}" in the stage "{stage}"'
    known = services.parameters.recipe(recipe) is not None
    return f"{none}." if known else f"{none}, and no recipe of that name is deployed there."


def find_run(services: Services, run_id: str) -> Run:
    """The run; one that nobody knows is an `InvalidInputError`."""
    found = services.records.find(run_id)
    if found is None:
        raise InvalidInputError(
            f'The stage "{services.settings.tunedrop_stage}" has no run {run_id}. '
            "List them with: tunedrop runs RECIPE."
        )
    return found
