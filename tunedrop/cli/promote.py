"""`tunedrop promote`: deploys the model that a run has trained, without training it again."""

import argparse

from tunedrop.cli.caller import caller_arn
from tunedrop.cli.runs import find_run
from tunedrop.cli.stage import deployed
from tunedrop.cli.watch import follow_new
from tunedrop.errors import InvalidInputError
from tunedrop.run import Run
from tunedrop.services import Services
from tunedrop.serving.recipe_state import Champion
from tunedrop.serving.redeployment import trained


def run(options: argparse.Namespace) -> int:
    """0: the model is in service (or its run was only to be started); 1: it is not."""
    services = deployed(options.stage)
    run_id = start(services, find_run(services, options.run_id))
    print(f"The run {run_id} has started; it trains nothing.")
    if options.no_watch:
        return 0
    return follow_new(services, run_id)


def start(services: Services, earlier: Run, *, is_rollback: bool = False) -> str:
    """Start a run that goes on from an earlier one; `InvalidInputError` where no model is left."""
    if services.custom_models.find(trained(earlier).name) is None:
        raise InvalidInputError(
            f"The custom model of {earlier.run_id} was deleted. Train it again: "
            f"tunedrop rerun {earlier.run_id}"
        )
    if not is_rollback:
        _refuse_what_serves(services, earlier)
    run_id = services.redeployments.order(
        earlier, caller_arn(services), services.now(), is_rollback=is_rollback
    )
    services.workflow.start(run_id, earlier.source)
    return run_id


def _refuse_what_serves(services: Services, earlier: Run) -> None:
    """The same model in the same way twice would only bill twice, for the grace of the first."""
    champion = services.champions.state(earlier.recipe).champion
    asked = services.redeployments.plan(earlier).deployment
    model = earlier.job.custom_model_arn if earlier.job else ""
    if champion and champion.serves(model, asked) and not _is_lost(services, champion):
        raise InvalidInputError(
            f"The model of {earlier.run_id} serves {earlier.recipe} already, as its recipe asks "
            f"({asked.mode}). Nothing was started. To serve it in another way, change the "
            "recipe's deployment and deploy it first."
        )


def _is_lost(services: Services, champion: Champion) -> bool:
    """Whether what should serve the champion is gone, failed, or serves another model."""
    serving = champion.deployment
    view = services.deployments.find(serving.mode, serving.arn)
    return view is None or view.is_lost_to(champion.custom_model_arn)
