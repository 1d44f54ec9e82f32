"""Desks from the trained model into service and out of it."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from tunedrop.services.gateways import Gateways

if TYPE_CHECKING:
    from tunedrop.evaluation.desk import EvaluationDesk
    from tunedrop.ledger import Ledger
    from tunedrop.serving.approval import Approval
    from tunedrop.serving.approval_desk import ApprovalDesk
    from tunedrop.serving.approval_function import ApprovalFunction
    from tunedrop.serving.capacity import CapacityDesk
    from tunedrop.serving.clean_up import TakeDown
    from tunedrop.serving.commitment import CommitmentDesk
    from tunedrop.serving.deploying import Deploying
    from tunedrop.serving.expiry import Expiry
    from tunedrop.serving.swapping import Swapping
    from tunedrop.serving.sweep import Sweep
    from tunedrop.serving.upkeep import Upkeep


class Serving(Gateways):
    """Approval, deployment, evaluation, clean-up and the sweep."""

    @cached_property
    def approval(self) -> Approval:
        from tunedrop.serving.approval import Approval

        return Approval(
            region=self.region,
            records=self.records,
            champions=self.champions,
            notifications=self.notifications,
        )

    @cached_property
    def commitments(self) -> CommitmentDesk:
        from tunedrop.serving.commitment import CommitmentDesk

        return CommitmentDesk(
            records=self.records,
            approval=self.approval,
            deployments=self.deployments,
            turns=self.turns,
        )

    @cached_property
    def approval_desk(self) -> ApprovalDesk:
        from tunedrop.identity import Identities
        from tunedrop.serving.approval_desk import ApprovalDesk

        sts = self.client("sts")
        return ApprovalDesk(
            records=self.records,
            tokens=self.tokens,
            identities=Identities(endpoint_url=sts.meta.endpoint_url),
        )

    @cached_property
    def approval_function(self) -> ApprovalFunction:
        from tunedrop.identity import proof
        from tunedrop.serving.approval_function import ApprovalFunction

        return ApprovalFunction(
            client=self.client("lambda"),
            name=self.settings.answer_approval_function,
            prove=lambda statement: proof(self.client("sts"), self.credentials, statement),
        )

    @cached_property
    def deploying(self) -> Deploying:
        from tunedrop.serving.deploying import Deploying

        return Deploying(
            records=self.records,
            champions=self.champions,
            turns=self.turns,
            deployments=self.deployments,
            region=self.region,
        )

    @cached_property
    def swapping(self) -> Swapping:
        from tunedrop.serving.swapping import Swapping

        return Swapping(
            records=self.records,
            champions=self.champions,
            turns=self.turns,
            deployments=self.deployments,
        )

    @cached_property
    def capacity(self) -> CapacityDesk:
        from tunedrop.serving.capacity import CapacityDesk

        return CapacityDesk(records=self.records, deploying=self.deploying, swapping=self.swapping)

    @cached_property
    def evaluation(self) -> EvaluationDesk:
        from tunedrop.evaluation.desk import EvaluationDesk
        from tunedrop.evaluation.inference import BedrockInference
        from tunedrop.evaluation.papers import Papers

        return EvaluationDesk(
            records=self.records,
            papers=Papers(
                records=self.records,
                champions=self.champions,
                deployments=self.deployments,
                artifacts=self.artifacts,
                datasets=self.datasets,
            ),
            artifacts=self.artifacts,
            inference=BedrockInference(self.client("bedrock-runtime"), self.read_media),
        )

    @cached_property
    def take_down(self) -> TakeDown:
        from tunedrop.serving.clean_up import TakeDown

        return TakeDown(
            records=self.records,
            champions=self.champions,
            jobs=self.jobs,
            models=self.custom_models,
            deployments=self.deployments,
            create_timeout=timedelta(seconds=int(self.settings.create_timeout_seconds)),
        )

    @cached_property
    def expiry(self) -> Expiry:
        from tunedrop.serving.expiry import Expiry

        return Expiry(champions=self.champions, turns=self.turns, notifications=self.notifications)

    @cached_property
    def ledger(self) -> Ledger:
        from tunedrop.ledger import Ledger

        return Ledger(records=self.records)

    @cached_property
    def upkeep(self) -> Upkeep:
        from tunedrop.serving.swap_back import SwapBack
        from tunedrop.serving.upkeep import Upkeep

        return Upkeep(
            champions=self.champions,
            deployments=self.deployments,
            parameters=self.parameters,
            promotions=self.promotions,
            expiry=self.expiry,
            swap_back=SwapBack(
                champions=self.champions,
                turns=self.turns,
                deployments=self.deployments,
                notifications=self.notifications,
            ),
            ledger=self.ledger,
            deployed=self.settings.recipes,
        )

    @cached_property
    def sweep(self) -> Sweep:
        from tunedrop.serving.inventory import Inventory
        from tunedrop.serving.sweep import Sweep

        return Sweep(
            inventory=Inventory(self.bedrock, self.settings.tunedrop_stage),
            records=self.records,
            champions=self.champions,
            jobs=self.jobs,
            models=self.custom_models,
            deployments=self.deployments,
            executions=self.executions,
            upkeep=self.upkeep,
            ledger=self.ledger,
            notifications=self.notifications,
            recipe_names=self.settings.recipes,
        )
