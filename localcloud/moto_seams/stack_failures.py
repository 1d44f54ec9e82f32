"""CloudFormation: a failed resource ends in a failed stack, with an event that says why.

moto answers the request with the exception and leaves the stack in progress for ever.
"""

from typing import Any

from moto.cloudformation import models, parsing

from localcloud.moto_seams.replacing import replace
from localcloud.moto_seams.templates import NamedFailureError


def apply() -> None:
    """Turn exceptions into the events and states that clients wait for."""

    @replace(models.Stack, "create_resources")
    def create_resources(original: Any, stack: Any) -> None:
        try:
            original(stack)
        except NamedFailureError as failure:
            fail(stack, failure, "CREATE_FAILED", "ROLLBACK_COMPLETE")

    @replace(models.CloudFormationBackend, "create_stack")
    def create_stack(original: Any, backend: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        # Exports are looked at before create_resources, and that creates what they refer to.
        try:
            return original(backend, name, *args, **kwargs)
        except NamedFailureError as failure:
            stack = next(each for each in backend.stacks.values() if each.name == name)
            fail(stack, failure, "CREATE_FAILED", "ROLLBACK_COMPLETE")
            return stack

    @replace(models.Stack, "update")
    def update(original: Any, stack: Any, *args: Any, **kwargs: Any) -> None:
        stack.failed_status = None
        try:
            original(stack, *args, **kwargs)
        except NamedFailureError as failure:
            fail(stack, failure, "UPDATE_FAILED", "UPDATE_ROLLBACK_COMPLETE")


def fail(stack: Any, failure: NamedFailureError, event: str, status: str) -> None:
    """Record a failed resource as an event, and the stack as rolled back."""
    stack.events.append(
        models.Event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=failure.logical_id,
            physical_resource_id="",
            resource_type=failure.resource_type,
            resource_status=event,
            resource_status_reason=failure.reason,
            resource_properties=None,
        )
    )
    _forget_what_is_not_there(stack)
    stack._add_stack_event(status)
    stack.status = stack.failed_status = status


def _forget_what_is_not_there(stack: Any) -> None:
    """moto creates a resource whenever somebody looks at it; nobody is to try these again."""
    resources = stack.resource_map
    there = resources._parsed_resources.keys()
    resources._resource_json_map = {
        name: body for name, body in resources._resource_json_map.items() if name in there
    }
    stack.output_map = parsing.OutputMap(resources, {}, stack.stack_id)
