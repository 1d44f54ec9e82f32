"""Serves the state UploadDataset: writes what is fit for training, in the base model's format."""

from typing import Any

from msgspec import Struct

from lambdas.runtime import RunInput, dump, logger, parse, services


class UploadDatasetOutput(Struct, frozen=True, kw_only=True):
    """Counts of records, and the estimated cost in US dollars (None: unknown)."""

    train_records: int
    validation_records: int
    test_records: int
    training_usd_estimate: float | None


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Prepare and upload the run's files, where its model could be served.

    A second call writes the same bytes again.
    """
    given = parse(event, RunInput)
    run = services().enter(given.run_id, "UploadDataset")
    services().free_units.check(run, services().now())
    run = services().dataset_desk.upload(run)
    records = run.dataset["records"]
    return dump(
        UploadDatasetOutput(
            train_records=records["train"],
            validation_records=records["validation"],
            test_records=records["test"],
            training_usd_estimate=run.cost["training_usd_estimate"],
        )
    )
