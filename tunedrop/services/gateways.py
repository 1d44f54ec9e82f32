"""What a stage asks AWS to do: jobs, deployments, executions, messages."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tunedrop.services.stores import Stores

if TYPE_CHECKING:
    from tunedrop.intake import Workflow
    from tunedrop.notifications import Notifications
    from tunedrop.serving.deployments import CustomModels, Deployments
    from tunedrop.serving.executions import Executions
    from tunedrop.tokens import TaskTokens
    from tunedrop.training.jobs import CustomizationJobs


class Gateways(Stores):
    """Stores, and the gateways to jobs, deployments, executions and messages."""

    @cached_property
    def notifications(self) -> Notifications:
        from tunedrop.notifications import Notifications

        return Notifications(self.client("sns"), self.settings.notifications_topic_arn)

    @cached_property
    def tokens(self) -> TaskTokens:
        from tunedrop.tokens import TaskTokens

        return TaskTokens(self.client("stepfunctions"))

    @cached_property
    def workflow(self) -> Workflow:
        from tunedrop.intake import Workflow

        return Workflow(self.client("stepfunctions"), self.settings.state_machine_arn)

    @cached_property
    def executions(self) -> Executions:
        from tunedrop.serving.executions import Executions

        return Executions(
            self.client("stepfunctions"),
            state_machine_arn=self.settings.state_machine_arn,
            clean_up_state_machine_arn=self.settings.clean_up_state_machine_arn,
        )

    @cached_property
    def jobs(self) -> CustomizationJobs:
        from tunedrop.training.jobs import CustomizationJobs

        return CustomizationJobs(self.bedrock)

    @cached_property
    def custom_models(self) -> CustomModels:
        from tunedrop.serving.deployments import CustomModels

        return CustomModels(self.bedrock)

    @cached_property
    def deployments(self) -> Deployments:
        from tunedrop.serving.deployments import Deployments

        return Deployments(self.bedrock)
