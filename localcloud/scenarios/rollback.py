"""Back to the champion before this one, in its grace and after it."""

from localcloud.scenarios.datasets import SUMMARIES, drawn
from localcloud.scenarios.stage import Stage, expect

SAYS = "`tunedrop rollback` restores the champion before: at once in its grace, else deployed anew."
RECIPE = "handover"


def play(stage: Stage) -> str:
    """Back at once; then, with what was left retired, back again."""
    old, new = _two_champions(stage)
    stage.expect_champion(RECIPE, new)
    stage.command("rollback", RECIPE)
    stage.expect_champion(RECIPE, old)
    stage.hold_schedule()
    stage.say("Its grace ends: what served since then is retired by the sweep.")
    stage.retire_now(RECIPE, new)
    stage.sweep()
    expect("only its model is left", holds=stage.in_bedrock(new) == {f"{new}-1"})
    again = stage.roll_back_by_a_run(RECIPE)
    return f"{old} was back at once; the model of {new} by the run {again}, which trained nothing."


def _two_champions(stage: Stage) -> tuple[str, str]:
    """The champion before this one, and this one."""
    first = stage.given_champion(RECIPE, drawn(SUMMARIES, seed=1))
    if previous := stage.item(RECIPE).get("previous"):
        return str(previous["run_id"]), first
    return first, stage.run(RECIPE, "november", drawn(SUMMARIES, seed=11))
