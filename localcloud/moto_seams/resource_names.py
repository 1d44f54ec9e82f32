"""CloudFormation's generated names: moto lets them grow over the limits of the services.

AWS shortens the stack's and the resource's name so that the whole fits.
"""

from typing import Any

from moto.cloudformation import parsing

from localcloud.moto_seams.replacing import replace

_LIMITS = {
    "AWS::Events::Rule": 64,
    "AWS::IAM::Role": 64,
    "AWS::Lambda::Function": 64,
    "AWS::SQS::Queue": 80,
    "AWS::StepFunctions::StateMachine": 80,
}


def apply() -> None:
    """Keep generated names within the limits."""

    @replace(parsing, "generate_resource_name")
    def generate_resource_name(
        original: Any, resource_type: str, stack_name: str, logical_id: str
    ) -> Any:
        name: str = original(resource_type, stack_name, logical_id)
        limit = _LIMITS.get(resource_type, len(name))
        return shortened(name, stack_name, limit)


def shortened(name: str, stack_name: str, limit: int) -> str:
    """`<stack>-<logical id>-<suffix>` with the first two cut to equal parts where need be."""
    if len(name) <= limit:
        return name
    logical_id, _, suffix = name.removeprefix(f"{stack_name}-").rpartition("-")
    room = (limit - len(suffix) - 2) // 2
    return f"{stack_name[:room].rstrip('-')}-{logical_id[:room]}-{suffix}"
