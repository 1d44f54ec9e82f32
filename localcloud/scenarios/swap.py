"""A new model on throughput that is paid for already."""

from localcloud.scenarios.datasets import ROUTING, drawn
from localcloud.scenarios.stage import SUCCEEDED, Stage, expect

SAYS = "A model that passed its test is swapped into the throughput that is paid for already."
RECIPE = "routing-reused"


def play(stage: Stage) -> str:
    """Replace a champion on its own throughput."""
    stage.hold_schedule()
    old = stage.given_champion(RECIPE, drawn(ROUTING, seed=16))
    throughput = stage.service.model(RECIPE)
    stage.say("The next model goes into the same throughput:")
    run_id = stage.start(RECIPE, "swapped", drawn(ROUTING, seed=17))
    record = stage.end(run_id, SUCCEEDED)
    expect("its record says reused", holds=record["deployment"]["origin"] == "reused")
    expect("applications read the same id", holds=stage.service.model(RECIPE) == throughput)
    stage.expect_champion(RECIPE, run_id)
    stage.sweep()
    expect("what it was tested on is gone", holds=stage.in_bedrock(run_id) == {f"{run_id}-1"})
    return f"The throughput that served the model of {old} serves that of {run_id}."
