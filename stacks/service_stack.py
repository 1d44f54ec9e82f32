"""The service stack: it places `FineTuningService` and does nothing else."""

from typing import Any

from aws_cdk import Stack
from constructs import Construct

from stacks.fine_tuning_service import FineTuningService


class ServiceStack(Stack):
    """Stateless; takes the arguments of `FineTuningService` as they are."""

    def __init__(self, scope: Construct, id: str, *, env: Any = None, **service: Any) -> None:
        super().__init__(scope, id, env=env)
        # The library lets functions depend on the whole of their roles, policies included;
        # cfn-lint finds the part about the role itself to be implied.
        self.template_options.metadata = {"cfn-lint": {"config": {"ignore_checks": ["W3005"]}}}
        self.service = FineTuningService(self, "FineTuningService", **service)
