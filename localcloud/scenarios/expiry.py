"""Provisioned throughput that somebody forgot."""

from datetime import timedelta

from localcloud.scenarios.datasets import ROUTING, drawn
from localcloud.scenarios.stage import Stage, expect

SAYS = "Throughput expires: the parameter leaves it first, then it is deleted; extending keeps it."
RECIPE = "routing"
_ITEM = f"recipe#{RECIPE}"


def play(stage: Stage) -> str:
    """Extend it; then let its last hour come, and then its end."""
    stage.hold_schedule()
    run_id = stage.given_champion(RECIPE, drawn(ROUTING, seed=9))
    stage.move_clock(_ITEM, "champion.expires_at", to=timedelta(minutes=30))
    stage.command("extend", RECIPE, "--by", "7d")
    stage.sweep()
    stage.expect_champion(RECIPE, run_id)
    served = stage.service.model(RECIPE)

    stage.say("Days later, half an hour before its end: the parameter leaves it, it serves on.")
    stage.move_clock(_ITEM, "champion.deployment.ready_at", to=timedelta(days=-2))
    stage.move_clock(_ITEM, "champion.expires_at", to=timedelta(minutes=30))
    stage.sweep()
    expect("applications find the base model", holds=stage.service.model(RECIPE) != served)
    stage.ask(served)

    stage.say("The deadline:")
    stage.retire_now(RECIPE, run_id)
    stage.sweep()
    expect("only the model is left", holds=stage.in_bedrock(run_id) == {f"{run_id}-1"})
    return f"The throughput of {run_id} is deleted, and the base model serves {RECIPE}."
