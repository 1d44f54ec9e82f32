"""Base models that take jobs no more, behind the stand-in's switch: one dataset, any of them."""

import json
from collections.abc import Iterator

import pytest

from tests.localcloud.cloud_process import running_cloud
from tests.localcloud.runs import SUMMARIES, Service, sample

# The recipe of a retired model, and a field that only its dataset format has.
RETIRED = {
    "claude-3-haiku": "messages",
    "llama-3-1-8b": "completion",
    "titan-text-express": "completion",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    options = (
        "--keep-retired", "1",
        "--context", "recipes=tests/recipes",
        "--context", "accept_retired_models=true",
        "--context", "region=us-west-2",
    )  # fmt: skip
    state = tmp_path_factory.mktemp("retired_cloud")
    with running_cloud(state, *options, region="us-west-2") as cloud:
        yield Service(cloud)


@pytest.mark.parametrize("recipe", RETIRED)
def test_one_dataset_becomes_a_model_of_any_retired_base(service: Service, recipe: str) -> None:
    answer = service.run(recipe, "one-for-all", sample(SUMMARIES, 200))
    assert answer["outcome"] == "RunSucceeded", answer["reason"]
    root = f"runs/{recipe}/{answer['run_id']}/dataset/"
    train = service.artifact(f"{root}train.jsonl") or b""
    assert RETIRED[recipe] in json.loads(train.splitlines()[0])
    record = service.record(answer["run_id"])
    assert record["losses"]["training"][0][2] > record["losses"]["training"][-1][2]
