"""A new model that cannot be told apart from the one that serves."""

from localcloud.scenarios.datasets import SUMMARIES, drawn, reordered
from localcloud.scenarios.stage import REJECTED, Stage, expect

SAYS = "A model as good as the champion, and no better, does not replace it (on_tie: keep)."
RECIPE = "handover-best"


def play(stage: Stage) -> str:
    """The champion's own records once more, in another order."""
    champion = stage.given_champion(RECIPE, drawn(SUMMARIES, seed=1))
    run_id = stage.start(RECIPE, "once-more", reordered(SUMMARIES, seed=1))
    record = stage.end(run_id, REJECTED)
    expect("the test ends in a tie", holds="cannot be told apart" in record["cause"])
    expect("all that it made is taken down", holds=not stage.in_bedrock(run_id))
    stage.expect_champion(RECIPE, champion)
    return f"Neither was surely better, so {champion} serves {RECIPE} as before."
