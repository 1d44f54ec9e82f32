"""A recipe that commits to a term: tested first, asked for, and bought last."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.localcloud.cloud_process import RunningCloud, eventually
from tests.localcloud.runs import ROUTING, Service, sample
from tunedrop.settings import recipe_parameter

TUNEDROP = str(Path(sys.executable).with_name("tunedrop"))
PARAMETER = recipe_parameter("dev", ROUTING)
COMMITTED = {"mode": "provisioned", "commitment": "1 month"}


@pytest.fixture
def service(deployed_cloud: RunningCloud) -> Iterator[Service]:
    """The service, with a recipe that commits to a month."""
    ssm = deployed_cloud.client("ssm")
    shipped = ssm.get_parameter(Name=PARAMETER)["Parameter"]["Value"]
    recipe = json.loads(shipped)
    recipe["deployment"] |= COMMITTED
    ssm.put_parameter(Name=PARAMETER, Value=json.dumps(recipe), Overwrite=True)
    yield Service(deployed_cloud)
    ssm.put_parameter(Name=PARAMETER, Value=shipped, Overwrite=True)


def tunedrop(service: Service, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = service.cloud.environment()
    return subprocess.run(
        [TUNEDROP, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def waiting(service: Service, name: str, seed: int) -> str:
    """A run whose model has passed its test, and that waits for the commitment."""
    run_id = service.start(ROUTING, name, sample(ROUTING, 120, seed=seed))
    service.wait_for_state(run_id, "ApproveCommitment")
    assert eventually(lambda: service.resources(run_id) == [f"model/{run_id}-1"], within=60)
    return run_id


def test_an_approved_commitment_serves_and_what_it_was_tested_on_is_gone(service: Service) -> None:
    run_id = waiting(service, "committed", seed=31)
    refused = tunedrop(service, "approve", run_id)
    assert (refused.returncode, '--commitment "1 month"' in refused.stderr) == (2, True)
    approved = tunedrop(service, "approve", run_id, "--commitment", "1 month")
    assert approved.returncode == 0, approved.stderr
    assert service.execution(run_id)["status"] == "SUCCEEDED"
    assert service.states(run_id).count("TestDeployment") == 1
    record = service.record(run_id)
    assert service.model(ROUTING) == record["deployment"]["arn"]
    assert record["trial"]["mode"] == "on_demand"
    assert set(service.resources(run_id)) == {f"model/{run_id}-1", f"throughput/{run_id}-2"}


def test_a_declined_commitment_keeps_the_model_and_nothing_else(service: Service) -> None:
    serving = service.model(ROUTING)
    run_id = waiting(service, "declined", seed=32)
    declined = tunedrop(service, "decline", run_id)
    assert declined.returncode == 0, declined.stderr
    ended = service.execution(run_id)
    assert (ended["error"], f"tunedrop promote {run_id}" in ended["cause"]) == (
        "DeploymentDeclined",
        True,
    )
    assert service.resources(run_id) == [f"model/{run_id}-1"]
    assert service.model(ROUTING) == serving
