"""The hourly sweep, among what is nobody's, what is a stranger's and what is being made."""

from functools import partial

from localcloud.scenarios.audit import audit
from localcloud.scenarios.books import read
from localcloud.scenarios.datasets import ROUTING, drawn
from localcloud.scenarios.stage import SUCCEEDED, Stage, expect

SAYS = "The sweep takes down what nobody owns; strangers' things and a run in flight it leaves."
RECIPE = "routing"
_TWO_HOURS = 7200.0
_SLOW = 12.0
_THROUGHPUT, _DEPLOYMENT = "CreateProvisionedModelThroughput", "CreateCustomModelDeployment"


def play(stage: Stage) -> str:
    """Plant them while a run waits for its throughput, sweep once, and look what is left."""
    stage.hold_schedule()
    champion = stage.given_champion(RECIPE, drawn(ROUTING, seed=9))
    faults = stage.service.faults
    faults.order("backdated", operation=_THROUGHPUT, delay=_TWO_HOURS)
    faults.order("serving_slow", operation=_THROUGHPUT, delay=_SLOW)
    in_flight = stage.start(RECIPE, "in-flight", drawn(ROUTING, seed=13))
    stage.follow(in_flight, until="WaitForDeployment")
    planted = _plant(stage, stage.item(RECIPE)["champion"]["custom_model_arn"])
    stage.say(f"Planted, two hours old but for the last: {', '.join(planted)}.")
    try:
        _sweep(stage, planted)
    finally:
        for name in _left(stage, planted):
            stage.service.bedrock.delete_provisioned_model_throughput(provisionedModelId=name)
    stage.end(in_flight, SUCCEEDED)
    stage.expect_champion(RECIPE, in_flight)
    return f"Two orphans are gone, three others stayed, and {in_flight} replaced {champion}."


def _sweep(stage: Stage, planted: tuple[str, ...]) -> None:
    unowned = {row.resource.name for row in audit(read(stage.service)).rows if not row.owner}
    expect("the audit sees what is nobody's", holds=unowned == {*_ORPHANS, "young"})
    swept = stage.sweep()
    expect("the orphans are taken down", holds=_names(swept["taken_down"]) == _ORPHANS)
    left = _left(stage, planted)
    expect("strangers' and young things are left", holds=left == set(planted) - _ORPHANS)


def _left(stage: Stage, planted: tuple[str, ...]) -> set[str]:
    return set().union(*map(stage.in_bedrock, planted))


_ORPHANS = {"orphan-throughput", "orphan-deployment"}
_OURS = {"tunedrop:stage": "dev", "tunedrop:recipe": RECIPE, "tunedrop:run_id": "nobody"}


def _plant(stage: Stage, model: str) -> tuple[str, ...]:
    bedrock = stage.service.bedrock
    stage.service.faults.order("backdated", operation=_THROUGHPUT, delay=_TWO_HOURS, count=3)
    stage.service.faults.order("backdated", operation=_DEPLOYMENT, delay=_TWO_HOURS)
    planted = {
        "orphan-throughput": _OURS,
        "stranger": {},
        "other-stage": {**_OURS, "tunedrop:stage": "prod"},
        "young": _OURS,
    }
    for name, tags in planted.items():
        bedrock.create_provisioned_model_throughput(
            modelUnits=1, provisionedModelName=name, modelId=model, tags=_listed(tags)
        )
    bedrock.create_custom_model_deployment(
        modelDeploymentName="orphan-deployment", modelArn=model, tags=_listed(_OURS)
    )
    for name in planted:
        stage.service.eventually(partial(_is_ready, stage, name), f"{name} in service")
    return ("orphan-deployment", *planted)


def _is_ready(stage: Stage, name: str) -> bool:
    found = stage.service.bedrock.get_provisioned_model_throughput(provisionedModelId=name)
    return bool(found["status"] == "InService")


def _listed(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def _names(resources: list[str]) -> set[str]:
    return {each.split()[-1] for each in resources}
