"""A recipe that asks a person, who says no."""

from localcloud.scenarios.asking import asked
from localcloud.scenarios.stage import Stage, expect

SAYS = "A model waits for a person, who declines: nothing is deployed, and the model is deleted."


def play(stage: Stage) -> str:
    """Decline it."""
    run_id = asked(stage, "declined", seed=6)
    said = stage.command("decline", run_id)
    record = stage.end(run_id, "DeploymentDeclined")
    expect("the cause names who declined", holds=said.split()[-1].strip(".") in record["cause"])
    expect("nothing is left of it", holds=not stage.in_bedrock(run_id))
    return "It was declined: nothing was deployed, and the custom model is deleted."
