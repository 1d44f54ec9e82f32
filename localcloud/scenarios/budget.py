"""Two runs that are each within the budget by the hour, and together are not."""

from localcloud.scenarios.datasets import ROUTING, drawn
from localcloud.scenarios.stage import SUCCEEDED, Stage, expect

SAYS = "Two runs at once would cost more an hour than the budget: the second asks before it buys."
RECIPE = "routing-budgeted"


def play(stage: Stage) -> str:
    """Let the first take its time, so that the second is judged before anything is in service."""
    stage.service.faults.order(
        "serving_slow", operation="CreateProvisionedModelThroughput", delay=30
    )
    first = stage.start(RECIPE, "budget-a", drawn(ROUTING, seed=19))
    stage.follow(first, until="WaitForDeployment")
    second = stage.start(RECIPE, "budget-b", drawn(ROUTING, seed=20))
    stage.follow(second, until="WaitForCapacity")
    expect("nobody was asked before", holds=not stage.record(second).get("approval"))
    stage.end(first, SUCCEEDED)
    stage.follow(second, until="ApproveDeployment")
    stage.service.eventually(
        lambda: "told_at" in stage.record(second).get("approval", {}), "a question"
    )
    expect("nothing was bought", holds=stage.in_bedrock(second) == {f"{second}-1"})
    stage.expect_champion(RECIPE, first)
    stage.command("approve", second)
    record = stage.end(second, SUCCEEDED)
    expect("it was asked for both", holds=record["approval"]["total_hourly_usd"] == _BOTH)
    asked = stage.service.states(second).count("ApproveDeployment")
    expect("it was asked for once", holds=asked == 1)
    stage.expect_champion(RECIPE, second)
    return f"{second} was approved at {_BOTH:.0f} US dollars an hour together with {first}."


_BOTH = 120
