"""`tunedrop runs`: the runs of a recipe, newest first."""

import argparse
from itertools import islice

import msgspec

from tunedrop.cli.stage import deployed
from tunedrop.errors import InvalidInputError
from tunedrop.run import Run, plain
from tunedrop.services import Services


def run(options: argparse.Namespace) -> int:
    """0: a line per run, or that there is none yet of a recipe that is deployed."""
    services = deployed(options.stage)
    found = list(islice(services.records.of_recipe(options.recipe), options.limit))
    if not found:
        require_recipe(services, options.recipe)
    if options.json:
        print(msgspec.json.format(msgspec.json.encode([plain(each) for each in found])).decode())
    elif not found:
        print(f'There are no runs of the recipe "{options.recipe}" in the stage "{options.stage}".')
    else:
        for each in found:
            print(f"{each.started_at[:19]}Z  {each.run_id:60}  {each.outcome or each.status}")
    return 0


def require_recipe(services: Services, recipe: str) -> None:
    """Raise `InvalidInputError` where no recipe of that name is deployed."""
    if services.parameters.recipe(recipe) is None:
        raise InvalidInputError(
            f'The stage "{services.settings.tunedrop_stage}" has no recipe "{recipe}" and no runs '
            "of it. Look at the names in recipes/, and at the stage."
        )


def find_run(services: Services, run_id: str) -> Run:
    """The run; one that nobody knows is an `InvalidInputError`."""
    found = services.records.find(run_id)
    if found is None:
        raise InvalidInputError(
            f'The stage "{services.settings.tunedrop_stage}" has no run {run_id}. '
            "List them with: tunedrop runs RECIPE."
        )
    return found
