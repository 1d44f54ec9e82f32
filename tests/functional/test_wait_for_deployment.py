"""WaitForDeployment: looks until the model answers, or until it never will."""

import pytest

from tests.functional.ground import wait_until
from tests.functional.samples import recipe
from tests.functional.world import Call, World
from tunedrop.errors import DeploymentFailedError
from tunedrop.run import Run


def deploying(world: World, call: Call, run: Run) -> str:
    return str(call("deploy_on_demand", run_id=run.run_id)["deployment_arn"])


def test_a_deployment_that_serves_is_ready(world: World, call: Call) -> None:
    run = world.trained_run()
    arn = deploying(world, call, run)
    wait_until(lambda: world.deployment_status(arn) == "Active")
    found = call("wait_for_deployment", run_id=run.run_id)
    assert found == {"status": "Active", "is_ready": True, "is_tested": False}
    deployment = world.find(run).deployment
    assert deployment is not None
    assert deployment.ready_at


def test_throughput_in_service_is_ready(world: World, call: Call) -> None:
    run = world.trained_run(recipe(deployment={"mode": "provisioned"}))
    call("provision_throughput", run_id=run.run_id)
    found = wait_until(lambda: ready(call, run))
    assert found == {"status": "InService", "is_ready": True, "is_tested": False}


def ready(call: Call, run: Run) -> dict[str, object] | None:
    found: dict[str, object] = call("wait_for_deployment", run_id=run.run_id)
    return found if found["is_ready"] else None


def test_a_failed_deployment_ends_the_run_in_bedrocks_own_words(world: World, call: Call) -> None:
    run = world.trained_run()
    world.faults.order("serving_fails", message="The model could not be loaded.")
    arn = deploying(world, call, run)
    wait_until(lambda: world.deployment_status(arn) == "Failed")
    with pytest.raises(DeploymentFailedError, match=f"{run.run_id}-1: The model could not be"):
        call("wait_for_deployment", run_id=run.run_id)


def test_a_deployment_that_somebody_deleted_ends_the_run(world: World, call: Call) -> None:
    run = world.deployed_run()
    assert run.deployment is not None
    world.bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=run.deployment.arn)
    with pytest.raises(DeploymentFailedError, match="somebody outside this service deleted it"):
        call("wait_for_deployment", run_id=run.run_id)


def test_a_run_without_a_deployment_has_nothing_to_wait_for(world: World, call: Call) -> None:
    run = world.trained_run()
    with pytest.raises(DeploymentFailedError, match="has no deployment to wait for"):
        call("wait_for_deployment", run_id=run.run_id)
