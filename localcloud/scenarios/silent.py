"""A recipe that asks a person, and nobody answers."""

from datetime import timedelta

from localcloud.scenarios.asking import asked
from localcloud.scenarios.stage import Stage, expect

SAYS = "Nobody answers for three days: that is a no, and the model is deleted."
_LONG_AGO = timedelta(days=-3, minutes=-1)


def play(stage: Stage) -> str:
    """Let three days pass; the run looks once an hour whether they have."""
    run_id = asked(stage, "unanswered", seed=7)
    stage.say("The question is made three days old; the run's next look is within the hour.")
    stage.move_clock(f"run#{run_id}", "approval.asked_at", to=_LONG_AGO)
    record = stage.end(run_id, "DeploymentDeclined")
    expect("the cause says so", holds="Nobody approved" in record["cause"])
    expect("nothing is left of it", holds=not stage.in_bedrock(run_id))
    return "Silence is a no: nothing was deployed, and the custom model is deleted."
