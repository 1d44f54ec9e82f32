"""Provisioned throughput: create, get, list, update, delete."""

from datetime import timedelta
from typing import Any

from localcloud.bedrock import quota_values
from localcloud.bedrock.catalog import FoundationModel
from localcloud.bedrock.cloud import Answer, Call, answered_once, without_none
from localcloud.bedrock.errors import conflict, invalid, invalid_model, not_found, quota_exceeded
from localcloud.bedrock.listing import Listing, page
from localcloud.bedrock.serving import (
    AnyModel,
    arn_of,
    base_of,
    begin_update,
    created_at,
    has_failed_to_update,
    is_creating,
    is_updating,
    ready_at,
    take_failure,
)
from localcloud.bedrock.state import CustomModel, RegionState, Throughput, find, now

_TERMS = {"OneMonth": timedelta(days=30), "SixMonths": timedelta(days=180)}


@answered_once
def create(call: Call) -> Answer:
    """CreateProvisionedModelThroughput."""
    given = call.parameters
    model = _model(call, given["modelId"])
    _check_offered(call, model)
    _check_name(call, given["provisionedModelName"])
    _check_units(call, model)
    moment = created_at(call, given["provisionedModelName"])
    term = given.get("commitmentDuration")
    throughput = Throughput(
        arn=call.state.new_arn("provisioned-model"),
        name=given["provisionedModelName"],
        model=model,
        created=moment,
        modified=moment,
        ready_at=ready_at(call, given["provisionedModelName"]),
        failure=take_failure(call, given["provisionedModelName"]),
        units=given["modelUnits"],
        commitment=term,
        commitment_ends=moment + _TERMS[term] if term else None,
    )
    call.state.throughputs[throughput.arn] = throughput
    call.state.keep_tags(throughput.arn, given.get("tags", ()))
    return {"provisionedModelArn": throughput.arn}


def get(call: Call) -> Answer:
    """GetProvisionedModelThroughput."""
    with call.state.lock:
        throughput = _existing(call)
        return _summary(call.state, throughput) | without_none(
            {"failureMessage": _failure(throughput)}
        )


def update(call: Call) -> Answer:
    """UpdateProvisionedModelThroughput: another name, or another model of the same base.

    What could not be moved to a model may be moved to another; what was never made may not. AWS
    documents neither.
    """
    with call.state.lock:
        throughput, given = _existing(call), call.parameters
        if status(throughput) != "InService" and not has_failed_to_update(throughput):
            raise invalid("The provisioned model throughput is in a mutating state")
        wanted = given.get("desiredProvisionedModelName")
        if wanted and wanted != throughput.name:
            _check_name(call, wanted)
        if given.get("desiredModelId"):
            begin_update(call, throughput, _movable(call, throughput, given["desiredModelId"]))
        throughput.name = wanted or throughput.name
    return {}


def _movable(call: Call, throughput: Throughput, identifier: str) -> AnyModel:
    if isinstance(throughput.model, FoundationModel):
        raise invalid("The model of a provisioned model throughput for a base model is not changed")
    model = _model(call, identifier)
    if base_of(model) is not base_of(throughput.model):
        raise invalid("The desired model must have the same base model as the current one")
    return model


def delete(call: Call) -> Answer:
    """DeleteProvisionedModelThroughput; not while it changes, nor before its term ends."""
    with call.state.lock:
        throughput = _existing(call)
        if status(throughput) in ("Creating", "Updating"):
            raise conflict("The provisioned model throughput is in a mutating state")
        if throughput.commitment_ends and now() < throughput.commitment_ends:
            raise invalid(
                "A provisioned model throughput with a commitment cannot be deleted before the "
                f"end of its term, {throughput.commitment_ends:%Y-%m-%d}"
            )
        del call.state.throughputs[throughput.arn]
        call.state.tags.pop(throughput.arn, None)
    return {}


def listed(call: Call) -> Answer:
    """ListProvisionedModelThroughputs."""
    with call.state.lock:
        given = call.parameters
        kept = [
            each
            for each in call.state.throughputs.values()
            if given.get("statusEquals") in (None, status(each))
            and given.get("modelArnEquals") in (None, arn_of(call.state, each.model))
        ]
        return page(call, kept, _LISTING)


def status(throughput: Throughput) -> str:
    """Creating, InService, Updating or Failed."""
    if is_creating(throughput):
        return "Creating"
    if throughput.failure is not None or has_failed_to_update(throughput):
        return "Failed"
    return "Updating" if is_updating(throughput) else "InService"


def _model(call: Call, identifier: str) -> AnyModel:
    found: AnyModel | None = find(call.state.models, identifier)
    found = found or call.cloud.catalog.by_training_id(identifier)
    if found is None and ":custom-model/" in identifier:
        raise not_found("The provided model identifier is not found")
    if found is None:
        raise invalid_model()
    return found


def _check_offered(call: Call, model: AnyModel) -> None:
    base = base_of(model)
    if call.cloud.catalog.lifecycle(base, now().date()) != "ACTIVE":
        raise invalid_model()
    if not base.serving.provisioned:
        raise invalid(f"Provisioned throughput is not supported for model {base.id}")


def _check_name(call: Call, name: str) -> None:
    if find(call.state.throughputs, name):
        raise invalid(f"A provisioned model with the name {name} already exists")


def _check_units(call: Call, model: AnyModel) -> None:
    base, units = base_of(model), call.parameters["modelUnits"]
    name = call.parameters["provisionedModelName"]
    if call.cloud.faults.take(("no_capacity",), operation=call.operation, text=name):
        raise _no_units(base)
    most = base.serving.model_units_quota_code
    if most and units > call.cloud.quotas.value(most):
        raise _no_units(base)
    if call.parameters.get("commitmentDuration") or isinstance(model, FoundationModel):
        return
    bought = sum(
        each.units
        for each in call.state.throughputs.values()
        if not each.commitment and isinstance(each.model, CustomModel) and status(each) != "Failed"
    )
    if bought + units > call.cloud.quotas.value(quota_values.NO_COMMITMENT_UNITS):
        raise _no_units(base)


def _no_units(base: FoundationModel) -> Exception:
    return quota_exceeded(
        "Your account does not currently have any no commitment model units reserved for "
        f"{base.id}."
    )


def _failure(throughput: Throughput) -> str | None:
    why = throughput.failure or throughput.update_failure
    return why if status(throughput) == "Failed" else None


def _existing(call: Call) -> Throughput:
    throughput = find(call.state.throughputs, call.parameters["provisionedModelId"])
    if throughput is None:
        raise not_found("The provided provisioned model identifier is not found")
    return throughput


def _summary(state: RegionState, throughput: Throughput) -> dict[str, Any]:
    present = status(throughput)
    return without_none(
        {
            "provisionedModelName": throughput.name,
            "provisionedModelArn": throughput.arn,
            "modelArn": arn_of(state, throughput.model),
            "desiredModelArn": arn_of(state, throughput.next_model or throughput.model),
            "foundationModelArn": base_of(throughput.model).arn(state.region),
            "modelUnits": throughput.units,
            "desiredModelUnits": throughput.units,
            "status": present,
            "commitmentDuration": throughput.commitment,
            "commitmentExpirationTime": throughput.commitment_ends,
            "creationTime": throughput.created,
            "lastModifiedTime": throughput.modified,
        }
    )


_LISTING = Listing(
    member="provisionedModelSummaries",
    summary=_summary,
    before="creationTimeBefore",
    after="creationTimeAfter",
)
