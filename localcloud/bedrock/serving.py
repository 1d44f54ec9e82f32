"""What provisioned throughput and deployments have in common: they take time, and models change."""

import time
from datetime import datetime, timedelta

from localcloud.bedrock.catalog import FoundationModel
from localcloud.bedrock.cloud import Call
from localcloud.bedrock.state import CustomModel, RegionState, Serving, now

AnyModel = CustomModel | FoundationModel

# Emulated seconds; the real service takes 8 to 30 minutes.
_READY_SECONDS = 110.0
_NO_REASON = "Encountered an internal error when processing the request."


def ready_at(call: Call, name: str) -> float:
    """When what is begun now is done, as `time.monotonic` will say; later where ordered so."""
    fault = call.cloud.faults.take(("serving_slow",), operation=call.operation, text=name)
    ordered = fault.delay if fault is not None else 0.0
    return time.monotonic() + call.cloud.paced(_READY_SECONDS) + ordered


def created_at(call: Call, name: str) -> datetime:
    """When what is created now says that it was created; earlier where ordered so."""
    fault = call.cloud.faults.take(("backdated",), operation=call.operation, text=name)
    return now() - timedelta(seconds=fault.delay if fault is not None else 0)


def is_creating(serving: Serving) -> bool:
    """Whether it is still being made."""
    return time.monotonic() < serving.ready_at


def is_updating(serving: Serving) -> bool:
    """Whether it is moving to another model; one that has moved by now is settled first."""
    if serving.next_model is None or time.monotonic() < serving.updated_at:
        return serving.next_model is not None
    if serving.update_failure is None:
        serving.model, serving.next_model, serving.modified = serving.next_model, None, now()
    return False


def begin_update(call: Call, serving: Serving, model: AnyModel) -> None:
    """Let it move to another model; until it has, and when that fails, it serves the old one."""
    serving.next_model = model
    serving.updated_at = ready_at(call, serving.name)
    serving.update_failure = take_failure(call, serving.name)
    serving.modified = now()


def has_failed_to_update(serving: Serving) -> bool:
    """Whether it was to move to another model, and could not."""
    return serving.update_failure is not None and not is_updating(serving)


def arn_of(state: RegionState, model: AnyModel) -> str:
    """The ARN of a custom model or a foundation model."""
    return model.arn if isinstance(model, CustomModel) else model.arn(state.region)


def base_of(model: AnyModel) -> FoundationModel:
    """The foundation model underneath."""
    return model.base if isinstance(model, CustomModel) else model


def take_failure(call: Call, name: str) -> str | None:
    """Why the thing of this name, which is being made or changed, was ordered to fail."""
    fault = call.cloud.faults.take(("serving_fails",), operation=call.operation, text=name)
    return (fault.message or _NO_REASON) if fault is not None else None
