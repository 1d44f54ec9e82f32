"""Recipes: read, checked against the catalog, and handed on as JSON."""

from tunedrop.recipe.checks import alternatives, check_region, retirement
from tunedrop.recipe.hyperparameters import bedrock_hyperparameters, effective
from tunedrop.recipe.loading import from_json, load, load_directory, to_json, with_overrides
from tunedrop.recipe.model import (
    Budget,
    Data,
    Deployment,
    Evaluation,
    Hyperparameters,
    Prices,
    Recipe,
)

__all__ = [
    "Budget",
    "Data",
    "Deployment",
    "Evaluation",
    "Hyperparameters",
    "Prices",
    "Recipe",
    "alternatives",
    "bedrock_hyperparameters",
    "check_region",
    "effective",
    "from_json",
    "load",
    "load_directory",
    "retirement",
    "to_json",
    "with_overrides",
]
