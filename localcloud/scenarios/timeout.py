"""Lambda's clock runs out between the commit point and what follows on it."""

from localcloud.progress import step
from localcloud.scenarios.datasets import SUMMARIES, drawn
from localcloud.scenarios.stage import SUCCEEDED, Stage, expect

SAYS = "PromoteModel times out in the middle: tried again, it finishes what it had begun."
RECIPE = "handover"
_LONGER_THAN_CLIENTS_WAIT = 25.0


def play(stage: Stage) -> str:
    """Let the parameter not be written until the function's time is over."""
    faults = stage.service.faults
    faults.order(
        "error",
        operation="PutParameter",
        match=f"/{RECIPE}/model",
        delay=_LONGER_THAN_CLIENTS_WAIT,
        count=20,
    )
    run_id = stage.start(RECIPE, "timeout", drawn(SUMMARIES, seed=10))
    stage.follow(run_id, until="PromoteModel")
    with step("  The parameter cannot be written, until the function's minute is over"):
        stage.service.eventually(lambda: _timed_out(stage, run_id), "a timeout")
    champion = stage.item(RECIPE)["champion"]
    expect("it is the champion already", holds=champion["run_id"] == run_id)
    faults.clear()
    stage.end(run_id, SUCCEEDED)
    stage.expect_champion(RECIPE, run_id)
    history = stage.item(RECIPE)["history"]
    once = [entry for entry in history if entry["run_id"] == run_id]
    expect("it was promoted once", holds=len(once) == 1)
    return f"The second try wrote the parameter; {run_id} was promoted once and serves {RECIPE}."


def _timed_out(stage: Stage, run_id: str) -> bool:
    failed = (event.get("taskFailedEventDetails", {}) for event in stage.service.events(run_id))
    return any("Timedout" in each.get("error", "") for each in failed)
