"""Which custom models stay: those of champions, of runs under way, and those that may yet serve."""

from datetime import datetime, timedelta

from tunedrop.records import RunRecords
from tunedrop.run import ENDED, Run, moment
from tunedrop.serving.recipe_state import KEPT_MODELS, RecipeState

# An execution is ended by its own time limit long before.
LONGEST_RUN = timedelta(days=35)


def is_kept(
    arn: str, trained_by: Run | None, state: RecipeState, records: RunRecords, now: datetime
) -> bool:
    """Whether a custom model stays, in view of the run that trained it and its recipe's state.

    A run may deploy what another one has trained long before.
    """
    if arn in state.kept_models:
        return True
    if trained_by is None:
        return False
    return _may_serve_yet(trained_by, records, now) or any(
        run.status != ENDED and run.job is not None and run.job.custom_model_arn == arn
        for run in records.of_recipe(trained_by.recipe, since=now - LONGEST_RUN)
    )


def _may_serve_yet(run: Run, records: RunRecords, now: datetime) -> bool:
    """Whether the model waits for `tunedrop promote`; not once it was refused on quality there."""
    if run.model_refused_by:
        return False
    is_due = not run.model_kept_until or moment(run.model_kept_until) <= now
    return not is_due or (_is_wanted_alone(run) and not _is_outlived(run, records))


def _is_wanted_alone(run: Run) -> bool:
    return run.outcome == "RunSucceeded" and run.promotion is None


def _is_outlived(run: Run, records: RunRecords) -> bool:
    """Whether as many later models of its recipe succeeded as champions are kept."""
    later = records.of_recipe(run.recipe, since=moment(run.started_at))
    succeeded = sum(each.outcome == "RunSucceeded" and not each.goes_on_from for each in later)
    return succeeded >= KEPT_MODELS
