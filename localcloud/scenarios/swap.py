"""A new model on throughput that is paid for already."""

from localcloud.scenarios.datasets import ROUTING, drawn
from localcloud.scenarios.stage import SUCCEEDED, Stage, expect

SAYS = "A model that passed is swapped into the throughput that is paid for, and rolled back there."
RECIPE = "routing-reused"


def play(stage: Stage) -> str:
    """Replace a champion on its own throughput, and go back."""
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
    model = stage.record(old)["job"]["custom_model_arn"]
    stage.roll_back_by_a_run(RECIPE)
    expect("it is in that throughput again", holds=stage.service.model(RECIPE) == throughput)
    champion = stage.item(RECIPE)["champion"]
    expect("the model before it serves", holds=champion["custom_model_arn"] == model)
    return f"The throughput served the model of {old}, then that of {run_id}, then the first again."
