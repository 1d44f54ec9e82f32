"""Serves the state PromoteModel: the commit point, where the model becomes the champion."""

from typing import Any

from msgspec import Struct

from lambdas.runtime import RunInput, dump, logger, parse, services
from tunedrop.settings import model_parameter


class PromoteModelOutput(Struct, frozen=True, kw_only=True):
    """The champion's version, and where applications read its id."""

    version: int
    model_parameter: str


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Promote the run's model; a second call finishes what the first began."""
    given = parse(event, RunInput)
    run = services().enter(given.run_id, "PromoteModel")
    promotion = services().promotions.promote(run, services().now())
    parameter = model_parameter(run.stage, run.recipe)
    return dump(PromoteModelOutput(version=promotion.version, model_parameter=parameter))
