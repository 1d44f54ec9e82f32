"""Custom model deployments (on demand): create, get, list, update, delete."""

from typing import Any

from localcloud.bedrock import quota_values
from localcloud.bedrock.cloud import Answer, Call, answered_once, without_none
from localcloud.bedrock.custom_models import existing as existing_model
from localcloud.bedrock.errors import invalid, invalid_model, not_found, quota_exceeded
from localcloud.bedrock.listing import Listing, page
from localcloud.bedrock.serving import (
    arn_of,
    begin_update,
    created_at,
    has_failed_to_update,
    is_creating,
    is_updating,
    ready_at,
    take_failure,
)
from localcloud.bedrock.state import CustomModel, Deployment, RegionState, find, now

_MUTATING = "Custom model deployment is in a mutating state"


@answered_once
def create(call: Call) -> Answer:
    """CreateCustomModelDeployment."""
    given = call.parameters
    model = _servable(call, existing_model(call, given["modelArn"]))
    if find(call.state.deployments, given["modelDeploymentName"]):
        raise invalid(
            f"A custom model deployment with the name {given['modelDeploymentName']} already exists"
        )
    _check_quotas(call)
    moment = created_at(call, given["modelDeploymentName"])
    deployment = Deployment(
        arn=call.state.new_arn("custom-model-deployment"),
        name=given["modelDeploymentName"],
        model=model,
        created=moment,
        modified=moment,
        ready_at=ready_at(call, given["modelDeploymentName"]),
        failure=take_failure(call, given["modelDeploymentName"]),
        description=given.get("description"),
    )
    call.state.deployments[deployment.arn] = deployment
    call.state.keep_tags(deployment.arn, given.get("tags", ()))
    return {"customModelDeploymentArn": deployment.arn}


def get(call: Call) -> Answer:
    """GetCustomModelDeployment, by ARN or name."""
    with call.state.lock:
        deployment = _existing(call)
        return without_none(
            {
                "customModelDeploymentArn": deployment.arn,
                "modelDeploymentName": deployment.name,
                "modelArn": arn_of(call.state, deployment.model),
                "createdAt": deployment.created,
                "status": status(deployment),
                "description": deployment.description,
                "updateDetails": _update_details(call.state, deployment),
                "failureMessage": _failure(deployment),
                "lastUpdatedAt": deployment.modified,
            }
        )


def update(call: Call) -> Answer:
    """UpdateCustomModelDeployment: blue/green to another custom model of the same base."""
    with call.state.lock:
        deployment = _existing(call)
        model = _servable(call, existing_model(call, call.parameters["modelArn"]))
        if status(deployment) != "Active" or is_updating(deployment):
            raise invalid(_MUTATING)
        if not isinstance(deployment.model, CustomModel) or model.base is not deployment.model.base:
            raise invalid("The model must have the same base model as the deployed one")
        begin_update(call, deployment, model)
        deployment.was_updated = True
        return {"customModelDeploymentArn": deployment.arn}


def delete(call: Call) -> Answer:
    """DeleteCustomModelDeployment; refused while it is being made or changed."""
    with call.state.lock:
        deployment = _existing(call)
        if is_creating(deployment) or is_updating(deployment):
            raise invalid(_MUTATING)
        del call.state.deployments[deployment.arn]
        call.state.tags.pop(deployment.arn, None)
    return {}


def listed(call: Call) -> Answer:
    """ListCustomModelDeployments."""
    with call.state.lock:
        given = call.parameters
        kept = [
            each
            for each in call.state.deployments.values()
            if given.get("statusEquals") in (None, status(each))
            and given.get("modelArnEquals") in (None, arn_of(call.state, each.model))
        ]
        return page(call, kept, _LISTING)


def status(deployment: Deployment) -> str:
    """Creating, Active or Failed."""
    if is_creating(deployment):
        return "Creating"
    return "Active" if deployment.failure is None else "Failed"


def _servable(call: Call, model: CustomModel) -> CustomModel:
    if call.cloud.catalog.lifecycle(model.base, now().date()) == "END_OF_LIFE":
        raise invalid_model()
    serving = model.base.serving
    in_region = call.region in serving.on_demand_regions or call.cloud.catalog.keep_retired
    if not serving.on_demand or not in_region:
        raise invalid(
            f"Custom model deployment is not supported for the base model {model.base.id} in "
            f"{call.region}"
        )
    return model


def _check_quotas(call: Call) -> None:
    made = call.state.deployments.values()
    quotas = call.cloud.quotas
    most = quotas.value(quota_values.DEPLOYMENTS)
    if len(made) >= most:
        raise quota_exceeded(f"You have reached the limit of {most:g} custom model deployments")
    most = quotas.value(quota_values.DEPLOYMENTS_IN_PROGRESS)
    if sum(is_creating(each) or is_updating(each) for each in made) >= most:
        raise quota_exceeded(
            f"You have reached the limit of {most:g} custom model deployments in progress"
        )


def _existing(call: Call) -> Deployment:
    identifier = call.parameters["customModelDeploymentIdentifier"]
    deployment = find(call.state.deployments, identifier)
    if deployment is None:
        raise not_found("The provided custom model deployment identifier is not found")
    return deployment


def _update_details(state: RegionState, deployment: Deployment) -> dict[str, Any] | None:
    if not deployment.was_updated:
        return None
    done = "UpdateFailed" if has_failed_to_update(deployment) else "UpdateCompleted"
    return {
        "modelArn": arn_of(state, deployment.next_model or deployment.model),
        "updateStatus": "Updating" if is_updating(deployment) else done,
    }


def _failure(deployment: Deployment) -> str | None:
    return deployment.failure if status(deployment) == "Failed" else None


def _summary(state: RegionState, deployment: Deployment) -> dict[str, Any]:
    is_updating(deployment)
    return without_none(
        {
            "customModelDeploymentArn": deployment.arn,
            "customModelDeploymentName": deployment.name,
            "modelArn": arn_of(state, deployment.model),
            "createdAt": deployment.created,
            "status": status(deployment),
            "lastUpdatedAt": deployment.modified,
            "failureMessage": _failure(deployment),
        }
    )


_LISTING = Listing(
    member="modelDeploymentSummaries",
    summary=_summary,
    before="createdBefore",
    after="createdAfter",
)
