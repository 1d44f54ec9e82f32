"""CloudFormation: a failed resource ends in a failed stack, with an event that says why.

moto answers the request with the exception and leaves the stack in progress for ever.
"""

from typing import Any

from moto.cloudformation import models

from localcloud.moto_seams.replacing import replace
from localcloud.moto_seams.templates import NamedFailureError


def apply() -> None:
    """Turn exceptions into the events and states that clients wait for."""

    @replace(models.Stack, "create_resources")
    def create_resources(original: Any, stack: Any) -> None:
        try:
            original(stack)
        except NamedFailureError as failure:
            _fail(stack, failure, "CREATE_FAILED", "ROLLBACK_COMPLETE")

    @replace(models.Stack, "update")
    def update(original: Any, stack: Any, *args: Any, **kwargs: Any) -> None:
        stack.failed_status = None
        try:
            original(stack, *args, **kwargs)
        except NamedFailureError as failure:
            _fail(stack, failure, "UPDATE_FAILED", "UPDATE_ROLLBACK_COMPLETE")

    @replace(models.CloudFormationBackend, "execute_change_set")
    def execute_change_set(original: Any, backend: Any, *args: Any, **kwargs: Any) -> None:
        original(backend, *args, **kwargs)
        for stack in backend.stacks.values():
            if failed := getattr(stack, "failed_status", None):
                stack.status = failed


def _fail(stack: Any, failure: NamedFailureError, event: str, status: str) -> None:
    stack.events.append(
        models.Event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=failure.logical_id,
            physical_resource_id="",
            resource_type=failure.resource_type,
            resource_status=event,
            resource_status_reason=failure.reason,
        )
    )
    stack._add_stack_event(status)
    stack.status = stack.failed_status = status
