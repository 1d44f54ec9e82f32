"""What a run has cost: known where it is known, the least that it can be where it is not."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from tests.unit.run_builders import NOW, RUN_ID, job, recipe, run
from tunedrop.reckoning import open_arns, spending, with_ends
from tunedrop.run import REUSED, Deployment, Promotion, Run, timestamp
from tunedrop.spending import Line, Spending

LITE_2 = "amazon.nova-2-lite-v1:0:256k"
MODEL = "arn:aws:bedrock:us-east-1:1:custom-model/amazon.nova-micro-v1:0:128k/abcdefghijkl"
ON_DEMAND = "arn:aws:bedrock:us-east-1:1:custom-model-deployment/abcdefghijkl"
THROUGHPUT = "arn:aws:bedrock:us-east-1:1:provisioned-model/abcdefghijkl"
DATASET = {"tokens": 500_000, "records": {"train": 40}}
AN_HOUR = timedelta(hours=1)


def trained(status: str = "Completed", model: str = "", **sections: Any) -> Run:
    made = job(status=status, ended_at=timestamp(NOW), custom_model_arn=model)
    return run(**{"dataset": DATASET, "job": made, **sections})


def served(**fields: Any) -> Deployment:
    given = {"mode": "provisioned", "name": "x-1", "intended_at": timestamp(NOW), "arn": THROUGHPUT}
    return Deployment(**{**given, "hourly_usd": 60.5, **fields})


def asked(through: str = ON_DEMAND, **fields: Any) -> dict[str, Any]:
    counted = {"calls": 40, "input_tokens": 2_000_000, "output_tokens": 1_000_000, "uncounted": 0}
    named = {"name": "the custom model", "model": MODEL, "through": through}
    return {**named, **counted, **fields}


def line(found: Spending, what: str) -> Line:
    [one] = [each for each in found.lines if what in each.what]
    return one


def test_a_completed_job_costs_the_tokens_of_its_file_times_the_epochs() -> None:
    found = spending(trained(), NOW)
    training = line(found, "training")
    assert (training.quantity, training.unit, training.usd) == (1000.0, "1,000 tokens", 1.0)
    assert (training.source, training.as_of) == (
        "AWS Price List, read from a third party's log", "2026-08",
    )  # fmt: skip
    assert (found.usd, found.is_complete, found.words) == (1.0, True, "about 1.00 US dollars")


@pytest.mark.parametrize("status", ["Stopped", "Failed", "InProgress"])
def test_a_job_that_did_not_complete_costs_nobody_knows_how_much_up_to_the_whole(
    status: str,
) -> None:
    found = spending(trained(status), NOW)
    assert (line(found, "training").usd, found.is_complete, found.words) == (None, False, "unknown")
    assert "all of it would be about 1.00 US dollars" in line(found, "training").note


def test_a_job_that_never_began_to_train_cost_nothing() -> None:
    found = spending(trained(job=job(status="Stopped", trained_tokens=0)), NOW)
    assert (line(found, "training").usd, found.is_complete) == (0.0, True)


def test_each_attempt_is_paid_for() -> None:
    former = job(name=f"{RUN_ID}-0", status="Failed")
    found = spending(trained(former_jobs=(former,)), NOW)
    assert (len(found.lines), found.words) == (2, "at least 1.00 US dollars")


def test_a_job_that_bedrock_never_took_costs_nothing() -> None:
    assert spending(run(dataset=DATASET, job=job(arn="")), NOW).lines == ()


def test_an_unknown_price_is_not_zero_and_names_the_key_to_set() -> None:
    planned = recipe(base_model="amazon.nova-lite-v1:0:300k")
    found = spending(trained(snapshot=run(planned).snapshot), NOW)
    assert (line(found, "training").usd, found.is_complete) == (None, False)
    assert "prices.training_usd_per_1k_tokens" in line(found, "training").note


def test_throughput_bills_from_its_order_until_now_and_then_until_its_end() -> None:
    serving = run(deployment=served())
    so_far = spending(serving, NOW + 2 * AN_HOUR)
    assert (so_far.usd, so_far.lines[0].goes_on) == (121.0, True)
    gone = run(deployment=served(), cost=with_ends({}, THROUGHPUT, at=NOW + 3 * AN_HOUR))
    later = spending(gone, NOW + 100 * AN_HOUR)
    assert (later.usd, later.lines[0].goes_on) == (181.5, False)


def test_an_end_that_is_known_is_not_moved() -> None:
    first = with_ends({}, THROUGHPUT, at=NOW)
    assert with_ends(first, THROUGHPUT, at=NOW + AN_HOUR) == first


@pytest.mark.parametrize("place", ["trial", "deployment"])
@pytest.mark.parametrize("cost", [{}, with_ends({}, THROUGHPUT, at=NOW + 50 * AN_HOUR)])
def test_what_was_tested_ends_when_people_are_asked_for_the_commitment(
    place: str, cost: dict[str, Any]
) -> None:
    asked_at = {"ApproveCommitment": timestamp(NOW + AN_HOUR)}
    committing = run(**{place: served()}, timeline=asked_at, cost=cost)
    assert spending(committing, NOW + 60 * AN_HOUR).usd == 60.5


def test_what_was_tested_ends_when_its_model_is_swapped() -> None:
    swapped = served(origin=REUSED, name="y-1", arn="arn:y", intended_at=timestamp(NOW + AN_HOUR))
    found = spending(run(trial=served(), deployment=swapped), NOW + 2 * AN_HOUR)
    assert [(each.usd, each.goes_on) for each in found.lines] == [(60.5, False)]


def test_throughput_of_an_unknown_price_makes_the_sum_the_least() -> None:
    found = spending(trained(deployment=served(hourly_usd=None)), NOW + AN_HOUR)
    assert (found.usd, found.words) == (1.0, "at least 1.00 US dollars")


def test_the_champions_throughput_bills_to_a_run_once_its_model_is_the_champions() -> None:
    swapping = run(deployment=served(origin=REUSED, swapped_from=MODEL))
    assert spending(swapping, NOW + 2 * AN_HOUR).lines == ()
    promotion = Promotion(version=2, promoted_at=timestamp(NOW + AN_HOUR))
    found = spending(structs.replace(swapping, promotion=promotion), NOW + 2 * AN_HOUR)
    assert found.usd == 60.5
    assert found.lines[0].note.startswith("the champion's throughput")


def test_what_bills_on_is_what_was_not_taken_down_yet() -> None:
    serving = trained(model=MODEL, deployment=served())
    assert set(open_arns(serving)) == {THROUGHPUT, MODEL}
    closed = structs.replace(serving, cost=with_ends({}, THROUGHPUT, at=NOW))
    assert list(open_arns(closed)) == [MODEL]


@pytest.mark.parametrize(
    ("deployment", "prices", "source"),
    [
        ({}, {"model_unit_usd_per_hour": 9}, "the recipe"),
        ({}, {}, "AWS Price List, read from a third party's log"),
        ({"commitment": "1 month"}, {"model_unit_usd_per_hour": 9}, "AWS Price List"),
    ],
)
def test_the_price_of_an_hour_has_its_source(
    deployment: dict[str, Any], prices: dict[str, Any], source: str
) -> None:
    planned = recipe(
        base_model=LITE_2, deployment={"mode": "provisioned", **deployment}, prices=prices
    )
    found = spending(run(planned, deployment=served()), NOW)
    assert found.lines[0].source.startswith(source)


def test_answers_cost_the_tokens_that_bedrock_counted() -> None:
    base = asked("us.amazon.nova-micro-v1:0", model="us.amazon.nova-micro-v1:0", name="the base")
    found = spending(run(cost={"asked": [asked(), base]}), NOW)
    assert [each.usd for each in found.lines] == [0.07, 0.14, 0.07, 0.14]
    assert found.lines[0].as_of == "2026-05"


def test_answers_of_throughput_are_paid_for_by_its_hours() -> None:
    found = spending(run(cost={"asked": [asked(THROUGHPUT)]}), NOW)
    assert (found.usd, found.is_complete) == (0.0, True)


@pytest.mark.parametrize(
    "fields",
    [
        {"uncounted": 1},
        {"model": MODEL.replace("nova-micro-v1:0:128k", "titan-embed-image-v1:0")},
        {"model": "arn:aws:bedrock:us-east-1:1:custom-model/imported/abc"},
    ],
)
def test_answers_without_tokens_or_price_are_not_for_nothing(fields: dict[str, Any]) -> None:
    found = spending(run(cost={"asked": [asked(**fields)]}), NOW)
    assert {each.usd for each in found.lines} == {None}


def test_the_model_is_stored_by_the_month_until_it_is_deleted() -> None:
    planned = recipe(base_model=LITE_2)
    kept = trained(model=MODEL, snapshot=run(planned).snapshot)
    a_month = timedelta(hours=730)
    assert line(spending(kept, NOW + a_month), "storage").usd == 1.95
    deleted = structs.replace(kept, cost=with_ends({}, MODEL, at=NOW))
    assert line(spending(deleted, NOW + a_month), "storage").usd == 0
    retired = structs.replace(kept, cost=with_ends({}, THROUGHPUT, at=NOW))
    assert line(spending(retired, NOW + a_month), "storage").usd == 1.95


def test_what_is_little_is_said_to_be_little() -> None:
    ended = run(cost={"stored_bytes": 2 << 20}, ended_at=timestamp(NOW))
    found = spending(ended, NOW + timedelta(hours=1))
    assert found.lines[0].reckoning.startswith("less than 0.01 GB-months at 0.023 USD")


def test_objects_bill_by_the_gigabyte_and_month() -> None:
    ended = run(cost={"stored_bytes": 2 << 30}, ended_at=timestamp(NOW))
    found = spending(ended, NOW + timedelta(hours=730))
    assert found.usd == pytest.approx(0.046)
    assert found.lines[0].reckoning == (
        "2 GB-months at 0.023 USD per GB-month (price: AWS's price list for S3 Standard in "
        "us-east-1, 2026-03); 2,147,483,648 bytes since the run started; goes on"
    )


def test_a_run_that_used_nothing_cost_nothing() -> None:
    assert spending(run(), NOW).words == "nothing"
