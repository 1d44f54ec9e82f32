"""How a run ended, in a name and in words: read from its record alone."""

import json
import shlex

from tunedrop import errors
from tunedrop.errors import BusinessError, DeploymentDeclinedError
from tunedrop.report.sentences import RUNBOOK, sentence, words_for
from tunedrop.run import Failure, Run
from tunedrop.settings import model_parameter

RUN_SUCCEEDED = "RunSucceeded"
RUN_UNCHANGED = "RunUnchanged"
SERVICE_FAILED = "ServiceFailed"
CLEAN_UP_FAILED = "CleanUpFailed"

_LONGEST_CAUSE = 2000
_KEPT = "run `tunedrop promote {run_id}`: the model is kept, and is not trained again."
# What people do next where the trained model is kept, though most runs that end so leave none.
_WITH_MODEL = {
    DeploymentDeclinedError.outcome: f"Agree with the person who decides, then {_KEPT}",
    SERVICE_FAILED: f"The on-call engineer was told. Once it is settled, {_KEPT}",
}


def outcome_of(run: Run) -> tuple[str, str]:
    """The outcome of a run and what happened, read from its record.

    A promotion is the commit point: what failed after it does not undo it. Nothing counts as a
    success, or as cleaned up, unless the record says so.
    """
    if run.promotion or (run.failure is None and _stopped_at_model(run)):
        return RUN_SUCCEEDED, _success(run)
    if run.failure is None and run.unchanged_since:
        return RUN_UNCHANGED, (
            f"The same bytes with the same recipe are the run {run.unchanged_since}. To train "
            "on them again all the same, drop a run request with again: true."
        )
    if run.clean_up is None or not run.clean_up.done:
        return CLEAN_UP_FAILED, f"Clean-up did not finish. The run ended because: {_why(run)}"
    return outcome_named(run.failure.error) if run.failure else SERVICE_FAILED, _why(run)


def _stopped_at_model(run: Run) -> bool:
    """Whether the recipe asks for no deployment, and the model passed what it does ask."""
    return bool(run.losses.get("verdict")) and run.plan.deployment.mode == "none"


def cause_of(run: Run, outcome: str, what: str) -> str:
    """The sentences of a Fail state: what happened, what bills, what to do, where to read on."""
    if outcome in (RUN_SUCCEEDED, RUN_UNCHANGED):
        return what
    words = words_for(outcome)
    return (
        f"{sentence(what[:_LONGEST_CAUSE])} Still billing: {still_billing(run)}. "
        f"Next: {next_step(run)} Runbook: {RUNBOOK}, {words.runbook_heading}."
    )


def still_billing(run: Run) -> str:
    """What the run may have left that bills, in words."""
    if run.clean_up and run.clean_up.done:
        return "; ".join(filter(None, (*run.clean_up.committed, _kept_model(run)))) or "nothing"
    left = run.clean_up.still_billing if run.clean_up else ()
    made = [f"customization job and model {job.name}" for job in run.own_jobs]
    made += [f"{each.mode} deployment {each.name}" for each in run.deployments]
    return "; ".join(left) or "; ".join(made) or "nothing"


def _kept_model(run: Run) -> str:
    if not run.model_kept_until or run.job is None:
        return ""
    return f"the storage of the custom model {run.job.name}, until {run.model_kept_until[:10]}"


def next_step(run: Run) -> str:
    """What people do next."""
    outcome = run.outcome or outcome_of(run)[0]
    if run.model_kept_until and outcome in _WITH_MODEL:
        return _WITH_MODEL[outcome].format(run_id=run.run_id)
    words = words_for(outcome, is_promoted=run.promotion is not None)
    trained = run.files.get("train") or [{"key": run.source.key}]
    file = trained[0]["key"].rpartition("/")[2]
    return words.next_step.format(run_id=run.run_id, recipe=run.recipe, file=shlex.quote(file))


def failure_from(error: str, cause: str) -> Failure:
    """A failure as the workflow caught it; Lambda wraps the message of an exception in JSON."""
    try:
        message = json.loads(cause)["errorMessage"]
    except (ValueError, KeyError, TypeError):
        message = cause
    return Failure(error=error, cause=str(message))


def outcome_named(error: str) -> str:
    """The outcome of a run that ends with the error of this name."""
    kind = getattr(errors, error, None)
    if isinstance(kind, type) and issubclass(kind, BusinessError) and kind is not BusinessError:
        return kind.outcome
    return SERVICE_FAILED


def _why(run: Run) -> str:
    if run.failure is None:
        return "its failure was not recorded; the execution's history tells it."
    is_fault = outcome_named(run.failure.error) == SERVICE_FAILED
    return f"{run.failure.error}: {run.failure.cause}" if is_fault else run.failure.cause


def _success(run: Run) -> str:
    model = run.job.custom_model_arn if run.job else "none"
    if run.promotion is None:
        return f"The custom model {model} is trained; the recipe asks for no deployment."
    return (
        f"The custom model {model} is version {run.promotion.version} of {run.recipe}; "
        f"applications find it at {model_parameter(run.stage, run.recipe)}."
    )
