"""The hourly sweep, among what is nobody's, what is a stranger's and what is being made."""

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
    """Plant them, sweep once, and look what is left."""
    champion = stage.given_champion(RECIPE, drawn(ROUTING, seed=9))
    stage.service.faults.order("quota", quota="no_commitment_model_units", value=20)
    model = stage.item(RECIPE)["champion"]["custom_model_arn"]
    planted = _plant(stage, model)
    stage.say(f"Planted, two hours old but for the last: {', '.join(planted)}.")
    for kind in ("backdated", "serving_slow"):
        delay = _TWO_HOURS if kind == "backdated" else _SLOW
        stage.service.faults.order(kind, operation=_THROUGHPUT, match=f"{RECIPE}-", delay=delay)
    in_flight = stage.start(RECIPE, "in-flight", drawn(ROUTING, seed=13))
    stage.follow(in_flight, until="WaitForDeployment")
    unowned = {row.resource.name for row in audit(read(stage.service)).rows if not row.owner}
    expect("the audit sees what is nobody's", holds=unowned == {*_ORPHANS, "young"})
    swept = stage.sweep()
    expect("the orphans are taken down", holds=_names(swept["taken_down"]) == _ORPHANS)
    left = set().union(*map(stage.in_bedrock, planted))
    expect("strangers' and young things are left", holds=left == set(planted) - _ORPHANS)
    stage.end(in_flight, SUCCEEDED)
    stage.expect_champion(RECIPE, in_flight)
    for name in left:
        stage.service.bedrock.delete_provisioned_model_throughput(provisionedModelId=name)
    return f"Two orphans are gone, three others stayed, and {in_flight} replaced {champion}."


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
    return ("orphan-deployment", *planted)


def _listed(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def _names(resources: list[str]) -> set[str]:
    return {each.split()[-1] for each in resources}
