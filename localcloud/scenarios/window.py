"""A new model that there is nothing to test on but the champion's throughput, in certain hours."""

from datetime import timedelta
from itertools import groupby

from localcloud.scenarios.datasets import ROUTING, drawn
from localcloud.scenarios.stage import SUCCEEDED, Stage, expect

SAYS = "With no room for a test, a model waits for the recipe's hours in the champion's place."
RECIPE = "routing-windowed"
_WAY = ["DeployOnDemand", "TestDeployment", "WaitForWindow", "TestDeployment", "PromoteModel"]


def play(stage: Stage) -> str:
    """Let the account have no deployment left, and the window open ten minutes later."""
    stage.hold_schedule()
    old = stage.given_champion(RECIPE, drawn(ROUTING, seed=16))
    throughput = stage.service.model(RECIPE)
    stage.service.faults.order("quota", quota="deployments", value=0)
    run_id = stage.start(RECIPE, "windowed", drawn(ROUTING, seed=17))
    stage.follow(run_id, until="ValidateDataset")
    stage.move_window(run_id, opens_in=timedelta(minutes=10))
    stage.follow(run_id, until="WaitForWindow")
    expect("only the model is there", holds=stage.in_bedrock(run_id) == {f"{run_id}-1"})
    stage.expect_champion(RECIPE, old)
    stage.say("The window opens:")
    stage.move_window(run_id, opens_in=timedelta(minutes=-1))
    record = stage.end(run_id, SUCCEEDED)
    passed = [state for state in stage.service.states(run_id) if state in _WAY]
    way = [state for state, _ in groupby(passed)]
    expect("the others were asked before, and it in its hours", holds=way == _WAY)
    expect("its record says reused", holds=record["deployment"]["origin"] == "reused")
    expect("applications read the same id", holds=stage.service.model(RECIPE) == throughput)
    stage.expect_champion(RECIPE, run_id)
    stage.sweep()
    return f"The model of {run_id} was tested, and serves on, where that of {old} served."
