"""Throughput for a month, which nobody can give back."""

from localcloud.scenarios.datasets import ROUTING, drawn
from localcloud.scenarios.stage import SUCCEEDED, Stage, expect

SAYS = "A commitment is bought last: tested on demand, then approved by its very name."
RECIPE = "routing-committed"


def play(stage: Stage) -> str:
    """Approve it without naming the term, which is refused, and then by its name."""
    run_id = stage.start(RECIPE, "committed", drawn(ROUTING, seed=14))
    stage.follow(run_id, until="ApproveCommitment")
    stage.service.eventually(
        lambda: "told_at" in stage.record(run_id).get("commitment_approval", {}), "a question"
    )
    expect("only the model is there", holds=stage.in_bedrock(run_id) == {f"{run_id}-1"})
    refused = stage.command("approve", run_id, status=2)
    expect("it says how to approve it", holds='--commitment "1 month"' in refused)
    stage.command("approve", run_id, "--commitment", "1 month")
    record = stage.end(run_id, SUCCEEDED)
    tests = stage.service.states(run_id).count("TestDeployment")
    expect("it was tested once, on demand", holds=(tests, record["trial"]["mode"]) == _ON_DEMAND)
    stage.expect_champion(RECIPE, run_id)
    stage.hold_schedule()
    stage.sweep()
    left = stage.in_bedrock(run_id)
    expect("what it was tested on is gone", holds=left == {f"{run_id}-1", f"{run_id}-2"})
    until = record["deployment"]["committed_until"][:10]
    return f"The month was bought once it was approved by name; it serves {RECIPE} until {until}."


_ON_DEMAND = (1, "on_demand")
