"""A recipe that asks a person, who says yes."""

from localcloud.scenarios.asking import RECIPE, asked
from localcloud.scenarios.stage import SUCCEEDED, Stage, expect

SAYS = "A model waits for a person, and is deployed once `tunedrop approve` says so."


def play(stage: Stage) -> str:
    """Approve it; who did is AWS's word."""
    run_id = asked(stage, "approved", seed=5)
    said = stage.command("approve", run_id)
    record = stage.end(run_id, SUCCEEDED)
    by = str(record["approval"]["answered_by"])
    expect("the record names who approved", holds=by.startswith("arn:aws:") and by in said)
    stage.expect_champion(RECIPE, run_id)
    return f"{by} approved, and the model of {run_id} serves {RECIPE}."
