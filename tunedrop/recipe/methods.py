"""What a recipe's method asks of its base model and of the recipe itself."""

import re
from collections.abc import Iterator
from typing import get_args

from tunedrop.catalog import BaseModel, alternatives, offering, substitute
from tunedrop.catalog.models import Method
from tunedrop.recipe.model import Recipe

_GENERAL_TEST_SET = re.compile(
    r"(s3://[a-z0-9][-.a-z0-9]{1,61}[a-z0-9]/)?(?!/)(?!(.*/)?\.\.?/)[^\s].*\.jsonl"
)


def method_problems(recipe: Recipe, model: BaseModel, *, allow_unserved: bool) -> Iterator[str]:
    """Why the base model cannot be tuned by the recipe's method, and what the method misses."""
    if not model.offers(recipe.method):
        yield not_offered(model, recipe.method)
        return
    if not (allow_unserved or model.customization(recipe.method).served):
        yield not_served(model, recipe.method)
    yield from _general_test_set_problems(recipe, model)


def not_offered(model: BaseModel, method: str) -> str:
    """A method that a model does not offer: what it offers, and who offers the method."""
    if method not in get_args(Method):
        return (
            f'"{method}" is no method; {model.name} offers {", ".join(model.methods)}, and all '
            f"methods are {', '.join(get_args(Method))}"
        )
    active = [each.id for each in offering(method)]
    who = f"active models that offer it: {', '.join(active)}" if active else _nobody(method)
    return (
        f'method "{method}" is not offered by {model.name}, which offers '
        f"{', '.join(model.methods)}; {who}"
    )


def not_served(model: BaseModel, method: str) -> str:
    """A method that Bedrock offers and no run of this version serves."""
    served = [each for how in model.customizations if how.served for each in how.methods]
    instead = f"; runs of {model.name} serve {', '.join(served)}" if served else ""
    return (
        f'method "{method}" is not served by this version: `tunedrop check` validates its '
        f"datasets, but no run trains on them{instead}"
    )


def retirement(model: BaseModel) -> str:
    """The lifecycle of a retired model as a sentence."""
    life = model.lifecycle
    legacy = f"Legacy since {life.legacy_date}" if life.legacy_date else "Legacy"
    end = f"end of life {life.end_of_life_date}" if life.end_of_life_date else "no end announced"
    return f"{model.name} takes no new customization jobs: {legacy}, {end}"


def retired(model: BaseModel, method: str) -> str:
    """A retired base model with its dates and what takes its place."""
    others = ", ".join(each.id for each in alternatives(model, method)) or "none"
    return f"base_model: {retirement(model)}; active models that take the same records: {others}"


def _nobody(method: str) -> str:
    instead = substitute(method)
    return "no active model offers it" + (f"; {instead}" if instead else "")


def _general_test_set_problems(recipe: Recipe, model: BaseModel) -> Iterator[str]:
    given = recipe.evaluation.general_test_set
    if given is None:
        if recipe.method == "domain_adaptation" and model.inference.request == "converse":
            yield (
                'method "domain_adaptation" needs evaluation.general_test_set, so that the report '
                "shows what was gained in the domain and lost elsewhere: name a .jsonl of general "
                f"questions and answers below datasets/{recipe.name}/, or its s3:// URI"
            )
    elif not _GENERAL_TEST_SET.fullmatch(given):
        yield (
            f'evaluation.general_test_set is "{given}"; it must be a .jsonl file: its path below '
            f"datasets/{recipe.name}/, or s3://<datasets bucket>/<key>"
        )
