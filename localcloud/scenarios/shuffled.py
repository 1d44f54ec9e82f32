"""A spoiled dataset: each completion stands beside another's prompt."""

from localcloud.scenarios.datasets import SUMMARIES, drawn, shuffled
from localcloud.scenarios.stage import REJECTED, Stage, expect

SAYS = "A model trained on shuffled completions is refused after its test, and taken down."
RECIPE = "handover-best"


def play(stage: Stage) -> str:
    """Train on the spoiled records, test on good ones."""
    champion = stage.given_champion(RECIPE, drawn(SUMMARIES, seed=1))
    stage.say("Now the same kind of records, their completions shuffled; the test set is good.")
    folder = f"datasets/{RECIPE}/shuffled"
    stage.service.put(f"{folder}/train.jsonl", shuffled(seed=2))
    stage.service.put(f"{folder}/test.jsonl", drawn(SUMMARIES, seed=3, records=20))
    run_id = stage.request(
        RECIPE, "shuffled", "train: [shuffled/train.jsonl]\ntest: shuffled/test.jsonl\n"
    )
    record = stage.end(run_id, REJECTED)
    expect("its test told it from the champion", holds="is worse than" in record["cause"])
    expect("all that it made is taken down", holds=not stage.in_bedrock(run_id))
    stage.expect_champion(RECIPE, champion)
    return f"The spoiled model was refused and taken down; {champion} serves {RECIPE} as before."
