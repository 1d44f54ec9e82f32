"""Looks at a deployment: when it is ready, and when it never will be."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.run_builders import NOW, KeptRecords, recipe, run
from tunedrop.errors import DeploymentFailedError
from tunedrop.run import Deployment, timestamp
from tunedrop.serving.deploying import Deploying
from tunedrop.serving.deployments import DeploymentView


@dataclass
class FakeDeployments:
    """One deployment, as Bedrock shows it."""

    view: DeploymentView | None

    def find(self, mode: str, name: str) -> DeploymentView | None:
        return self.view


def look(status: str | None, now: datetime = NOW, failure: str = "") -> tuple[Deployment, Any]:
    seen = status and DeploymentView(arn="arn", status=status, failure=failure, created_at=NOW)
    intended = Deployment(mode="on_demand", name="x-1", intended_at=timestamp(NOW), arn="arn")
    records = KeptRecords(run(recipe(deployment={"patience": "30m"}), deployment=intended))
    deployments = FakeDeployments(seen or None)
    desk = Deploying(
        records=records, champions=None, turns=None, deployments=deployments, region="us-east-1"
    )
    return desk.look(records.run, now), records


@pytest.mark.parametrize("status", ["Active", "InService"])
def test_a_deployment_that_serves_is_ready_from_now_on(status: str) -> None:
    deployment, records = look(status)
    assert (deployment.status, deployment.ready_at) == (status, timestamp(NOW))
    assert records.run.deployment == deployment


def test_a_deployment_that_is_being_created_is_waited_for() -> None:
    deployment, _ = look("Creating", NOW + timedelta(hours=6))
    assert (deployment.status, deployment.ready_at) == ("Creating", "")


def test_creation_that_does_not_end_fails() -> None:
    with pytest.raises(DeploymentFailedError) as failed:
        look("Creating", NOW + timedelta(hours=6, seconds=1))
    assert "is Creating since 2026-11-22T12:00:00.000Z" in str(failed.value)
    assert "6:00:00 is not waited for" in str(failed.value)


def test_a_deployment_that_serves_late_is_taken_all_the_same() -> None:
    assert look("Active", NOW + timedelta(days=1))[0].ready_at


def test_a_failed_deployment_says_so_in_bedrocks_own_words() -> None:
    with pytest.raises(DeploymentFailedError, match="deployment x-1: No such model"):
        look("Failed", failure="No such model.")


def test_a_deployment_that_is_gone_was_deleted_by_somebody() -> None:
    with pytest.raises(DeploymentFailedError, match=r"deployment x-1 is gone: somebody outside"):
        look(None)
