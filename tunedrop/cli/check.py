"""`tunedrop check`: validates a dataset on this machine with the code that the service runs."""

import argparse
import sys
from pathlib import Path

from tunedrop import recipe as recipes
from tunedrop.cost import training_cost
from tunedrop.dataset.findings import Finding
from tunedrop.dataset.lines import local_file
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.validation import validate
from tunedrop.errors import InvalidInputError
from tunedrop.recipe import Recipe

_RECIPES = Path("recipes")
_SHOWN = 50


def run(options: argparse.Namespace) -> int:
    """0: fit, warnings allowed; 1: errors were found."""
    recipe = find_recipe(options.recipe, options.stage)
    report = check(Path(options.file), recipe)
    if options.json:
        print(report.to_json())
    else:
        show(report, recipe)
    return 0 if report.fit else 1


def check(file: Path, recipe: Recipe) -> ValidationReport:
    """Validate one file."""
    if not file.is_file():
        raise InvalidInputError(f"There is no file {file}.")
    return validate({"train": [local_file(file)]}, recipe)


def find_recipe(name: str, stage: str) -> Recipe:
    """A recipe by its file, its name in recipes/, or as deployed."""
    for file in (Path(name), _RECIPES / f"{name}.yaml"):
        if file.is_file():
            return recipes.load(
                file.read_text(encoding="utf-8"), file.stem, where=str(file), allow_retired=True
            )
    if name.endswith((".yaml", ".yml")) or "/" in name:
        raise InvalidInputError(f"There is no recipe file {name}.")
    return _deployed_recipe(name, stage)


def show(report: ValidationReport, recipe: Recipe) -> None:
    """The findings and the numbers, for people."""
    for each in report.findings[:_SHOWN]:
        print(f"{_coloured(each)} {each}\n        {each.hint}")
    left_out = len(report.findings) - _SHOWN + report.findings_left_out
    if left_out > 0:
        print(f"... and {left_out:,} more; --json lists up to {len(report.findings):,}.")
    counts = report.records
    print(
        f"{'Fit' if report.fit else 'Not fit'} for {recipe.base_model} ({recipe.name}): "
        f"{report.errors:,} errors, {report.warnings:,} warnings.\n"
        f"Records: {counts.train:,} to train, {counts.validation:,} to validate, "
        f"{counts.test:,} to test, {counts.rejected:,} rejected.\n"
        f"Tokens to train on: about {report.training_tokens:,} ({report.token_method})."
    )
    cost = training_cost(recipe, report.training_tokens)
    price = "unknown" if cost.usd is None else f"about {cost.usd:,.2f} US dollars"
    print(f"Training cost: {price}; {cost.why}.")


def _coloured(found: Finding) -> str:
    label = f"{found.severity:7}"
    if not sys.stdout.isatty():
        return label
    return f"\033[{31 if found.severity == 'error' else 33}m{label}\033[0m"


def _deployed_recipe(name: str, stage: str) -> Recipe:
    from tunedrop.cli.stage import deployed

    text = deployed(stage).parameters.recipe(name)
    if text is None:
        raise InvalidInputError(
            f'There is no recipe "{name}": no file of that name, none in recipes/, and none '
            f'deployed in the stage "{stage}".'
        )
    return recipes.from_json(text)
