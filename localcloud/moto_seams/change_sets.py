"""CloudFormation's change sets, by which the CDK CLI deploys.

A stack that moto makes through a change set has no outputs, neither sees other stacks' exports
nor exports its own, a change set that is unknown cannot be deleted, and a failing resource breaks
the request.
"""

from typing import Any

from moto.cloudformation import models

from localcloud.moto_seams.replacing import replace
from localcloud.moto_seams.stack_failures import fail
from localcloud.moto_seams.templates import NamedFailureError


def apply() -> None:
    """Make change sets do what CreateStack and UpdateStack do."""

    @replace(models.CloudFormationBackend, "create_change_set")
    def create_change_set(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
        change_set_id, stack_id = original(backend, *args, **kwargs)
        stack = backend.stacks[stack_id]
        stack.cross_stack_resources = backend.exports
        stack.resource_map.cross_stack_resources = backend.exports
        return change_set_id, stack_id

    @replace(models.CloudFormationBackend, "execute_change_set")
    def execute_change_set(
        original: Any, backend: Any, change_set_name: str, stack_name: str | None = None
    ) -> None:
        change_set = backend.describe_change_set(change_set_name)
        stack = backend.stacks[change_set.stack_id]
        stack.failed_status = None
        try:
            original(backend, change_set_name, stack_name)
        except NamedFailureError as failure:
            kind = change_set.change_set_type
            rolled_back = "ROLLBACK_COMPLETE" if kind == "CREATE" else "UPDATE_ROLLBACK_COMPLETE"
            fail(stack, failure, f"{kind}_FAILED", rolled_back)
        if stack.failed_status:
            stack.status = stack.failed_status
        else:
            stack.template_dict = change_set.template_dict
            stack.output_map = stack._create_output_map()
            backend.exports.update({export.name: export for export in stack.exports})

    @replace(models.CloudFormationBackend, "delete_change_set")
    def delete_change_set(original: Any, backend: Any, change_set_name: str) -> None:
        known = {name for each in backend.change_sets.values() for name in _names(each)}
        if change_set_name in known:
            original(backend, change_set_name)


def _names(change_set: Any) -> tuple[str, str]:
    return change_set.change_set_id, change_set.change_set_name
