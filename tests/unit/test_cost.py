"""Costs: reckoned where prices are known, and said to be unknown where they are not."""

from typing import Any

import pytest

from tunedrop import recipe as recipes
from tunedrop.cost import check_training_budget, dollars, hourly_cost, training_cost
from tunedrop.errors import BudgetExceededError
from tunedrop.recipe import Recipe

MICRO = "amazon.nova-micro-v1:0:128k"
LITE = "amazon.nova-lite-v1:0:300k"
NOVA_2 = "amazon.nova-2-lite-v1:0:256k"
CANVAS = "amazon.nova-canvas-v1:0"
PICTURES = "amazon.titan-image-generator-v2:0"
EMBEDDINGS = "amazon.titan-embed-image-v1:0"


def recipe_for(model: str = MICRO, **keys: Any) -> recipes.Recipe:
    return recipes.load(
        {"name": "a", "base_model": model, "method": "instruction_tuning", **keys},
        allow_retired=True,
    )


def test_training_costs_tokens_times_epochs_times_price() -> None:
    cost = training_cost(recipe_for(hyperparameters={"epochs": 3}), 1_000_000)
    assert cost.usd == pytest.approx(3.0)
    assert "3 epochs" in cost.why


@pytest.mark.parametrize(
    ("usd", "told"),
    [
        (1234.5, "about 1,234.50 US dollars"),
        (0.0049, "less than 0.01 US dollars"),
        (0.0, "less than 0.01 US dollars"),
        (None, "unknown"),
    ],
)
def test_a_little_is_not_told_as_nothing(usd: float | None, told: str) -> None:
    assert dollars(usd) == told


def test_epochs_default_to_those_of_the_base_model() -> None:
    assert training_cost(recipe_for(), 1_000_000).usd == pytest.approx(2.0)


def test_price_of_the_recipe_wins() -> None:
    priced = recipe_for(LITE, prices={"training_usd_per_1k_tokens": 0.002})
    assert training_cost(priced, 1_000_000).usd == pytest.approx(4.0)


def test_unknown_price_is_not_zero() -> None:
    cost = training_cost(recipe_for(LITE), 1_000)
    assert cost.usd is None
    assert "prices.training_usd_per_1k_tokens" in cost.why


@pytest.mark.parametrize(
    ("model", "hyperparameters", "usd", "why"),
    [
        (EMBEDDINGS, {"epochs": 3}, 15.0, "1,000 images, 3 epochs, 0.005 USD per image seen"),
        (EMBEDDINGS, {}, None, "Bedrock chooses the epochs; set the recipe's hyperparameters."),
        (CANVAS, {}, 20.0, "500 steps of 8 images each, 0.005 USD per image seen (price: the rec"),
        (CANVAS, {"steps": 20_000, "batch_size": 192}, 19_200.0, "20,000 steps of 192 images each"),
        (PICTURES, {}, None, "Bedrock chooses the steps; set the recipe's hyperparameters.steps"),
        (PICTURES, {"steps": 100}, 4.0, "100 steps of 8 images each"),
    ],
)
def test_image_models_cost_what_they_see(
    model: str, hyperparameters: dict[str, int], usd: float | None, why: str
) -> None:
    prices = {"training_usd_per_image": 0.005}
    recipe = recipe_for(model, prices=prices, hyperparameters=hyperparameters)
    cost = training_cost(recipe, 10, 1_000)
    assert cost.usd == (None if usd is None else pytest.approx(usd))
    assert why in cost.why


def test_images_that_nobody_counted_cost_nobody_knows_what() -> None:
    recipe = recipe_for(
        EMBEDDINGS, prices={"training_usd_per_image": 0.01}, hyperparameters={"epochs": 1}
    )
    cost = training_cost(recipe, 10)
    assert (cost.usd, cost.why) == (None, "the images to train on are not counted yet")


def test_unknown_price_of_images_names_the_key_to_set() -> None:
    cost = training_cost(recipe_for(CANVAS), 10, 1_000)
    assert cost.usd is None
    assert cost.why.endswith("is not known; set the recipe's prices.training_usd_per_image")


def test_price_of_tokens_is_not_taken_for_a_price_of_hours() -> None:
    keys = {"name": "a", "base_model": NOVA_2, "method": "reinforcement"}
    recipe = recipes.load(keys, allow_unserved=True)
    cost = training_cost(recipe, 1_000_000)
    assert (cost.usd, "it is paid by the hour" in cost.why) == (None, True)


def test_on_demand_costs_nothing_while_idle() -> None:
    assert hourly_cost(recipe_for()).usd == 0


def test_provisioned_costs_each_unit_each_hour() -> None:
    recipe = recipe_for(LITE, deployment={"mode": "provisioned", "model_units": 2})
    assert hourly_cost(recipe).usd == pytest.approx(216.30)


def check_budget(recipe: Recipe, tokens: int) -> None:
    check_training_budget(recipe, training_cost(recipe, tokens))


def test_training_over_budget_is_refused_with_both_amounts() -> None:
    recipe = recipe_for(budget={"training_usd": 1})
    with pytest.raises(BudgetExceededError, match=r"about 2\.00 USD .* budget\.training_usd is 1"):
        check_budget(recipe, 1_000_000)


def test_unknown_price_counts_as_over_budget_and_names_the_key_to_set() -> None:
    recipe = recipe_for(LITE, budget={"training_usd": 1})
    with pytest.raises(BudgetExceededError, match=r"prices\.training_usd_per_1k_tokens"):
        check_budget(recipe, 10)


def test_recipe_without_budget_asks_nothing() -> None:
    check_budget(recipe_for(LITE), 10)
