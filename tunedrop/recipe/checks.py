"""What a recipe asks against what the catalog knows."""

from collections.abc import Iterator
from datetime import timedelta

from tunedrop.catalog import BaseModel, base_model
from tunedrop.errors import InvalidInputError
from tunedrop.recipe.goals import goal_problems
from tunedrop.recipe.hyperparameters import hyperparameter_problems
from tunedrop.recipe.methods import method_problems, retired
from tunedrop.recipe.model import Handling, Recipe
from tunedrop.recipe.retention import retention_problems
from tunedrop.recipe.window import Window

_LONGEST_PATIENCE_SECONDS = 7 * 86400
_SHORTEST_LIFE_SECONDS = 2 * 3600
_SHORTEST_WINDOW = timedelta(hours=1)
_DAY_SECONDS = 86400


def problems(recipe: Recipe, *, allow_retired: bool, allow_unserved: bool = False) -> Iterator[str]:
    """Everything about a well-formed recipe that cannot be served, in words."""
    try:
        model = base_model(recipe.base_model)
    except InvalidInputError as error:
        yield str(error).rstrip(".")
        return
    yield from method_problems(recipe, model, allow_unserved=allow_unserved)
    if not model.offers(recipe.method):
        return
    customization = model.customization(recipe.method)
    if not (allow_retired or model.lifecycle.takes_jobs):
        yield retired(model, recipe.method)
    yield from hyperparameter_problems(recipe.hyperparameters, model, customization)
    yield from _deployment_problems(recipe, model)
    yield from _expiry_problems(recipe)
    yield from _window_problems(recipe)
    yield from _data_problems(recipe)
    yield from retention_problems(recipe)
    yield from goal_problems(recipe, model)
    if recipe.evaluation.max_validation_loss and not customization.validation_set.supported:
        yield (
            f"evaluation.max_validation_loss cannot be judged: {model.name} takes no validation "
            "set; leave the key out"
        )


def check_region(recipe: Recipe, region: str) -> None:
    """Refuse a recipe whose base model is not customized, or not so served, in this Region."""
    model = base_model(recipe.base_model)
    if region not in model.regions:
        raise InvalidInputError(
            f"recipe {recipe.name}: {model.name} is not customized in {region}, only in "
            f"{', '.join(model.regions)}; deploy the stage there or choose another base model."
        )
    regions = model.serving.on_demand_regions
    if recipe.deployment.mode == "on_demand" and region not in regions:
        raise InvalidInputError(
            f"recipe {recipe.name}: custom models of {model.name} are not served on demand in "
            f"{region}, only in {', '.join(regions)}; choose deployment.mode provisioned, or "
            "another Region."
        )


def _deployment_problems(recipe: Recipe, model: BaseModel) -> Iterator[str]:
    if recipe.deployment.patience_seconds > _LONGEST_PATIENCE_SECONDS:
        yield (
            f"deployment.patience is {recipe.deployment.patience}; at most 7d is accepted, because "
            "each look adds to the execution's history"
        )
    deployment, serving = recipe.deployment, model.serving
    if deployment.mode == "on_demand" and not serving.on_demand:
        yield f"deployment.mode on_demand is not offered for {model.name}; {_modes(model)}"
    if deployment.mode == "provisioned" and not serving.provisioned:
        yield f"deployment.mode provisioned is not offered for {model.name}; {_modes(model)}"
    if deployment.mode != "provisioned":
        if deployment.model_units != 1:
            yield "deployment.model_units is for mode provisioned only; leave the key out"
        if deployment.commitment != "none":
            yield "deployment.commitment is for mode provisioned only; leave the key out"
        if deployment.reuse != "none":
            yield "deployment.reuse is for mode provisioned only; leave the key out"
        if deployment.expires_after is not None:
            yield "deployment.expires_after is for mode provisioned only; leave the key out"
    elif deployment.commitment == "none" and not serving.no_commitment:
        yield f"deployment.commitment none is not offered for {model.name}; 1 month or 6 months"


def _expiry_problems(recipe: Recipe) -> Iterator[str]:
    deployment = recipe.deployment
    lifetime = deployment.expires_after_seconds
    if lifetime is None:
        return
    if lifetime < _SHORTEST_LIFE_SECONDS:
        yield (
            f"deployment.expires_after is {deployment.expires_after}; at least 2h is accepted, "
            "because an hourly sweep looks at deadlines"
        )
    if deployment.commitment != "none":
        yield (
            "deployment.expires_after cannot be kept with a commitment, which cannot be deleted "
            "before its term; leave one of the keys out"
        )


def _window_problems(recipe: Recipe) -> Iterator[str]:
    deployment = recipe.deployment
    if not deployment.reuse_window:
        return
    open_for = Window.of(deployment.reuse_window).length
    if open_for < _SHORTEST_WINDOW:
        yield (
            f"deployment.reuse.window {deployment.reuse_window} is open for {open_for}; at least "
            "an hour is accepted, because Bedrock takes half of it to swap a model in"
        )
    if deployment.patience_seconds < _DAY_SECONDS:
        yield (
            f"deployment.patience is {deployment.patience}; with deployment.reuse.window at least "
            "24h is accepted, because the window may open in a day only"
        )


def _modes(model: BaseModel) -> str:
    serving = model.serving
    offered = {"on_demand": serving.on_demand, "provisioned": serving.provisioned, "none": True}
    return "it takes " + " or ".join(mode for mode, offers in offered.items() if offers)


def _data_problems(recipe: Recipe) -> Iterator[str]:
    shares = recipe.data.validation_share + recipe.data.test_share
    if shares > 0.5:  # noqa: PLR2004
        yield (
            f"data.validation_share and data.test_share together are {shares:g}; at most 0.5, so "
            "that at least half of the records train"
        )
    if _drops(recipe.data.near_duplicates) and not _drops(recipe.data.duplicates):
        yield (
            "data.near_duplicates drops what nearly repeats an earlier record, and data.duplicates "
            "keeps what repeats it; let data.duplicates drop, too"
        )


def _drops(handling: Handling) -> bool:
    return handling == "drop" or getattr(handling, "otherwise", None) == "drop"
