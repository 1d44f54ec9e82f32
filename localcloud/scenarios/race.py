"""Two drops at the same moment, for one recipe."""

from typing import Any

from localcloud.scenarios.datasets import ROUTING, drawn
from localcloud.scenarios.stage import Stage, expect

SAYS = "Two runs of a recipe finish at once: they deploy in turn, and the later drop serves."
RECIPE = "routing"


def play(stage: Stage) -> str:
    """Drop both, then watch one after the other."""
    earlier = stage.start(RECIPE, "race-a", drawn(ROUTING, seed=8))
    later = stage.start(RECIPE, "race-b", drawn(ROUTING, seed=9))
    for run_id in (earlier, later):
        stage.follow(run_id)
    first, last = (stage.service.record(run_id) for run_id in (earlier, later))
    expect("the later one is promoted", holds=last["outcome"] == "RunSucceeded")
    expect("they never paid for two at once", holds=_in_turn(first, last))
    stage.expect_champion(RECIPE, later)
    return f"{later} serves {RECIPE}; the earlier drop ended as {first['outcome']}."


def _in_turn(*records: dict[str, Any]) -> bool:
    """Whether the second began to deploy after the first was done; one may not have deployed."""
    began = sorted(
        (r["deployment"]["intended_at"], r["ended_at"]) for r in records if "deployment" in r
    )
    return len(began) == 1 or began[0][1] < began[1][0]
