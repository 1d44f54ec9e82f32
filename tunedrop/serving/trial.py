"""What a model is tested on before its recipe's commitment is bought."""

from msgspec import structs

from tunedrop.catalog import base_model
from tunedrop.recipe import Recipe
from tunedrop.run import Run
from tunedrop.serving.deployments import ON_DEMAND, PROVISIONED

_NO_COMMITMENT = "none"


def first_mode(run: Run, region: str) -> str:
    """How the model is deployed first.

    Before a commitment on demand where the base model has that in this Region, because nothing
    bills there while idle, else by the hour.
    """
    deployment = run.plan.deployment
    if deployment.commitment == _NO_COMMITMENT:
        return deployment.mode
    is_on_demand = region in base_model(run.plan.base_model).serving.on_demand_regions
    return ON_DEMAND if is_on_demand else PROVISIONED


def without_commitment(run: Run, mode: str) -> Recipe:
    """The plan as it is deployed first, in this mode.

    A test takes one model unit, which is all that AWS promises without a term; a rollback commits
    to nothing and serves on what is tested. The recipe's own price is that of its commitment.
    """
    plan = run.plan
    if plan.deployment.commitment == _NO_COMMITMENT:
        return plan
    units = plan.deployment.model_units if run.is_rollback and mode == PROVISIONED else 1
    first = structs.replace(
        plan.deployment, mode=mode, model_units=units, commitment=_NO_COMMITMENT
    )
    prices = structs.replace(plan.prices, model_unit_usd_per_hour=None)
    return structs.replace(plan, deployment=first, prices=prices)


def has_to_commit(run: Run) -> bool:
    """Whether the run has yet to buy what its recipe commits to; a rollback commits to nothing."""
    is_bought = run.deployment is not None and bool(run.deployment.commitment)
    wanted = run.plan.deployment.commitment != _NO_COMMITMENT and not run.is_rollback
    return wanted and not is_bought
