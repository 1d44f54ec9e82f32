"""How a run ended, and the sentences that say so."""

import json

import pytest
from msgspec import structs

from tests.unit.run_builders import NOW, RUN_ID, job, recipe, run
from tunedrop.outcome import cause_of, failure_from, next_step, outcome_of, still_billing
from tunedrop.run import CleanUp, Deployment, Failure, Promotion, Run, timestamp

CLEAN = CleanUp(done=True)
PROMOTED = Promotion(version=3, promoted_at=timestamp(NOW))
DEPLOYMENT = Deployment(mode="provisioned", name="x-1", intended_at=timestamp(NOW))


def failed(error: str, cause: str = "So it was.", clean_up: CleanUp | None = CLEAN) -> Run:
    return run(failure=Failure(error=error, cause=cause), clean_up=clean_up)


def test_a_promotion_is_a_success_whatever_failed_after_it() -> None:
    outcome, what = outcome_of(
        run(
            promotion=PROMOTED,
            job=job(custom_model_arn="arn:model"),
            failure=Failure(error="KeyError", cause="late"),
        )
    )
    assert outcome == "RunSucceeded"
    assert what == (
        "The custom model arn:model is version 3 of support; applications find it at "
        "/tunedrop/dev/support/model."
    )


def test_a_recipe_without_deployment_succeeds_at_the_model() -> None:
    planned = recipe(deployment={"mode": "none"})
    assert outcome_of(run(planned, losses={"verdict": "Good."}))[0] == "RunSucceeded"


def test_losses_without_a_verdict_are_no_success() -> None:
    planned = recipe(deployment={"mode": "none"})
    assert outcome_of(run(planned, losses={"training": []}, clean_up=CLEAN))[0] == "ServiceFailed"


def test_a_run_that_stopped_short_of_its_deployment_is_no_success() -> None:
    assert outcome_of(run(losses={"verdict": "Good."}, clean_up=CLEAN))[0] == "ServiceFailed"


def test_a_failed_run_is_never_unchanged() -> None:
    both = run(
        unchanged_since="x", failure=Failure(error="RunCancelledError", cause="c"), clean_up=CLEAN
    )
    assert outcome_of(both)[0] == "RunCancelled"


@pytest.mark.parametrize("clean_up", [None, CleanUp(), CleanUp(still_billing=("x",))])
def test_a_failure_that_was_not_cleaned_up_says_so_and_why_it_failed(
    clean_up: CleanUp | None,
) -> None:
    outcome, what = outcome_of(failed("ModelRejectedError", clean_up=clean_up))
    assert outcome == "CleanUpFailed"
    assert what == "Clean-up did not finish. The run ended because: So it was."


@pytest.mark.parametrize("error", ["TunedropError", "BusinessError", "ClassVar", "", "OSError"])
def test_what_is_no_business_error_is_our_own_fault(error: str) -> None:
    outcome, what = outcome_of(failed(error))
    assert outcome == "ServiceFailed"
    assert what == f"{error}: So it was."


def test_a_cause_tells_what_bills_what_to_do_and_where_to_read_on() -> None:
    assert cause_of(failed("DatasetRejectedError"), "DatasetRejected", "So it was.") == (
        "So it was. Still billing: nothing. Next: Correct the records, check the file with "
        "`tunedrop check a.jsonl --recipe support`, and drop it again. "
        "Runbook: docs/operating.md, DatasetRejected."
    )


def test_a_success_needs_no_next_step() -> None:
    assert cause_of(run(promotion=PROMOTED), "RunSucceeded", "It serves.") == "It serves."


def test_the_next_step_names_the_run() -> None:
    assert f"tunedrop rerun {RUN_ID}" in next_step(failed("RunRefusedError"))


@pytest.mark.parametrize(("kept_until", "command"), [("", "rerun"), ("2026-12-06", "promote")])
def test_what_the_service_failed_goes_on_from_its_model(kept_until: str, command: str) -> None:
    ended = structs.replace(failed("OSError"), model_kept_until=kept_until)
    assert f"tunedrop {command} {RUN_ID}" in next_step(ended)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (run(clean_up=CLEAN, job=job()), "nothing"),
        (run(clean_up=CleanUp(still_billing=("a", "b"))), "a; b"),
        (
            run(job=job(), deployment=DEPLOYMENT),
            f"customization job and model {RUN_ID}-1; provisioned deployment x-1",
        ),
        (run(), "nothing"),
    ],
    ids=["cleaned", "left", "never cleaned", "made nothing"],
)
def test_what_still_bills_is_said_in_words(left: Run, words: str) -> None:
    assert still_billing(left) == words


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (json.dumps({"errorMessage": "Too bad.", "errorType": "X"}), "Too bad."),
        ("Too bad.", "Too bad."),
        ("", ""),
        ('"text"', '"text"'),
        ("[1]", "[1]"),
        ('{"other": 1}', '{"other": 1}'),
        ('{"errorMessage": null}', "None"),
    ],
)
def test_the_message_is_read_out_of_what_lambda_wrapped_around_it(cause: str, words: str) -> None:
    assert failure_from("X", cause) == Failure(error="X", cause=words)
