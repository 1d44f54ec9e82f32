"""Every base model that jobs serve, from a dataset in its own format to a model in service."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from localcloud.bedrock.faults import Faults
from localcloud.bedrock.pictures.pixels import Floats, thumbnail
from localcloud.scenarios import datasets
from tests.localcloud.cloud_process import RunningCloud, running_cloud
from tests.localcloud.own_formats import (
    CASES,
    QUESTION,
    REGIONS,
    Case,
    Json,
    answer_on,
    unseen_tickets,
)
from tests.localcloud.pictures import Shown, drawn
from tests.localcloud.runs import Service, service_in
from tunedrop.evaluation.metrics import rouge_l

_ROOM = {
    "no_commitment_model_units": 100,
    "deployments": 40,
    "deployments_in_progress": 40,
}
UNSEEN = drawn(20, 7)


@dataclass(frozen=True)
class Dropped:
    """A dataset that was dropped, and the service that it was dropped into."""

    case: Case
    service: Service
    key: str
    version: str

    def ask(self, model: str, **request: Any) -> Json:
        """What a model answers to a native body."""
        runtime = self.service.cloud.client("bedrock-runtime")
        answer = runtime.invoke_model(modelId=model, body=json.dumps(request))
        found: Json = json.loads(answer["body"].read())
        return found

    def say(self, model: str, *content: Json) -> str:
        """What a model answers in a conversation."""
        runtime = self.service.cloud.client("bedrock-runtime")
        answer = runtime.converse(
            modelId=model, messages=[{"role": "user", "content": list(content)}]
        )
        return str(answer["output"]["message"]["content"][0]["text"])


@pytest.fixture(scope="module")
def dropped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Dropped]]:
    """All datasets, dropped at once into a cloud for each Region."""
    with ExitStack() as stack, ThreadPoolExecutor(len(REGIONS)) as pool:
        places = [tmp_path_factory.mktemp(region) for region in REGIONS]
        contexts = [_cloud(region, place) for region, place in zip(REGIONS, places, strict=True)]
        clouds = list(pool.map(stack.enter_context, contexts))
        services = {cloud.region: service_in(cloud) for cloud in clouds}
        yield {case.recipe: _drop(case, services[case.region]) for case in CASES}


def _cloud(region: str, place: Path) -> Any:
    recipes = place / "recipes"
    recipes.mkdir()
    for case in CASES:
        if case.region == region:
            (recipes / f"{case.recipe}.yaml").write_text(case.recipe_text)
    return _roomy_cloud(
        place / "state",
        "--keep-retired", "1",
        "--context", f"recipes={recipes}",
        "--context", "accept_retired_models=true",
        "--context", f"region={region}",
        region=region,
    )  # fmt: skip


@contextmanager
def _roomy_cloud(state: Path, *options: str, region: str) -> Iterator[RunningCloud]:
    """A cloud in which all these models fit into service at once."""
    state.mkdir()
    with running_cloud(state, *options, region=region) as cloud:
        for quota, value in _ROOM.items():
            Faults(cloud.endpoint_url).order("quota", quota=quota, value=value)
        yield cloud


def _drop(case: Case, service: Service) -> Dropped:
    folder = f"datasets/{case.recipe}"
    if case.sees:
        with ThreadPoolExecutor(4) as pool:
            for at, shown in enumerate(case.pictures):
                pool.submit(service.put, f"{folder}/images/{at:05}.png", shown.png)
    records = case.records(f"s3://{service.outputs['DatasetsBucketName']}/{folder}/images")
    key = f"{folder}/own-format.jsonl"
    body = "".join(json.dumps(record) + "\n" for record in records).encode()
    return Dropped(case, service, key, service.put(key, body))


def says_better(dropped: Dropped, base: str, custom: str) -> bool:
    """Whether answers to tickets come closer to the summaries that belong after them."""
    before, after = (
        [rouge_l(said, dropped.say(model, {"text": asked})) for asked, said in unseen_tickets()]
        for model in (base, custom)
    )
    return float(np.mean(after)) > float(np.mean(before)) + 0.1


def sees_better(dropped: Dropped, base: str, custom: str) -> bool:
    """Whether answers tell what pictures show."""
    before, after = (
        sum(
            dropped.say(model, {"text": QUESTION}, _shown(each)) == answer_on(each)
            for each in UNSEEN
        )
        for model in (base, custom)
    )
    return after >= before + len(UNSEEN) / 4


def _shown(shown: Shown) -> Json:
    return {"image": {"format": "png", "source": {"bytes": shown.png}}}


def embeds_better(dropped: Dropped, base: str, custom: str) -> bool:
    """Whether captions find their own pictures."""
    before, after = (_found(dropped, model) for model in (base, custom))
    return after > before + 0.4


def _found(dropped: Dropped, model: str) -> float:
    said = [dropped.ask(model, inputText=each.caption)["embedding"] for each in UNSEEN]
    images = [base64.b64encode(each.png).decode() for each in UNSEEN]
    seen = [dropped.ask(model, inputImage=each)["embedding"] for each in images]
    scores: NDArray[np.float64] = np.array(said) @ np.array(seen).T
    return float(((scores > scores.diagonal()[:, None]).sum(axis=1) < 3).mean())


def draws_better(dropped: Dropped, base: str, custom: str) -> bool:
    """Whether drawings of captions come closer to their pictures."""
    before, after = (
        np.mean(
            [((_drawing(dropped, model, each) - _small(each.png)) ** 2).mean() for each in UNSEEN]
        )
        for model in (base, custom)
    )
    return bool(after < 0.8 * before)


def _drawing(dropped: Dropped, model: str, shown: Shown) -> Floats:
    answer = dropped.ask(
        model,
        taskType="TEXT_IMAGE",
        textToImageParams={"text": shown.caption},
        imageGenerationConfig={"width": 256, "height": 256},
    )
    return _small(base64.b64decode(answer["images"][0]))


def _small(content: bytes) -> Floats:
    small = thumbnail(content)
    assert small is not None
    return small


def better_at(case: Case) -> Callable[[Dropped, str, str], bool]:
    """What a custom model of the case has to be better at than its base."""
    if case.model.inference.request == "multimodal-embedding":
        return embeds_better
    if case.model.inference.request == "image-generation":
        return draws_better
    return sees_better if case.sees else says_better


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.recipe)
def test_dataset_of_its_own_format_becomes_a_better_model_in_service(
    dropped: Mapping[str, Dropped], case: Case
) -> None:
    mine = dropped[case.recipe]
    answer = mine.service.answer(mine.key, mine.version, final=True)
    assert answer["outcome"] == "RunSucceeded", answer["reason"]
    losses = [loss for *_, loss in mine.service.record(answer["run_id"])["losses"]["training"]]
    assert np.mean(losses[-5:]) < losses[0]
    custom = mine.service.model(case.recipe)
    kind = "custom-model-deployment" if case.model.serving.on_demand else "provisioned-model"
    assert f":{kind}/" in custom
    assert better_at(case)(mine, case.model.inference_id, custom)


@pytest.mark.parametrize(
    ("recipe", "field"),
    [("claude-3-haiku-ft", "messages"), ("llama-3-1-8b-instruct-ft", "completion")],
)
def test_one_dataset_becomes_a_model_of_any_base(
    dropped: Mapping[str, Dropped], recipe: str, field: str
) -> None:
    first = dropped[recipe]
    service = first.service
    service.answer(first.key, first.version, final=True)
    answer = service.run(
        recipe, "one-for-all", datasets.drawn(datasets.SUMMARIES, records=200, seed=0)
    )
    assert answer["outcome"] == "RunSucceeded", answer["reason"]
    train = service.artifact(f"runs/{recipe}/{answer['run_id']}/dataset/train.jsonl") or b""
    assert field in json.loads(train.splitlines()[0])


def test_every_way_of_customizing_is_here() -> None:
    assert len({case.recipe for case in CASES}) == len(CASES) >= 22
    assert {case.how.dataset_format for case in CASES} == {
        "prompt-completion",
        "continued-pre-training",
        "anthropic-messages",
        "bedrock-conversation-2024",
        "image-caption",
    }
