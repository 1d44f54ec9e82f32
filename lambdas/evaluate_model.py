"""Serves the state EvaluateModel: judges the losses before anything bills."""

from typing import Any

from msgspec import Struct

from lambdas.runtime import RunInput, dump, logger, parse, services
from tunedrop.serving.hourly import why_asked


class EvaluateModelOutput(Struct, frozen=True, kw_only=True):
    """The verdict in words, and whether a person decides next."""

    verdict: str
    needs_approval: bool


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Judge the run's losses; a second call reads the same files."""
    given = parse(event, RunInput)
    run = services().enter(given.run_id, "EvaluateModel")
    verdict = services().loss_desk.judge(run)
    why = why_asked(run, services().champions.state(run.recipe), services().region)
    return dump(EvaluateModelOutput(verdict=verdict, needs_approval=bool(why)))
