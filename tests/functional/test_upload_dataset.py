"""UploadDataset: what is trained on is written, and its cost is held against the budget."""

import json

import pytest

from tests.functional.samples import recipe
from tests.functional.world import Call, World
from tunedrop.errors import BudgetExceededError
from tunedrop.recipe import Recipe
from tunedrop.run import Run

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
