"""The good end: a model that surely beats its base serves."""

from localcloud.scenarios.datasets import SUMMARIES, drawn
from localcloud.scenarios.stage import Stage

SAYS = "A model that beats its base is promoted; applications find it under the stable name."
RECIPE = "handover"


def play(stage: Stage) -> str:
    """One drop, one champion."""
    run_id = stage.run(RECIPE, "october", drawn(SUMMARIES, seed=1))
    stage.expect_champion(RECIPE, run_id)
    return f"The model of {run_id} beat its base and serves {RECIPE}."
