"""`tunedrop rollback`: puts the champion before this one back into service."""

import argparse
from datetime import timedelta

from tunedrop.cli import promote
from tunedrop.cli.caller import caller_arn
from tunedrop.cli.runs import find_run, require_recipe
from tunedrop.cli.stage import deployed
from tunedrop.cli.watch import follow_new
from tunedrop.errors import InvalidInputError
from tunedrop.services import Services
from tunedrop.serving.recipe_state import Champion


def run(options: argparse.Namespace) -> int:
    """0: it serves (or the run that deploys it was only to be started); 1: it does not."""
    services = deployed(options.stage)
    state = services.champions.state(options.recipe)
    if state.champion is None or state.previous is None:
        if not state.version:
            require_recipe(services, options.recipe)
        raise InvalidInputError(
            f"The recipe {options.recipe} has no champion before this one to roll back to."
        )
    if restored := restore(services, options.recipe, state.champion):
        print(f"The model of {restored.run_id} serves {options.recipe} again.")
        return 0
    previous = find_run(services, state.previous.run_id)
    run_id = promote.start(services, previous, is_rollback=True)
    print(
        f"The model of {previous.run_id} has no deployment any more: the run {run_id} puts it "
        "into service again."
    )
    return 0 if options.no_watch else follow_new(services, run_id)


def restore(services: Services, recipe: str, champion: Champion) -> Champion | None:
    """The champion before this one, if its deployment serves on in its grace."""
    plan = find_run(services, champion.run_id).plan
    grace = timedelta(seconds=plan.deployment.grace_seconds)
    by = caller_arn(services)
    restored = services.champions.restore(recipe, by, grace, services.now())
    if restored is None:
        return None
    services.promotions.project_item(recipe, restored.base_model_id)
    services.notifications.send(
        subject=f"{recipe}: rolled back",
        message=f"{by} put the model of the run {restored.run_id} back into service.",
    )
    return restored
