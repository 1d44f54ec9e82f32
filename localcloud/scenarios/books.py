"""What Bedrock, the table, the parameters, the executions and S3 say, read side by side.

By the AWS APIs and the names that people rely on alone: tags, names of parameters, keys of objects.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from localcloud.place import ROOT
from localcloud.service import Service

THROUGHPUT, DEPLOYMENT, JOB, MODEL = "throughput", "deployment", "job", "custom model"
ENDED = "ended"
STAGE = "dev"
_GOING = frozenset({"InProgress", "Stopping"})
_CATALOG = ROOT / "tunedrop" / "catalog" / "models.json"

Item = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Resource:
    """Something in Bedrock that carries the tags of the stage; `model_arn` is what it serves."""

    kind: str
    name: str
    arn: str
    status: str
    model_arn: str
    recipe: str
    run_id: str


@dataclass(frozen=True, kw_only=True)
class Books:
    """One reading. Items by run_id or recipe; `turns` says which run may deploy for a recipe."""

    read_at: str
    resources: tuple[Resource, ...]
    runs: Mapping[str, Item]
    recipes: Mapping[str, Item]
    turns: Mapping[str, str]
    executions: Mapping[str, str]
    published: Mapping[str, Item]
    answers: Mapping[str, Item]
    parameters: Mapping[str, str]
    base_models: Mapping[str, str]


def read(service: Service) -> Books:
    """Read everything once; `base_models` are the ids by which recipes' base models are invoked."""
    items = service.items()
    runs = _keyed(items, "run#")
    parameters = _parameters(service)
    return Books(
        read_at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        resources=tuple(_resources(service)),
        runs=runs,
        recipes=_keyed(items, "recipe#"),
        turns={recipe: item["holder"] for recipe, item in _keyed(items, "turn#").items()},
        executions=_executions(service),
        published={run_id: _published(service, item) for run_id, item in runs.items()},
        answers={run_id: _answer(service, item) for run_id, item in runs.items()},
        parameters={n[:-6]: value for n, value in parameters.items() if n.endswith("/model")},
        base_models=_base_models(parameters),
    )


def _keyed(items: Sequence[Item], prefix: str) -> dict[str, Item]:
    return {i["pk"].removeprefix(prefix): i for i in items if i["pk"].startswith(prefix)}


def _resources(service: Service) -> Iterator[Resource]:
    for kind, item in _listed(service.bedrock):
        fields = _FIELDS[kind]
        arn = item[fields[1]]
        answer = service.bedrock.list_tags_for_resource(resourceARN=arn)
        tags = {tag["key"]: tag["value"] for tag in answer["tags"]}
        if tags.get("tunedrop:stage") == STAGE:
            yield Resource(
                kind=kind,
                name=item[fields[0]],
                arn=arn,
                status=item.get("status", ""),
                model_arn=item.get("modelArn", ""),
                recipe=tags.get("tunedrop:recipe", ""),
                run_id=tags.get("tunedrop:run_id", ""),
            )


_FIELDS = {
    THROUGHPUT: ("provisionedModelName", "provisionedModelArn"),
    DEPLOYMENT: ("customModelDeploymentName", "customModelDeploymentArn"),
    JOB: ("jobName", "jobArn"),
    MODEL: ("modelName", "modelArn"),
}


def _listed(bedrock: Any) -> Iterator[tuple[str, Item]]:
    for kind, operation, member in (
        (THROUGHPUT, "list_provisioned_model_throughputs", "provisionedModelSummaries"),
        (DEPLOYMENT, "list_custom_model_deployments", "modelDeploymentSummaries"),
        (JOB, "list_model_customization_jobs", "modelCustomizationJobSummaries"),
        (MODEL, "list_custom_models", "modelSummaries"),
    ):
        for page in bedrock.get_paginator(operation).paginate():
            for item in page[member]:
                if kind != JOB or item["status"] in _GOING:
                    yield kind, item


def _executions(service: Service) -> dict[str, str]:
    pages = service.client("stepfunctions").get_paginator("list_executions")
    return {
        each["name"]: each["status"]
        for page in pages.paginate(stateMachineArn=service.outputs["StateMachineArn"])
        for each in page["executions"]
    }


def _published(service: Service, run: Item) -> Item:
    content = service.artifact(f"runs/{run['recipe']}/{run['run_id']}/run.json")
    return dict(json.loads(content or b"{}"))


def _answer(service: Service, run: Item) -> Item:
    """The answer to a run's drop; empty where a later drop of that name was answered since."""
    answer = dict(json.loads(service.artifact(f"answers/{run['source']['key']}.json") or b"{}"))
    return answer if answer.get("run_id") == run["run_id"] else {}


def _parameters(service: Service) -> dict[str, str]:
    pages = service.client("ssm").get_paginator("get_parameters_by_path")
    root = f"/tunedrop/{STAGE}/"
    return {
        each["Name"].removeprefix(root): each["Value"]
        for page in pages.paginate(Path=root, Recursive=True)
        for each in page["Parameters"]
    }


def _base_models(parameters: Mapping[str, str]) -> dict[str, str]:
    catalog = json.loads(_CATALOG.read_text())["models"]
    invoked = {model["id"]: model["inference"]["id"] for model in catalog}
    recipes = {n.removesuffix("/recipe"): v for n, v in parameters.items() if "/recipe" in n}
    return {name: invoked[json.loads(text)["base_model"]] for name, text in recipes.items()}
