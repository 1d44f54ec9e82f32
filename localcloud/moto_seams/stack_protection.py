"""CloudFormation: termination protection, which moto stores but neither sets nor honours."""

from typing import Any

from moto.cloudformation import models, responses
from moto.cloudformation.exceptions import ValidationError
from moto.core.responses import ActionResult

from localcloud.moto_seams.replacing import replace


def apply() -> None:
    """Add UpdateTerminationProtection, and refuse to delete a protected stack."""

    def update_termination_protection(self: Any) -> ActionResult:
        stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
        wanted = str(self._get_param("EnableTerminationProtection")).lower() == "true"
        stack.enable_termination_protection = wanted
        return ActionResult({"StackId": stack.stack_id})

    responses.CloudFormationResponse.update_termination_protection = update_termination_protection

    @replace(models.CloudFormationBackend, "delete_stack")
    def delete_stack(original: Any, backend: Any, name_or_stack_id: str) -> None:
        for stack in backend.stacks.values():
            if name_or_stack_id in (stack.name, stack.stack_id) and (
                str(stack.enable_termination_protection).lower() == "true"
            ):
                raise ValidationError(
                    message=f"Stack [{stack.name}] cannot be deleted while TerminationProtection "
                    "is enabled"
                )
        original(backend, name_or_stack_id)
