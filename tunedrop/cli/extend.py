"""`tunedrop extend`: moves the deadline of provisioned throughput that expires."""

import argparse
from datetime import timedelta

from tunedrop.cli.runs import require_recipe
from tunedrop.cli.stage import deployed
from tunedrop.errors import InvalidInputError
from tunedrop.recipe.model import seconds


def run(options: argparse.Namespace) -> int:
    """0: the deadline was moved."""
    try:
        by = timedelta(seconds=seconds(options.by))
    except ValueError as error:
        raise InvalidInputError(
            f'--by is "{options.by}"; it takes a duration such as 12h or 7d.'
        ) from error
    services = deployed(options.stage)
    if not services.champions.state(options.recipe).version:
        require_recipe(services, options.recipe)
    deadline = services.expiry.extend(options.recipe, by, services.now())
    print(f"The provisioned throughput of {options.recipe} expires at {deadline} now.")
    return 0
