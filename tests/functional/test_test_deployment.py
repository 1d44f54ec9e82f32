"""TestDeployment: the test set through the custom model, its base and the champion."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.ground import wait_until
from tests.functional.samples import nova_lines, recipe, records
from tests.functional.world import Call, World
from tunedrop.errors import ModelRejectedError, ServiceBusyError
from tunedrop.run import Run, timestamp


def deployed(world: World, count: int = 8, **evaluation: Any) -> Run:
    run = world.deployed_run(recipe(evaluation=evaluation))
    world.write(run.layout.dataset("test.jsonl"), nova_lines(records(count)))
    return run


def test_the_workflow_is_told_the_count_and_the_verdict(world: World, call: Call) -> None:
    run = deployed(world)
    found = call("test_deployment", run_id=run.run_id)
    assert list(found) == ["records", "verdict", "is_complete", "capacity"]
    assert found["records"] == 8
    assert found["verdict"].startswith("On 8 test records the custom model ")


def test_every_answer_is_kept_beside_its_reference(world: World, call: Call) -> None:
    run = deployed(world)
    call("test_deployment", run_id=run.run_id)
    kept = world.read(run.layout.evaluation("answers.jsonl")).splitlines()
    rows = [json.loads(line) for line in kept]
    assert [row["reference"] for row in rows] == [each["completion"] for each in records(8)]
    assert {"prompt", "reference", "custom", "base"} == set(rows[0])


def test_examples_are_on_the_page_and_never_in_the_table(world: World, call: Call) -> None:
    run = deployed(world)
    call("test_deployment", run_id=run.run_id)
    assert json.loads(world.read(run.layout.evaluation("metrics.json")))["examples"]
    assert "examples" not in world.find(run).evaluation
    assert world.find(run).evaluation["verdict"]


def test_what_quotes_records_goes_with_them_where_the_recipe_deletes_them(
    world: World, call: Call
) -> None:
    run = world.deployed_run(recipe(data={"retention": "30d"}))
    world.write(run.layout.dataset("test.jsonl"), nova_lines(records(8)))
    call("test_deployment", run_id=run.run_id)
    metrics = json.loads(world.read(run.layout.evaluation("metrics.json")))
    assert (metrics["examples"], metrics["records"]) == ([], 8)
    tagged = {}
    for key in world.services.artifacts.list(run.layout.evaluation("")):
        bucket = world.settings.artifacts_bucket
        found = world.ground.client("s3").get_object_tagging(Bucket=bucket, Key=key)
        tagged[key.removeprefix(run.layout.evaluation(""))] = bool(found["TagSet"])
    staying = {name for name, is_tagged in tagged.items() if not is_tagged}
    assert staying == {"metrics.json", "leaks.json"}
    assert {"answers.jsonl", "asked/test-00000.jsonl"} <= tagged.keys()


def test_a_model_below_the_recipes_minimum_is_rejected_by_how_much(
    world: World, call: Call
) -> None:
    run = deployed(world, metrics={"exact_match": 1.0})
    strange = [{"prompt": f"Say {n}.", "completion": f"No {n}, never."} for n in range(8)]
    world.write(run.layout.dataset("test.jsonl"), nova_lines(strange))
    with pytest.raises(ModelRejectedError, match=r"below the recipe's minimum of 1"):
        call("test_deployment", run_id=run.run_id)
    assert world.find(run).evaluation["verdict"]


def test_without_a_test_set_a_recipe_that_asks_for_a_comparison_rejects(
    world: World, call: Call
) -> None:
    run = deployed(world, count=0, beat="base")
    with pytest.raises(ModelRejectedError, match="give a test set"):
        call("test_deployment", run_id=run.run_id)


def test_without_a_test_set_a_recipe_that_asks_nothing_goes_on(world: World, call: Call) -> None:
    run = deployed(world, count=0)
    assert call("test_deployment", run_id=run.run_id)["records"] == 0


def test_the_champion_is_asked_where_it_is_to_be_beaten(world: World, call: Call) -> None:
    world.promoted(world.deployed_run())
    run = deployed(world, beat="champion", on_tie="promote")
    found = call("test_deployment", run_id=run.run_id)
    assert "the champion" in found["verdict"]
    row = json.loads(world.read(run.layout.evaluation("answers.jsonl")).splitlines()[0])
    assert "champion" in row


def test_a_champion_whose_deployment_is_gone_is_left_out_and_the_verdict_says_so(
    world: World, call: Call
) -> None:
    first = world.promoted(world.deployed_run())
    assert first.deployment is not None
    run = deployed(world, beat="champion", on_tie="promote")
    world.services.deployments.delete("on_demand", first.deployment.arn)
    wait_until(lambda: not world.deployment_status(first.deployment.arn))
    verdict = call("test_deployment", run_id=run.run_id)["verdict"]
    gone = f"The champion was not asked: its on_demand deployment {first.deployment.name} is gone."
    assert "the base model is what it has to beat" in verdict
    assert gone in verdict


def test_a_champion_that_is_deployed_again_is_not_held_against_itself(
    world: World, call: Call
) -> None:
    first = world.promoted(world.deployed_run())
    run = deployed(world, beat="champion", on_tie="promote")
    world.services.records.update(run, job=first.job)
    verdict = call("test_deployment", run_id=run.run_id)["verdict"]
    assert "There is no champion to compare it with, so the base model" in verdict
    assert world.find(run).evaluation["champion_run_id"] == first.run_id


def test_a_second_call_overwrites_the_first_calls_answers(world: World, call: Call) -> None:
    run = deployed(world)
    first = call("test_deployment", run_id=run.run_id)
    assert call("test_deployment", run_id=run.run_id) == first
    assert len(world.read(run.layout.evaluation("answers.jsonl")).splitlines()) == 8


def test_answers_that_bedrock_owes_are_asked_for_again(world: World, call: Call) -> None:
    run = deployed(world)
    world.faults.order("error", operation="Converse", count=3)
    assert call("test_deployment", run_id=run.run_id)["records"] == 8


def test_a_model_that_cannot_be_asked_rejects_in_bedrocks_own_words(
    world: World, call: Call
) -> None:
    run = deployed(world)
    world.faults.order(
        "error", operation="Converse", code="ValidationException", message="Too long", count=40
    )
    with pytest.raises((ModelRejectedError, ServiceBusyError), match="Too long"):
        call("test_deployment", run_id=run.run_id)


def test_the_record_names_the_champion_that_it_compared_with(world: World, call: Call) -> None:
    first = deployed(world, beat="champion", on_tie="promote")
    call("test_deployment", run_id=first.run_id)
    assert world.find(first).evaluation["champion_run_id"] == ""
    world.promoted(first)
    second = deployed(world, beat="champion", on_tie="promote")
    call("test_deployment", run_id=second.run_id)
    assert world.find(second).evaluation["champion_run_id"] == first.run_id


def test_where_the_champion_is_not_to_be_beaten_none_is_named(world: World, call: Call) -> None:
    run = deployed(world)
    call("test_deployment", run_id=run.run_id)
    assert "champion_run_id" not in world.find(run).evaluation


def test_a_run_that_goes_on_from_another_is_tested_on_that_ones_test_set(
    world: World, call: Call
) -> None:
    earlier = deployed(world)
    run = world.deployed_run(recipe(), goes_on_from=earlier.run_id)
    assert call("test_deployment", run_id=run.run_id)["records"] == 8


def test_a_rollback_is_measured_and_not_refused(world: World, call: Call) -> None:
    asking = recipe(evaluation={"metrics": {"exact_match": 1.0}})
    run = world.deployed_run(asking, is_rollback=True)
    strange = [{"prompt": f"Say {n}.", "completion": f"No {n}, never."} for n in range(8)]
    world.write(run.layout.dataset("test.jsonl"), nova_lines(strange))
    found = call("test_deployment", run_id=run.run_id)
    assert found["is_complete"]
    assert "below the recipe's minimum of 1" in found["verdict"]


def test_a_rollback_that_aws_lets_nobody_ask_is_not_refused(world: World, call: Call) -> None:
    asking = recipe(evaluation={"metrics": {"exact_match": 1.0}}, deployment={"patience": "1h"})
    long_ago = timestamp(world.services.now() - timedelta(hours=2))
    run = world.deployed_run(asking, is_rollback=True, timeline={"TestDeployment": long_ago})
    world.write(run.layout.dataset("test.jsonl"), nova_lines(records(8)))
    assert call("test_deployment", run_id=run.run_id)["is_complete"]
