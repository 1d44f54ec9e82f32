"""Desks from the drop to the trained model, and the run's end."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tunedrop.services.gateways import Gateways

if TYPE_CHECKING:
    from tunedrop.admission import Admission
    from tunedrop.conclusion import Conclusion
    from tunedrop.dataset_desk import DatasetDesk
    from tunedrop.intake import Intake
    from tunedrop.run_media import RunMedia
    from tunedrop.run_quality import RunQuality
    from tunedrop.serving.free_units import FreeUnits
    from tunedrop.serving.redeployment import Redeployments
    from tunedrop.training.creation import JobCreation
    from tunedrop.training.losses import LossDesk
    from tunedrop.training.waiting import JobWait


class Tuning(Gateways):
    """Intake, admission, datasets, training and the conclusion."""

    @cached_property
    def intake(self) -> Intake:
        from tunedrop.intake import Intake

        return Intake(
            datasets=self.datasets,
            answers=self.answers,
            workflow=self.workflow,
            order=self.drop_order,
            recipes=self.settings.recipes,
        )

    @cached_property
    def admission(self) -> Admission:
        from tunedrop.admission import Admission
        from tunedrop.availability import LiveModels, Quotas

        return Admission(
            stage=self.settings.tunedrop_stage,
            region=self.region,
            recipe_names=self.settings.recipes,
            records=self.records,
            champions=self.champions,
            order=self.drop_order,
            datasets=self.datasets,
            parameters=self.parameters,
            promotions=self.promotions,
            redeployments=self.redeployments,
            models=LiveModels(self.bedrock),
            quotas=Quotas(self.client("service-quotas")),
        )

    @cached_property
    def free_units(self) -> FreeUnits:
        from tunedrop.availability import LiveModels, Quotas
        from tunedrop.serving.free_units import FreeUnits

        return FreeUnits(
            region=self.region,
            champions=self.champions,
            models=LiveModels(self.bedrock),
            quotas=Quotas(self.client("service-quotas")),
        )

    @cached_property
    def redeployments(self) -> Redeployments:
        from tunedrop.serving.redeployment import Redeployments

        return Redeployments(table=self.table, records=self.records, parameters=self.parameters)

    @cached_property
    def dataset_desk(self) -> DatasetDesk:
        from tunedrop.dataset_desk import DatasetDesk

        return DatasetDesk(
            table=self.table,
            records=self.records,
            datasets=self.datasets,
            artifacts=self.artifacts,
            media=self.run_media,
            quality=self.run_quality,
        )

    @cached_property
    def run_quality(self) -> RunQuality:
        from tunedrop.run_quality import RunQuality

        return RunQuality(artifacts=self.artifacts, records=self.records, champions=self.champions)

    @cached_property
    def run_media(self) -> RunMedia:
        from tunedrop.media_objects import MediaObjects
        from tunedrop.run_media import RunMedia

        return RunMedia(
            objects=MediaObjects(self.s3), datasets=self.datasets, artifacts=self.artifacts
        )

    @cached_property
    def job_creation(self) -> JobCreation:
        from tunedrop.training.creation import JobCreation

        return JobCreation(
            records=self.records,
            champions=self.champions,
            jobs=self.jobs,
            artifacts=self.artifacts,
            role_arn=self.settings.customization_role_arn,
            model_key_arn=self.settings.model_key_arn,
        )

    @cached_property
    def job_wait(self) -> JobWait:
        from tunedrop.training.waiting import JobWait

        return JobWait(records=self.records, jobs=self.jobs, tokens=self.tokens)

    @cached_property
    def loss_desk(self) -> LossDesk:
        from tunedrop.training.losses import LossDesk

        return LossDesk(records=self.records, artifacts=self.artifacts)

    @cached_property
    def conclusion(self) -> Conclusion:
        from tunedrop.conclusion import Conclusion
        from tunedrop.report.page import render, render_bare

        return Conclusion(
            records=self.records,
            turns=self.turns,
            artifacts=self.artifacts,
            answers=self.answers,
            notifications=self.notifications,
            render=render,
            render_bare=render_bare,
        )
