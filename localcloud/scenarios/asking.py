"""What the stories of a person's word have in common: a run that waits for it."""

from localcloud.scenarios.datasets import SUMMARIES, drawn
from localcloud.scenarios.stage import Stage, expect

RECIPE = "handover-asked"


def asked(stage: Stage, name: str, seed: int) -> str:
    """A run whose trained model waits for an answer, while nothing is deployed."""
    run_id = stage.start(RECIPE, name, drawn(SUMMARIES, seed))
    stage.follow(run_id, until="ApproveDeployment")
    stage.service.eventually(
        lambda: "told_at" in stage.record(run_id).get("approval", {}), "a question"
    )
    expect("only the model is there", holds=stage.in_bedrock(run_id) == {f"{run_id}-1"})
    return run_id
