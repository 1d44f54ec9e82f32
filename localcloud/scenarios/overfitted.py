"""A model that recites its few examples."""

from localcloud.scenarios.datasets import SUMMARIES, drawn
from localcloud.scenarios.stage import REJECTED, Stage, expect

SAYS = "A model that overfitted is refused by its losses, before anything is deployed."
RECIPE = "handover"
_REQUEST = """\
train: [few/october.jsonl]
hyperparameters: {epochs: 5, learning_rate: 0.00005}
"""


def play(stage: Stage) -> str:
    """Few records, many epochs, a high learning rate."""
    stage.service.put(f"datasets/{RECIPE}/few/october.jsonl", drawn(SUMMARIES, 4, records=40))
    run_id = stage.request(RECIPE, "few", _REQUEST)
    record = stage.end(run_id, REJECTED)
    epochs = record["snapshot"]["hyperparameters"]["epochs"]
    expect("the run request was heeded", holds=epochs == 5)
    expect("the losses say why", holds="overfitted" in record["cause"])
    expect("nothing was ever deployed for it", holds="deployment" not in record)
    expect("its custom model is gone", holds=not stage.in_bedrock(run_id))
    return "The curves gave it away: nothing was deployed, and the custom model is deleted."
