"""A recipe that pays for throughput once: its models take one another's place in it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud.bedrock.faults import Faults
from tests.localcloud.cloud_process import RunningCloud
from tests.localcloud.runs import ROUTING, Service, sample
from tunedrop.settings import recipe_parameter

TUNEDROP = str(Path(sys.executable).with_name("tunedrop"))
PARAMETER = recipe_parameter("dev", ROUTING)
REUSING = {"mode": "provisioned", "reuse": "after_test"}


@pytest.fixture(scope="module")
def service(deployed_cloud: RunningCloud) -> Iterator[Service]:
    """The service, with a recipe that reuses throughput and promotes on a tie."""
    ssm = deployed_cloud.client("ssm")
    shipped = ssm.get_parameter(Name=PARAMETER)["Parameter"]["Value"]
    recipe = json.loads(shipped)
    recipe["deployment"] |= REUSING
    recipe["evaluation"] = {"beat": "champion", "on_tie": "promote"}
    ssm.put_parameter(Name=PARAMETER, Value=json.dumps(recipe), Overwrite=True)
    yield Service(deployed_cloud)
    ssm.put_parameter(Name=PARAMETER, Value=shipped, Overwrite=True)


@pytest.fixture(scope="module")
def first(service: Service) -> str:
    """The run whose throughput is reused."""
    return succeeded(service, "first", seed=41)


def succeeded(service: Service, name: str, seed: int) -> str:
    answer = service.run(ROUTING, name, sample(ROUTING, 120, seed=seed))
    assert answer["outcome"] == "RunSucceeded", answer["reason"]
    return str(answer["run_id"])


def throughput(service: Service) -> dict[str, Any]:
    """What the recipe's applications ask, as Bedrock shows it."""
    arn = service.model(ROUTING)
    found = service.bedrock.get_provisioned_model_throughput(provisionedModelId=arn)
    return dict(found)


def trained_by(service: Service, run_id: str) -> str:
    return str(service.bedrock.get_custom_model(modelIdentifier=f"{run_id}-1")["modelArn"])


def test_a_model_takes_the_champions_place_a_failed_one_leaves_it_and_a_rollback_gives_it_back(
    service: Service, first: str
) -> None:
    arn = service.model(ROUTING)
    second = succeeded(service, "second", seed=42)
    record = service.record(second)
    assert (record["deployment"]["origin"], record["deployment"]["arn"]) == ("reused", arn)
    assert (service.model(ROUTING), throughput(service)["modelArn"]) == (
        arn,
        trained_by(service, second),
    )
    assert service.resources(second) == [f"model/{second}-1"]

    faults = Faults(service.cloud.endpoint_url)
    faults.order("serving_fails", operation="UpdateProvisionedModelThroughput")
    failed = service.run(ROUTING, "third", sample(ROUTING, 120, seed=43))
    assert failed["outcome"] == "DeploymentFailed", failed["reason"]
    assert service.resources(failed["run_id"]) == [f"model/{failed['run_id']}-1"]
    serving = throughput(service)
    assert (serving["status"], serving["modelArn"]) == ("InService", trained_by(service, second))

    environment = service.cloud.environment()
    rolled = subprocess.run(
        [TUNEDROP, "rollback", ROUTING],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert rolled.returncode == 0, rolled.stdout + rolled.stderr
    assert service.model(ROUTING) == arn
    assert throughput(service)["modelArn"] == trained_by(service, first)
