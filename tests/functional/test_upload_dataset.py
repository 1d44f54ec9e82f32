"""UploadDataset: what is trained on is written, where it can be paid for and served."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.samples import NOW, recipe
from tests.functional.test_prepare_run import given
from tests.functional.world import Call, World
from tunedrop.errors import BudgetExceededError, RunRefusedError
from tunedrop.recipe import Recipe
from tunedrop.run import Run, timestamp

NOVA_LITE = "amazon.nova-lite-v1:0:300k"
SIDES = ("train", "validation", "test")


def validated(world: World, call: Call, planned: Recipe | None = None) -> Run:
    run = world.run_over(world.drop(), planned)
    call("validate_dataset", run_id=run.run_id)
    return run


def test_the_workflow_is_told_the_counts_and_the_cost(world: World, call: Call) -> None:
    run = validated(world, call)
    found = call("upload_dataset", run_id=run.run_id)
    assert list(found) == [
        "train_records", "validation_records", "test_records", "training_usd_estimate",
    ]  # fmt: skip
    counted = [found[f"{side}_records"] for side in SIDES]
    assert sum(counted) == 40
    assert all(counted)
    assert found["training_usd_estimate"] > 0


def test_the_files_are_written_in_the_base_models_format(world: World, call: Call) -> None:
    run = validated(world, call)
    counted = call("upload_dataset", run_id=run.run_id)
    for side in SIDES:
        written = world.read(run.layout.dataset(f"{side}.jsonl")).splitlines()
        assert len(written) == counted[f"{side}_records"]
        assert json.loads(written[0])["schemaVersion"] == "bedrock-conversation-2024"


def test_a_second_call_writes_the_same_bytes(world: World, call: Call) -> None:
    run = validated(world, call)
    first = call("upload_dataset", run_id=run.run_id)
    written = [world.read(run.layout.dataset(f"{side}.jsonl")) for side in SIDES]
    assert call("upload_dataset", run_id=run.run_id) == first
    assert [world.read(run.layout.dataset(f"{side}.jsonl")) for side in SIDES] == written


def test_the_record_knows_counts_checksums_and_cost(world: World, call: Call) -> None:
    run = validated(world, call)
    found = call("upload_dataset", run_id=run.run_id)
    after = world.find(run)
    assert after.dataset["records"]["train"] == found["train_records"]
    assert len(after.dataset["outputs"]["train"]["sha256"]) == 64
    assert after.cost["training_usd_estimate"] == found["training_usd_estimate"]


def test_a_dataset_over_the_budget_is_refused_with_both_numbers(world: World, call: Call) -> None:
    run = validated(world, call, recipe(budget={"training_usd": 0.0001}))
    with pytest.raises(BudgetExceededError, match=r"budget\.training_usd is\s*0\.0001 USD"):
        call("upload_dataset", run_id=run.run_id)
    assert world.find(run).cost["training_usd_estimate"] > 0.0001


def test_an_unknown_price_counts_as_over_the_budget_and_names_the_key(
    world: World, call: Call
) -> None:
    run = validated(world, call, recipe(base_model=NOVA_LITE, budget={"training_usd": 1000}))
    with pytest.raises(BudgetExceededError, match=r"prices\.training_usd_per_1k_tokens"):
        call("upload_dataset", run_id=run.run_id)


def test_an_unknown_price_without_a_budget_is_told_as_unknown(world: World, call: Call) -> None:
    run = validated(world, call, recipe(base_model=NOVA_LITE))
    assert call("upload_dataset", run_id=run.run_id)["training_usd_estimate"] is None


def test_a_price_in_the_recipe_makes_the_cost_known(world: World, call: Call) -> None:
    prices = {"training_usd_per_1k_tokens": 0.002}
    run = validated(
        world, call, recipe(base_model=NOVA_LITE, prices=prices, budget={"training_usd": 1000})
    )
    assert call("upload_dataset", run_id=run.run_id)["training_usd_estimate"] > 0


# Model units


def leave_units(world: World, free: int) -> None:
    """Let the account's quota have so many units free beside those in use."""
    used = world.services.free_units.models.uncommitted_units(())
    world.faults.order("quota", quota="no_commitment_model_units", value=used + free)


def provisioned(world: World, call: Call, **deployment: Any) -> Run:
    """A run with throughput, beside which no unit is free."""
    planned = world.deploy(recipe(deployment={"mode": "provisioned", **deployment}))
    run = world.trained_run(planned)
    call("provision_throughput", run_id=run.run_id)
    leave_units(world, 0)
    return world.find(run)


def test_model_units_that_are_all_in_use_are_refused_before_training(
    world: World, call: Call
) -> None:
    run = validated(world, call, provisioned(world, call).plan)
    with pytest.raises(RunRefusedError, match=r"are in use\. Request an increase of L-BE77399C in"):
        call("upload_dataset", run_id=run.run_id)
    leave_units(world, 1)
    assert call("upload_dataset", run_id=run.run_id)


def test_a_file_that_is_unchanged_needs_no_model_units(world: World, call: Call) -> None:
    planned, source = provisioned(world, call).plan, world.drop()
    call("validate_dataset", run_id=world.run_over(source, planned).run_id)
    event = given(world.drop())
    call("prepare_run", **event)
    assert not call("validate_dataset", run_id=event["run_id"])["is_new"]


def test_model_units_of_a_champion_on_its_way_out_are_free(world: World, call: Call) -> None:
    planned = world.promoted(provisioned(world, call, grace="1h")).plan
    later = world.deployed_run(planned, dropped_at=timestamp(NOW + timedelta(minutes=1)))
    world.services.promotions.promote(later, world.services.now())
    assert call("upload_dataset", run_id=validated(world, call, planned).run_id)


def beside_an_expiring_champion(world: World, call: Call, expires_after: str) -> Run:
    champion = provisioned(world, call, expires_after=expires_after)
    world.services.promotions.promote(champion, world.services.now())
    return validated(world, call, champion.plan)


def test_model_units_of_a_champion_that_expires_within_the_patience_are_free(
    world: World, call: Call
) -> None:
    run = beside_an_expiring_champion(world, call, "2h")
    assert call("upload_dataset", run_id=run.run_id)


def test_model_units_of_a_champion_that_expires_later_are_in_use(world: World, call: Call) -> None:
    run = beside_an_expiring_champion(world, call, "30d")
    with pytest.raises(RunRefusedError, match="are in use"):
        call("upload_dataset", run_id=run.run_id)


def test_a_window_needs_no_free_model_units(world: World, call: Call) -> None:
    run = provisioned(world, call, reuse={"window": "02:00-05:00"}, patience="2d")
    new = validated(world, call, world.promoted(run).plan)
    assert call("upload_dataset", run_id=new.run_id)
