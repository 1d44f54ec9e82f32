"""What a run costs, as far as it is known; an unknown price is never taken for zero."""

from msgspec import Struct

from tunedrop.catalog import base_model
from tunedrop.errors import BudgetExceededError
from tunedrop.recipe import Recipe, effective


class Cost(Struct, frozen=True, kw_only=True):
    """US dollars, or None where a price is unknown, and how that was reckoned."""

    usd: float | None
    why: str


def training_cost(recipe: Recipe, tokens: int) -> Cost:
    """The customization job: tokens of one epoch, times the epochs."""
    model = base_model(recipe.base_model)
    known = model.customization(recipe.method).training_price
    price, source = recipe.prices.training_usd_per_1k_tokens, "the recipe"
    if price is None:
        price, source = known.usd, f"{known.source}, {known.as_of}"
    epochs = effective(recipe, "epochs")
    if price is None or epochs is None:
        return Cost(
            usd=None,
            why=f"the price of training {model.name} is not known; set the recipe's "
            "prices.training_usd_per_1k_tokens",
        )
    usd = tokens * epochs / 1000 * price
    why = (
        f"about {tokens:,} tokens, {epochs:g} epochs, {price:g} USD per 1,000 tokens "
        f"(price: {source})"
    )
    return Cost(usd=round(usd, 4), why=why)


def hourly_cost(recipe: Recipe) -> Cost:
    """An hour of the recipe's deployment in service, without requests."""
    model, deployment = base_model(recipe.base_model), recipe.deployment
    if deployment.mode != "provisioned":
        return Cost(usd=0.0, why=f"mode {deployment.mode} costs nothing while idle")
    price, source = recipe.prices.model_unit_usd_per_hour, "the recipe"
    if price is None:
        price = model.prices.model_unit_usd_per_hour.get(deployment.commitment)
        source = _source(recipe)
    if price is None:
        return Cost(
            usd=None,
            why=f"the price of a model unit of {model.name} with commitment "
            f"{deployment.commitment} is not known; set the recipe's "
            "prices.model_unit_usd_per_hour",
        )
    why = f"model units: {deployment.model_units}, {price:g} USD an hour each (price: {source})"
    return Cost(usd=round(deployment.model_units * price, 4), why=why)


def check_training_budget(recipe: Recipe, cost: Cost) -> None:
    """A `BudgetExceededError` where training costs more than the recipe's budget, or who knows."""
    _check("budget.training_usd", recipe.budget.training_usd, cost, "Training")


def _check(key: str, budget: float | None, cost: Cost, what: str) -> None:
    if budget is None:
        return
    if cost.usd is None:
        raise BudgetExceededError(
            f"{what} cannot be held against the recipe's {key} of {budget:g} USD: {cost.why}."
        )
    if cost.usd > budget:
        raise BudgetExceededError(
            f"{what} would cost about {cost.usd:,.2f} USD ({cost.why}); the recipe's {key} is "
            f"{budget:g} USD. Use fewer records or epochs, or raise the budget."
        )


def _source(recipe: Recipe) -> str:
    prices = base_model(recipe.base_model).prices
    return f"{prices.source}, {prices.as_of}" if prices.source else "unknown"
