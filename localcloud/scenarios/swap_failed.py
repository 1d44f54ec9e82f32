"""A new model that Bedrock cannot bring into the champion's throughput."""

from localcloud.scenarios.datasets import ROUTING, drawn
from localcloud.scenarios.stage import Stage, expect

SAYS = "A swap fails: the champion's model is swapped back, and the new one is kept for a while."
RECIPE = "routing-reused"


def play(stage: Stage) -> str:
    """Let Bedrock fail the swap once."""
    stage.hold_schedule()
    champion = stage.given_champion(RECIPE, drawn(ROUTING, seed=16))
    throughput = stage.service.model(RECIPE)
    stage.service.faults.order("serving_fails", operation="UpdateProvisionedModelThroughput")
    run_id = stage.start(RECIPE, "swap-fails", drawn(ROUTING, seed=18))
    record = stage.end(run_id, "DeploymentFailed")
    expect("it can be promoted later", holds=f"tunedrop promote {run_id}" in record["cause"])
    expect("only its model is kept", holds=stage.in_bedrock(run_id) == {f"{run_id}-1"})
    expect("applications read the same id", holds=stage.service.model(RECIPE) == throughput)
    stage.expect_champion(RECIPE, champion)
    stage.sweep()
    return f"The throughput serves the model of {champion} again; that of {run_id} is kept."
