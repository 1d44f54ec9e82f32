"""EvaluateModel: the losses that Bedrock wrote decide before anything bills."""

import pytest

from tests.functional.samples import nova_lines, recipe, records
from tests.functional.world import Call, World
from tunedrop.errors import ModelRejectedError
from tunedrop.recipe import Recipe
from tunedrop.run import Run

NOVA_LITE = "amazon.nova-lite-v1:0:300k"


def trained(world: World, planned: Recipe | None = None) -> Run:
    run = world.uploaded_run(planned, dataset={"records": {"train": 40, "validation": 10}})
    world.write(run.layout.dataset("validation.jsonl"), nova_lines(records(10)))
    return world.train(run)


def test_the_verdict_is_a_sentence_with_the_losses(world: World, call: Call) -> None:
    run = trained(world)
    found = call("evaluate_model", run_id=run.run_id)
    assert list(found) == ["verdict", "needs_approval"]
    assert "loss" in found["verdict"]
    assert found["needs_approval"] is False


def test_the_record_holds_the_curves_and_the_verdict(world: World, call: Call) -> None:
    run = trained(world)
    verdict = call("evaluate_model", run_id=run.run_id)["verdict"]
    losses = world.find(run).losses
    assert losses["verdict"] == verdict
    assert losses["training"]
    assert losses["validation"]


def test_a_second_call_reads_the_same(world: World, call: Call) -> None:
    run = trained(world)
    first = call("evaluate_model", run_id=run.run_id)
    assert call("evaluate_model", run_id=run.run_id) == first


def test_a_loss_beyond_the_recipes_limit_is_rejected_by_how_much(world: World, call: Call) -> None:
    run = trained(world, recipe(evaluation={"max_validation_loss": 0.0001}))
    with pytest.raises(ModelRejectedError, match=r"0\.0001"):
        call("evaluate_model", run_id=run.run_id)
    assert world.find(run).losses["validation"]
    assert "verdict" not in world.find(run).losses


def test_a_model_whose_losses_nobody_has_judged_is_judged_by_the_run_that_goes_on_from_it(
    world: World, call: Call
) -> None:
    earlier = trained(world)
    run = world.run(recipe(evaluation={"max_validation_loss": 0.0001}), goes_on_from=earlier.run_id)
    run = world.services.records.update(run, job=earlier.job)
    with pytest.raises(ModelRejectedError, match=r"0\.0001"):
        call("evaluate_model", run_id=run.run_id)


def test_without_metric_files_nothing_is_held_against_the_model(world: World, call: Call) -> None:
    run = world.trained_run()
    assert "no training losses" in " ".join(
        [call("evaluate_model", run_id=run.run_id)["verdict"], *world.find(run).losses["notes"]]
    )


@pytest.mark.parametrize(
    ("deployment", "budget", "asked"),
    [
        ({"approval": "required"}, {}, True),
        ({"mode": "provisioned"}, {}, False),
        ({"mode": "provisioned"}, {"hourly_usd": 200}, False),
        ({"mode": "provisioned"}, {"hourly_usd": 100}, True),
        # It is tested on demand first; the commitment is asked for on its own.
        ({"mode": "provisioned", "commitment": "1 month"}, {"hourly_usd": 100}, False),
        ({"mode": "on_demand"}, {"hourly_usd": 0}, False),
    ],
)
def test_a_person_is_asked_where_the_recipe_or_the_price_says_so(
    world: World, call: Call, deployment: dict[str, str], budget: dict[str, float], asked: bool
) -> None:
    planned = recipe(base_model=NOVA_LITE, deployment=deployment, budget=budget)
    run = world.trained_run(planned)
    assert call("evaluate_model", run_id=run.run_id)["needs_approval"] is asked
