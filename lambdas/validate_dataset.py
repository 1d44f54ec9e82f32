"""Serves the state ValidateDataset: checks every record against base model and recipe."""

from typing import Any

from msgspec import Struct

from lambdas.runtime import RunInput, dump, logger, parse, services


class ValidateDatasetOutput(Struct, frozen=True, kw_only=True):
    """Counts, and the run that tuned these very bytes before, if there is one."""

    records: int
    warnings: int
    is_new: bool
    unchanged_since: str


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Validate the run's files; a second call reads them again and finds the same."""
    given = parse(event, RunInput)
    run = services().enter(given.run_id, "ValidateDataset")
    run = services().dataset_desk.validate(
        run, lambda: context.get_remaining_time_in_millis() / 1000
    )
    return dump(
        ValidateDatasetOutput(
            records=run.dataset["records_found"],
            warnings=run.dataset["warnings"],
            is_new=not run.unchanged_since,
            unchanged_since=run.unchanged_since,
        )
    )
