"""How long a recipe's records are kept, and for how long a run needs them at least."""

import math
from collections.abc import Iterator

from tunedrop.recipe.model import Recipe

_DAY_SECONDS = 86400
# How often a run waits for Bedrock's sake for as long as `patience` allows, while it needs its
# records: for a job's slot, in the queue (twice), for capacity, and for the answers of its test.
_WAITS = 5
# An approval may take three days, and jobs of two days have been seen.
_OTHER_DAYS = 5


def retention_problems(recipe: Recipe) -> Iterator[str]:
    """Why records could be gone before a run or a test is done with them."""
    days, least = recipe.data.retention_days, least_days(recipe)
    if days is None:
        return
    if days < least:
        yield (
            f"data.retention is {days}d; at least {least}d is accepted with deployment.patience "
            f"{recipe.deployment.patience}, because a run may wait that long for Bedrock and for "
            "people while it needs its records"
        )
    if _is_within(recipe.evaluation.general_test_set, f"datasets/{recipe.name}/"):
        yield (
            f"evaluation.general_test_set lies below datasets/{recipe.name}/, where data.retention "
            "deletes everything; put it below another folder of datasets/, and name it by its "
            "s3:// URI"
        )


def least_days(recipe: Recipe) -> int:
    """The days for which a run may need its records."""
    waiting = _WAITS * recipe.deployment.patience_seconds / _DAY_SECONDS
    return math.ceil(waiting) + _OTHER_DAYS


def _is_within(test_set: str | None, folder: str) -> bool:
    if test_set is None:
        return False
    if not test_set.startswith("s3://"):
        return True
    return test_set.removeprefix("s3://").partition("/")[2].startswith(folder)
