"""Runs in trouble: bad input, and faults of Bedrock that were ordered for the next calls."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.bedrock.faults import Faults
from localcloud.scenarios.datasets import ROUTING, SUMMARIES, drawn
from tests.localcloud.cloud_process import RunningCloud, eventually
from tests.localcloud.runs import Service, service_in

_RECIPE_PARAMETER = f"/tunedrop/dev/{SUMMARIES}/recipe"


@pytest.fixture
def service(deployed_cloud: RunningCloud) -> Service:
    return service_in(deployed_cloud)


@pytest.fixture
def faults(service: Service) -> Iterator[Faults]:
    faults = Faults(service.cloud.endpoint_url)
    yield faults
    faults.clear()


@pytest.fixture
def impatient(service: Service) -> Iterator[None]:
    """The recipe with little patience, as the platform team could deploy it."""
    parameters = service.cloud.client("ssm")
    deployed = parameters.get_parameter(Name=_RECIPE_PARAMETER)["Parameter"]["Value"]
    recipe = json.loads(deployed)
    recipe.setdefault("deployment", {})["patience"] = "8s"
    parameters.put_parameter(Name=_RECIPE_PARAMETER, Value=json.dumps(recipe), Overwrite=True)
    yield
    parameters.put_parameter(Name=_RECIPE_PARAMETER, Value=deployed, Overwrite=True)


START_NOTHING = {
    "datasets/no-such-recipe/a.jsonl": ('no recipe "no-such-recipe"', SUMMARIES),
    f"datasets/{SUMMARIES}/a.csv": ("a.csv", ".jsonl", ".run.yaml"),
    f"datasets/{SUMMARIES}/parts/deep.jsonl": ("folders deep", "run request"),
    f"datasets/{SUMMARIES}/": ("folder marker",),
    "stray.jsonl": ("datasets/<recipe>/<name>.jsonl",),
}


@pytest.mark.parametrize("key", START_NOTHING)
def test_drop_that_starts_nothing_is_answered_with_the_reason(service: Service, key: str) -> None:
    answer = service.answer(key, service.put(key, b"{}\n"))
    assert (answer["outcome"], answer["run_id"]) == ("NothingStarted", "")
    for words in START_NOTHING[key]:
        assert words in answer["reason"]


REFUSED = {
    "empty.jsonl": (b"", "DatasetRejected", "holds no record"),
    "latin-1.jsonl": ('{"prompt": "caf\xe9"}\n'.encode("latin-1"), "DatasetRejected", "UTF-8"),
    "spaced name+.jsonl": (b'{"prompt": "a"}\n', "DatasetRejected", "completion"),
    "missing.run.yaml": (b"train: [parts/nowhere.jsonl]\n", "RunRefused", "parts/nowhere.jsonl"),
    "unknown.run.yaml": (b"train: [a.jsonl]\nepochs: 3\n", "RunRefused", "epochs"),
    "range.run.yaml": (
        b"train: [spare.jsonl]\nhyperparameters: {epochs: 99}\n",
        "RunRefused",
        "1 to 5",
    ),
    "latin-1.run.yaml": ("train: [caf\xe9.jsonl]\n".encode("latin-1"), "RunRefused", "UTF-8"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_refused_in_words_without_a_traceback(service: Service, name: str) -> None:
    content, outcome, words = REFUSED[name]
    key = f"datasets/{SUMMARIES}/{name}"
    answer = service.answer(key, service.put(key, content), final=True)
    assert answer["outcome"] == outcome, answer["reason"]
    assert words in answer["reason"]
    assert "Traceback" not in answer["reason"]
    assert "Error:" not in answer["reason"]
    assert service.ended(answer["run_id"])["error"] == outcome


def test_override_that_the_recipe_does_not_allow_is_refused(service: Service) -> None:
    parameters = service.cloud.client("ssm")
    deployed = parameters.get_parameter(Name=_RECIPE_PARAMETER)["Parameter"]["Value"]
    recipe = {**json.loads(deployed), "allow_overrides": []}
    parameters.put_parameter(Name=_RECIPE_PARAMETER, Value=json.dumps(recipe), Overwrite=True)
    key = f"datasets/{SUMMARIES}/override.run.yaml"
    request = b"train: [a.jsonl]\nhyperparameters: {epochs: 2}\n"
    answer = service.answer(key, service.put(key, request), final=True)
    parameters.put_parameter(Name=_RECIPE_PARAMETER, Value=deployed, Overwrite=True)
    assert answer["outcome"] == "RunRefused"
    assert "allow_overrides" in answer["reason"]


def test_throttling_lost_answers_and_doubled_events_are_survived(
    service: Service, faults: Faults
) -> None:
    faults.order("doubled_event", count=20)
    for operation in ("CreateModelCustomizationJob", "CreateCustomModelDeployment"):
        faults.order("error", operation=operation, code="ThrottlingException", count=2)
        faults.order("lost_answer", operation=operation)
    answer = service.run(SUMMARIES, "throttled", drawn(SUMMARIES, records=80, seed=12))
    assert answer["outcome"] == "RunSucceeded", answer["reason"]
    assert len(service.resources(answer["run_id"])) == 2


def test_job_failed_by_an_internal_error_is_tried_once_more_though_no_event_tells_of_it(
    service: Service, faults: Faults
) -> None:
    faults.order("job_internal_error")
    faults.order("lost_event", count=20)
    answer = service.run(SUMMARIES, "internal-error", drawn(SUMMARIES, records=80, seed=13))
    record = service.record(answer["run_id"])
    assert answer["outcome"] == "RunSucceeded", answer["reason"]
    assert record["job"]["name"] == f"{answer['run_id']}-2"


def test_job_that_bedrock_fails_ends_the_run_in_bedrocks_own_words(
    service: Service, faults: Faults
) -> None:
    faults.order("job_fails", message="The licence terms do not allow this.")
    answer = service.run(SUMMARIES, "job-fails", drawn(SUMMARIES, records=80, seed=14))
    assert answer["outcome"] == "CustomizationJobFailed"
    assert "The licence terms do not allow this." in answer["reason"]
    assert not service.resources(answer["run_id"])


@pytest.mark.usefixtures("impatient")
def test_job_stuck_in_the_queue_is_stopped_and_tried_once_more(
    service: Service, faults: Faults
) -> None:
    faults.order("job_stuck")
    answer = service.run(SUMMARIES, "stuck", drawn(SUMMARIES, records=80, seed=15))
    record = service.record(answer["run_id"])
    assert answer["outcome"] == "RunSucceeded", answer["reason"]
    assert [each["status"] for each in record["former_jobs"]] == ["Stopped"]


@pytest.mark.usefixtures("impatient")
def test_lack_of_capacity_beyond_the_patience_fails_the_deployment_and_leaves_the_model_alone(
    service: Service, faults: Faults
) -> None:
    faults.order(
        "error",
        operation="CreateCustomModelDeployment",
        code="ServiceQuotaExceededException",
        message="Your account has no deployments left.",
        count=50,
    )
    answer = service.run(SUMMARIES, "no-capacity", drawn(SUMMARIES, records=80, seed=16))
    assert answer["outcome"] == "DeploymentFailed"
    assert "Your account has no deployments left." in answer["reason"]
    assert f"tunedrop promote {answer['run_id']}" in answer["reason"]
    assert service.resources(answer["run_id"]) == [f"model/{answer['run_id']}-1"]


def test_throughput_without_any_quota_is_refused_before_money_is_spent(
    service: Service, faults: Faults
) -> None:
    faults.order("quota", quota="no_commitment_model_units", value=0)
    answer = service.run(ROUTING, "no-quota", drawn(ROUTING, records=80, seed=17))
    assert answer["outcome"] == "RunRefused"
    assert "Service Quotas" in answer["reason"]
    assert not service.resources(answer["run_id"])


def test_fault_of_the_service_itself_is_no_business_outcome(
    service: Service, faults: Faults
) -> None:
    faults.order("error", operation="GetFoundationModel", code="AccessDeniedException", count=5)
    answer = service.run(SUMMARIES, "our-fault", drawn(SUMMARIES, records=80, seed=18))
    assert answer["outcome"] == "ServiceFailed"
    assert _messages(service)


def _messages(service: Service) -> Any:
    """What the functions logged about errors."""
    return eventually(
        lambda: [
            line
            for file in (service.cloud.state / "logs").glob("*PrepareR*")
            for line in file.read_text().splitlines()
            if "AccessDeniedException" in line
        ]
    )
