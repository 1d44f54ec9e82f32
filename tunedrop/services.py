"""Builds the service from its settings: every AWS client, gateway and desk, on first use.

A property imports what it builds, so that a function loads only what its state needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tunedrop.settings import Settings

if TYPE_CHECKING:
    from tunedrop.admission import Admission
    from tunedrop.answers import Answers
    from tunedrop.dataset_desk import DatasetDesk
    from tunedrop.evaluation.desk import EvaluationDesk
    from tunedrop.intake import DropOrder, Intake, Workflow
    from tunedrop.notifications import Notifications
    from tunedrop.objects import Objects
    from tunedrop.outcome import Conclusion
    from tunedrop.parameters import Parameters
    from tunedrop.records import RunRecords, Table
    from tunedrop.run import Run
    from tunedrop.run_media import RunMedia
    from tunedrop.run_quality import RunQuality
    from tunedrop.serving.approval import Approval
    from tunedrop.serving.approval_desk import ApprovalDesk
    from tunedrop.serving.approval_function import ApprovalFunction
    from tunedrop.serving.champions import Champions
    from tunedrop.serving.clean_up import TakeDown
    from tunedrop.serving.commitment import CommitmentDesk
    from tunedrop.serving.deploying import Deploying
    from tunedrop.serving.deployments import CustomModels, Deployments
    from tunedrop.serving.executions import Executions
    from tunedrop.serving.expiry import Expiry
    from tunedrop.serving.promotion import PromotionDesk
    from tunedrop.serving.redeployment import Redeployments
    from tunedrop.serving.sweep import Sweep
    from tunedrop.serving.turns import Turns
    from tunedrop.tokens import TaskTokens
    from tunedrop.training.creation import JobCreation
    from tunedrop.training.jobs import CustomizationJobs
    from tunedrop.training.losses import LossDesk
    from tunedrop.training.waiting import JobWait


@dataclass(frozen=True)
class Services:
    """One stage's service, as a Lambda function or the command line sees it."""

    settings: Settings

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    def enter(self, run_id: str, state: str) -> Run:
        """The run, which is in `state` now; see `RunRecords.enter`."""
        return self.records.enter(run_id, state, self.now())

    def client(self, service: str) -> Any:
        """A client of an AWS service."""
        import boto3

        from tunedrop.gateway import CLIENT_CONFIG, INFERENCE_CONFIG

        config = INFERENCE_CONFIG if service == "bedrock-runtime" else CLIENT_CONFIG
        return boto3.client(service, config=config)

    @cached_property
    def region(self) -> str:
        """The Region of the service."""
        return str(self.client("sts").meta.region_name)

    @cached_property
    def bedrock(self) -> Any:
        """The client of Bedrock's control plane."""
        return self.client("bedrock")

    @cached_property
    def table(self) -> Table:
        from tunedrop.records import Table

        return Table(self.client("dynamodb"), self.settings.runs_table)

    @cached_property
    def records(self) -> RunRecords:
        from tunedrop.records import RunRecords

        return RunRecords(self.table)

    @cached_property
    def champions(self) -> Champions:
        from tunedrop.serving.champions import Champions

        return Champions(self.table, self.records)

    @cached_property
    def s3(self) -> Any:
        return self.client("s3")

    @cached_property
    def datasets(self) -> Objects:
        from tunedrop.objects import Objects

        return Objects(self.s3, self.settings.datasets_bucket)

    @cached_property
    def artifacts(self) -> Objects:
        from tunedrop.objects import Objects

        return Objects(self.s3, self.settings.artifacts_bucket)

    @cached_property
    def answers(self) -> Answers:
        from tunedrop.answers import Answers

        return Answers(self.artifacts)

    @cached_property
    def workflow(self) -> Workflow:
        from tunedrop.intake import Workflow

        return Workflow(self.client("stepfunctions"), self.settings.state_machine_arn)

    @cached_property
    def drop_order(self) -> DropOrder:
        from tunedrop.intake import DropOrder

        return DropOrder(self.table)

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
    def parameters(self) -> Parameters:
        from tunedrop.parameters import Parameters

        return Parameters(self.client("ssm"), self.settings.tunedrop_stage)

    @cached_property
    def turns(self) -> Turns:
        from tunedrop.serving.turns import Turns

        return Turns(self.table, self.records)

    @cached_property
    def promotions(self) -> PromotionDesk:
        from tunedrop.serving.promotion import PromotionDesk

        return PromotionDesk(champions=self.champions, parameters=self.parameters)

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
    def jobs(self) -> CustomizationJobs:
        from tunedrop.training.jobs import CustomizationJobs

        return CustomizationJobs(self.bedrock)

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
    def tokens(self) -> TaskTokens:
        from tunedrop.tokens import TaskTokens

        return TaskTokens(self.client("stepfunctions"))

    @cached_property
    def job_wait(self) -> JobWait:
        from tunedrop.training.waiting import JobWait

        return JobWait(records=self.records, jobs=self.jobs, tokens=self.tokens)

    @cached_property
    def loss_desk(self) -> LossDesk:
        from tunedrop.training.losses import LossDesk

        return LossDesk(records=self.records, artifacts=self.artifacts)

    @cached_property
    def notifications(self) -> Notifications:
        from tunedrop.notifications import Notifications

        return Notifications(self.client("sns"), self.settings.notifications_topic_arn)

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
            approval=self.approval, deployments=self.deployments, turns=self.turns
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
        import boto3

        from tunedrop.identity import proof
        from tunedrop.serving.approval_function import ApprovalFunction

        credentials = boto3.Session().get_credentials()
        return ApprovalFunction(
            client=self.client("lambda"),
            name=self.settings.answer_approval_function,
            prove=lambda statement: proof(self.client("sts"), credentials, statement),
        )

    @cached_property
    def deployments(self) -> Deployments:
        from tunedrop.serving.deployments import Deployments

        return Deployments(self.bedrock)

    @cached_property
    def deploying(self) -> Deploying:
        from tunedrop.serving.deploying import Deploying

        return Deploying(
            records=self.records,
            champions=self.champions,
            turns=self.turns,
            deployments=self.deployments,
        )

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
                artifacts=self.artifacts,
                datasets=self.datasets,
            ),
            artifacts=self.artifacts,
            inference=BedrockInference(self.client("bedrock-runtime"), self.read_media),
        )

    def read_media(self, uri: str) -> bytes:
        """The bytes of an image that a record names by its S3 URI."""
        from tunedrop.objects import Objects

        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return Objects(self.s3, bucket).read(key, limit=64 << 20)

    @cached_property
    def custom_models(self) -> CustomModels:
        from tunedrop.serving.deployments import CustomModels

        return CustomModels(self.bedrock)

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
    def conclusion(self) -> Conclusion:
        from tunedrop.outcome import Conclusion
        from tunedrop.report.page import render

        return Conclusion(
            records=self.records,
            turns=self.turns,
            artifacts=self.artifacts,
            answers=self.answers,
            notifications=self.notifications,
            render=render,
        )

    @cached_property
    def executions(self) -> Executions:
        from tunedrop.serving.executions import Executions

        return Executions(
            self.client("stepfunctions"),
            state_machine_arn=self.settings.state_machine_arn,
            clean_up_state_machine_arn=self.settings.clean_up_state_machine_arn,
        )

    @cached_property
    def expiry(self) -> Expiry:
        from tunedrop.serving.expiry import Expiry

        return Expiry(champions=self.champions, notifications=self.notifications)

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
            parameters=self.parameters,
            promotions=self.promotions,
            expiry=self.expiry,
            notifications=self.notifications,
            recipe_names=self.settings.recipes,
        )
