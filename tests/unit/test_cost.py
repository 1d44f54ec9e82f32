"""Costs: reckoned where prices are known, and said to be unknown where they are not."""

from typing import Any

import pytest

from tunedrop import recipe as recipes
from tunedrop.cost import check_training_budget, hourly_cost, training_cost
from tunedrop.errors import BudgetExceededError
from tunedrop.recipe import Recipe

MICRO = "amazon.nova-micro-v1:0:128k"
LITE = "amazon.nova-lite-v1:0:300k"


def recipe_for(model: str = MICRO, **keys: Any) -> recipes.Recipe:
    return recipes.load(
        {"name": "a", "base_model": model, "method": "instruction_tuning", **keys},
        allow_retired=True,
    )


def test_training_costs_tokens_times_epochs_times_price() -> None:
    cost = training_cost(recipe_for(hyperparameters={"epochs": 3}), 1_000_000)
    assert cost.usd == pytest.approx(3.0)
    assert "3 epochs" in cost.why


def test_epochs_default_to_those_of_the_base_model() -> None:
    assert training_cost(recipe_for(), 1_000_000).usd == pytest.approx(2.0)


def test_price_of_the_recipe_wins() -> None:
    priced = recipe_for(LITE, prices={"training_usd_per_1k_tokens": 0.002})
    assert training_cost(priced, 1_000_000).usd == pytest.approx(4.0)


def test_unknown_price_is_not_zero() -> None:
    cost = training_cost(recipe_for(LITE), 1_000)
    assert cost.usd is None
    assert "prices.training_usd_per_1k_tokens" in cost.why


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
