"""What a run costs, as far as it is known; an unknown price is never taken for zero."""

from msgspec import Struct
from msgspec.structs import replace

from tunedrop.catalog import base_model
from tunedrop.catalog.models import TrainingPrice
from tunedrop.errors import BudgetExceededError
from tunedrop.recipe import Recipe, effective


class Cost(Struct, frozen=True, kw_only=True):
    """US dollars, or None where a price is unknown, and how that was reckoned."""

    usd: float | None
    why: str


class Amount(Struct, frozen=True, kw_only=True):
    """How many priced units a job takes, or None, and how that was counted."""

    units: float | None
    why: str


def dollars(usd: float | None) -> str:
    """An amount in words: what is little is not said to be nothing."""
    if usd is None:
        return "unknown"
    return "less than 0.01 US dollars" if usd < _CENT else f"about {usd:,.2f} US dollars"


_CENT = 0.01
_BEDROCK_CHOOSES = "Bedrock chooses the {key}; set the recipe's hyperparameters.{key}"
TRAINING_UNITS = {"1k tokens": "1,000 tokens", "image": "image", "hour": "hour"}
# The recipe's own price for each of the catalog's units; none where no run trains by it.
_OWN_PRICES = {"1k tokens": "training_usd_per_1k_tokens", "image": "training_usd_per_image"}


def training_cost(recipe: Recipe, tokens: int, images: int | None = None) -> Cost:
    """The customization job: the tokens or images of one epoch, times the epochs.

    Image models are paid for by the image seen; `images` are those to train on, None: not counted.
    """
    price = training_price(recipe)
    if price.usd is None:
        return Cost(usd=None, why=unknown_price(recipe, price))
    amount = training_amount(recipe, tokens, images)
    if amount.units is None:
        return Cost(usd=None, why=amount.why)
    source = ", ".join(filter(None, (price.source, price.as_of)))
    seen = " seen" if price.unit == "image" else ""
    why = (
        f"{amount.why}, {price.usd:g} USD per {TRAINING_UNITS[price.unit]}{seen} (price: {source})"
    )
    return Cost(usd=round(amount.units * price.usd, 4), why=why)


def training_amount(recipe: Recipe, tokens: int, images: int | None) -> Amount:
    """How many of the units that training is priced by a job takes, to its end."""
    if training_price(recipe).unit == "image":
        return _images_seen(recipe, images)
    return _tokens_read(recipe, tokens)


def training_price(recipe: Recipe) -> TrainingPrice:
    """The recipe's own price, else the catalog's."""
    known = base_model(recipe.base_model).customization(recipe.method).training_price
    own = _OWN_PRICES.get(known.unit)
    given = getattr(recipe.prices, own) if own else None
    return known if given is None else replace(known, usd=given, source="the recipe", as_of=None)


def unknown_price(recipe: Recipe, price: TrainingPrice) -> str:
    """What is not known, and which key of the recipe makes it known."""
    own = _OWN_PRICES.get(price.unit)
    what = f"the price of training {base_model(recipe.base_model).name} is not known"
    return f"{what}; set the recipe's prices.{own}" if own else f"{what} (it is paid by the hour)"


def _tokens_read(recipe: Recipe, tokens: int) -> Amount:
    epochs = effective(recipe, "epochs")
    if epochs is None:
        return Amount(units=None, why=_BEDROCK_CHOOSES.format(key="epochs"))
    return Amount(units=tokens * epochs / 1000, why=f"about {tokens:,} tokens, {epochs:g} epochs")


def _images_seen(recipe: Recipe, images: int | None) -> Amount:
    """Each image once an epoch, or a batch at every step."""
    how = base_model(recipe.base_model).customization(recipe.method)
    if any(each.name == "steps" for each in how.hyperparameters):
        return _images_of_steps(recipe)
    epochs = effective(recipe, "epochs")
    if epochs is None:
        return Amount(units=None, why=_BEDROCK_CHOOSES.format(key="epochs"))
    if images is None:
        return Amount(units=None, why="the images to train on are not counted yet")
    return Amount(units=images * epochs, why=f"{images:,} images, {epochs:g} epochs")


def _images_of_steps(recipe: Recipe) -> Amount:
    steps, batch_size = effective(recipe, "steps"), effective(recipe, "batch_size")
    if steps is None or batch_size is None:
        return Amount(units=None, why=_BEDROCK_CHOOSES.format(key="steps"))
    why = f"{steps:,g} steps of {batch_size:g} images each"
    return Amount(units=steps * batch_size, why=why)


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


# By the average month.
_HOURS = {"1 month": 730, "6 months": 4380}


def commitment_cost(recipe: Recipe) -> Cost:
    """What the recipe's commitment costs over its term, used or not."""
    hourly, term = hourly_cost(recipe), recipe.deployment.commitment
    if hourly.usd is None:
        return hourly
    hours = _HOURS[term]
    return Cost(usd=round(hourly.usd * hours, 2), why=f"{hours:,} hours in {term}; {hourly.why}")


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
