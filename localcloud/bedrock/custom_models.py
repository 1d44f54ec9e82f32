"""Custom models: get, list, delete."""

from collections.abc import Iterator
from typing import Any

from localcloud.bedrock.cloud import Answer, Call, without_none
from localcloud.bedrock.errors import conflict, not_found
from localcloud.bedrock.jobs import final_losses
from localcloud.bedrock.listing import Listing, page
from localcloud.bedrock.state import CustomModel, RegionState, find
from localcloud.place import ACCOUNT


def get(call: Call) -> Answer:
    """GetCustomModel, by ARN or name."""
    with call.state.lock:
        return _details(call.state, existing(call, call.parameters["modelIdentifier"]))


def delete(call: Call) -> Answer:
    """DeleteCustomModel; refused while something is served from it or trained on it."""
    with call.state.lock:
        model = existing(call, call.parameters["modelIdentifier"])
        used_by = next(_users(call.state, model), None)
        if used_by is not None:
            raise conflict(f"The custom model {model.arn} is in use by {used_by}")
        del call.state.models[model.arn]
        call.state.tags.pop(model.arn, None)
    return {}


def listed(call: Call) -> Answer:
    """ListCustomModels."""
    with call.state.lock:
        models = [model for model in call.state.models.values() if _is_asked_for(call, model)]
        return page(call, models, _LISTING)


def existing(call: Call, identifier: str) -> CustomModel:
    """The custom model of an ARN or a name; ResourceNotFoundException for an unknown one."""
    model = find(call.state.models, identifier)
    if model is None:
        raise not_found("The provided model identifier is not found")
    return model


def _is_asked_for(call: Call, model: CustomModel) -> bool:
    given = call.parameters
    base, foundation = _base_arn(call.state, model), model.base.arn(call.region)
    return (
        given.get("baseModelArnEquals") in (None, base)
        and given.get("foundationModelArnEquals") in (None, foundation)
        and given.get("modelStatus") in (None, "Active")
        and given.get("isOwned") is not False
    )


def _users(state: RegionState, model: CustomModel) -> Iterator[str]:
    for serving in (*state.throughputs.values(), *state.deployments.values()):
        if model in (serving.model, serving.next_model):
            yield serving.arn
    for job in state.jobs.values():
        if job.is_scheduled and job.parent is model:
            yield job.arn


def _base_arn(state: RegionState, model: CustomModel) -> str:
    parent = model.job.parent
    return parent.arn if parent else model.base.arn(state.region)


def _details(state: RegionState, model: CustomModel) -> dict[str, Any]:
    job = model.job
    details = {
        "modelArn": model.arn,
        "modelName": model.name,
        "jobName": job.name,
        "jobArn": job.arn,
        "baseModelArn": _base_arn(state, model),
        "customizationType": job.customization.customization_type,
        "modelKmsKeyArn": job.key_arn,
        "hyperParameters": dict(job.hyperparameters),
        "trainingDataConfig": job.request["trainingDataConfig"],
        "validationDataConfig": job.request.get("validationDataConfig"),
        "outputDataConfig": job.request["outputDataConfig"],
        "creationTime": model.created,
        "modelStatus": "Active",
    }
    return without_none({**details, **final_losses(job)})


def _summary(state: RegionState, model: CustomModel) -> dict[str, Any]:
    return {
        "modelArn": model.arn,
        "modelName": model.name,
        "creationTime": model.created,
        "baseModelArn": _base_arn(state, model),
        "baseModelName": model.base.inference.model_id.partition(":")[0],
        "customizationType": model.job.customization.customization_type,
        "ownerAccountId": ACCOUNT,
        "modelStatus": "Active",
    }


_LISTING = Listing(
    member="modelSummaries",
    summary=_summary,
    before="creationTimeBefore",
    after="creationTimeAfter",
)
