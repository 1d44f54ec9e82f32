"""What a model is tested on before its recipe's commitment is bought, or throughput reused."""

from msgspec import structs

from tunedrop.catalog import base_model
from tunedrop.recipe import Recipe
from tunedrop.run import CREATED, Run
from tunedrop.serving.deployments import ON_DEMAND, PROVISIONED
from tunedrop.serving.recipe_state import Champion, RecipeState

NO_COMMITMENT = "none"
_NO_REUSE = "none"


def first_mode(run: Run, region: str) -> str:
    """How the model is deployed first.

    Before a commitment, or where throughput is reused, on demand where the base model has that in
    this Region, because nothing bills there while idle, else by the hour. A rollback into reused
    throughput is tested on nothing else.
    """
    deployment, is_reused = run.plan.deployment, reuses(run.plan)
    is_tested_apart = is_reused or deployment.commitment != NO_COMMITMENT
    if not is_tested_apart or (is_reused and run.is_rollback):
        return deployment.mode
    is_on_demand = region in base_model(run.plan.base_model).serving.on_demand_regions
    return ON_DEMAND if is_on_demand else PROVISIONED


def without_commitment(run: Run, mode: str) -> Recipe:
    """The plan as it is deployed first, in this mode.

    The test of what is committed to takes one model unit, which is all that AWS promises without a
    term; a rollback commits to nothing and serves on what is tested. The recipe's own price is
    that of its commitment.
    """
    plan = run.plan
    if plan.deployment.commitment == NO_COMMITMENT:
        return structs.replace(plan, deployment=structs.replace(plan.deployment, mode=mode))
    units = plan.deployment.model_units if run.is_rollback and mode == PROVISIONED else 1
    first = structs.replace(plan.deployment, mode=mode, model_units=units, commitment=NO_COMMITMENT)
    prices = structs.replace(plan.prices, model_unit_usd_per_hour=None)
    return structs.replace(plan, deployment=first, prices=prices)


def without_asking(run: Run, region: str, in_service: RecipeState) -> Recipe:
    """The plan as it bills until a person approves a commitment.

    What is tested on demand and then bought by the hour bills by the hour.
    """
    mode = first_mode(run, region)
    is_bought = run.plan.deployment.commitment == NO_COMMITMENT and not may_reuse(run, in_service)
    return without_commitment(run, run.plan.deployment.mode if is_bought else mode)


def newly_deployed(run: Run, region: str, in_service: RecipeState) -> dict[str, int]:
    """The model units by mode that have to be had without a commitment; none of what is reused.

    A window, or a rollback, takes the champion's throughput where there is nothing else.
    """
    plan = run.plan.deployment
    first = without_commitment(run, first_mode(run, region)).deployment
    if may_reuse(run, in_service):
        needs_none = run.is_rollback or bool(plan.reuse_window)
        return {} if needs_none else {first.mode: first.model_units}
    needed: dict[str, int] = {first.mode: first.model_units}
    if plan.commitment == NO_COMMITMENT:
        needed[plan.mode] = plan.model_units
    return needed


def has_to_commit(run: Run) -> bool:
    """Whether the run has yet to buy what its recipe commits to; a rollback commits to nothing."""
    is_bought = run.deployment is not None and bool(run.deployment.commitment)
    wanted = run.plan.deployment.commitment != NO_COMMITMENT and not run.is_rollback
    return wanted and not is_bought


def is_tested(run: Run) -> bool:
    """Whether the model that is being deployed needs no test any more.

    It passed on its trial; or it served before, and is swapped in again at a person's word.
    """
    return run.trial is not None or (run.is_rollback and run.swap is not None)


def reuses(plan: Recipe) -> bool:
    """Whether the recipe lets models be swapped into the champion's throughput."""
    return plan.deployment.reuse != _NO_REUSE


def may_reuse(run: Run, in_service: RecipeState) -> bool:
    """Whether the champion has throughput for the run's model, as far as the records know.

    After the test it is known whether that can take it.
    """
    champion = in_service.champion
    fits = champion is not None and not misfit(run.plan, champion)
    return reuses(run.plan) and fits and run.capacity.get("served_by") != CREATED


def misfit(plan: Recipe, champion: Champion) -> str:
    """Why a champion's deployment is none that the plan's model can be swapped into, or ""."""
    if champion.deployment.mode != PROVISIONED:
        return "the champion is not served by provisioned throughput"
    if champion.base_model_id != plan.base_model:
        return f"the champion's base model is {champion.base_model_id}"
    units = champion.deployment.model_units
    return misfit_of_units(plan, units) if units else ""


def misfit_of_units(plan: Recipe, units: int) -> str:
    """Why throughput of so many model units does not suit the plan, or ""."""
    wanted = plan.deployment.model_units
    if units == wanted:
        return ""
    return f"the champion's throughput has {units} model unit(s), and the recipe asks for {wanted}"
