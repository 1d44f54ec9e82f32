"""`tunedrop check`: validates a dataset on this machine with the code that the service runs."""

import argparse
import sys
from pathlib import Path

from tunedrop import recipe as recipes
from tunedrop import run_request
from tunedrop.cost import training_cost
from tunedrop.dataset.findings import Finding
from tunedrop.dataset.lines import local_file
from tunedrop.dataset.report import ValidationReport, counted
from tunedrop.dataset.validation import validate
from tunedrop.errors import InvalidInputError
from tunedrop.layout import DATASET_SUFFIX, RUN_REQUEST_SUFFIX
from tunedrop.recipe import Recipe

_RECIPES = Path("recipes")
_SHOWN = 50


def run(options: argparse.Namespace) -> int:
    """0: fit, warnings allowed; 1: errors were found."""
    return 0 if is_fit(droppable(options.file), options) else 1


def droppable(name: str) -> Path:
    """The file, if a file of its name can start a run."""
    file = Path(name)
    if not file.name.endswith((DATASET_SUFFIX, RUN_REQUEST_SUFFIX)):
        raise InvalidInputError(
            f"{file.name} is neither a dataset (*{DATASET_SUFFIX}) nor a run request "
            f"(*{RUN_REQUEST_SUFFIX})."
        )
    if not file.is_file():
        raise InvalidInputError(f"There is no file {file}.")
    return file


def is_fit(file: Path, options: argparse.Namespace) -> bool:
    """Check a dataset or a run request, and say what was found."""
    recipe = find_recipe(options.recipe, options.stage)
    if file.name.endswith(RUN_REQUEST_SUFFIX):
        return _is_request_fit(file, recipe)
    report = check(file, recipe)
    if getattr(options, "json", False):
        print(report.to_json())
    else:
        show(report, recipe)
    return report.fit


def check(file: Path, recipe: Recipe) -> ValidationReport:
    """Validate one file."""
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
        f"{counted(report.errors, 'error')}, {counted(report.warnings, 'warning')}."
    )
    if not counts.train + counts.validation + counts.test:
        return
    print(
        f"Records: {counts.train:,} to train, {counts.validation:,} to validate, "
        f"{counts.test:,} to test, {counts.rejected:,} rejected.\n"
        f"Tokens to train on: about {report.training_tokens:,} ({report.token_method})."
    )
    cost = training_cost(recipe, report.training_tokens)
    price = "unknown" if cost.usd is None else f"about {cost.usd:,.2f} US dollars"
    print(f"Training cost: {price}; {cost.why}.")


def _is_request_fit(file: Path, recipe: Recipe) -> bool:
    """What can be said of a run request on this machine; the files that it names lie in S3."""
    try:
        request = run_request.parse(file.read_text(encoding="utf-8"), where=file.name)
        recipes.with_overrides(recipe, request.hyperparameters)
    except UnicodeDecodeError:
        print(f"error   {file.name}: the file is not UTF-8 text")
        return False
    except InvalidInputError as error:
        print(f"error   {error}")
        return False
    print(
        f"{file.name} is a run request that {recipe.name} takes. The datasets that it names are "
        f"checked when it runs: {', '.join(request.paths)}."
    )
    return True


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
