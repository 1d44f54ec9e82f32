"""Recipes: read, checked against the catalog, and handed on as JSON."""

from tunedrop.catalog import alternatives
from tunedrop.recipe.checks import check_region
from tunedrop.recipe.hyperparameters import bedrock_hyperparameters, effective
from tunedrop.recipe.loading import from_json, load, load_directory, to_json, with_overrides
from tunedrop.recipe.methods import not_offered, not_served, retirement
from tunedrop.recipe.model import (
    Budget,
    Data,
    Deployment,
    Evaluation,
    Handling,
    Hyperparameters,
    Prices,
    Protection,
    Recipe,
    Threshold,
)

__all__ = [
    "Budget",
    "Data",
    "Deployment",
    "Evaluation",
    "Handling",
    "Hyperparameters",
    "Prices",
    "Protection",
    "Recipe",
    "Threshold",
    "alternatives",
    "bedrock_hyperparameters",
    "check_region",
    "effective",
    "from_json",
    "load",
    "load_directory",
    "not_offered",
    "not_served",
    "retirement",
    "to_json",
    "with_overrides",
]
