"""Provisioned throughput and custom model deployments over HTTP."""

import json
import time
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.localcloud.bedrock_world import (
    HAIKU,
    NOVA,
    World,
    claude_messages,
    lines,
    records,
    wait_until,
)


@pytest.fixture(scope="module")
def model_arn(bedrock_world: World) -> str:
    """A custom model of Nova Micro that learned well."""
    return bedrock_world.custom_model(
        training=lines(records(60)), hyperParameters={"epochCount": "5"}
    )


@pytest.fixture(scope="module")
def other_model_arn(bedrock_world: World) -> str:
    """Another custom model of Nova Micro."""
    return bedrock_world.custom_model()


@pytest.fixture(autouse=True)
def nothing_served(bedrock_world: World) -> Any:
    """Takes down what a test put into service."""
    yield
    bedrock = bedrock_world.bedrock
    for each in bedrock.list_provisioned_model_throughputs()["provisionedModelSummaries"]:
        if "commitmentDuration" not in each:
            arn = each["provisionedModelArn"]
            wait_until(lambda arn=arn: throughput(bedrock_world, arn)["status"] in SETTLED)
            bedrock.delete_provisioned_model_throughput(provisionedModelId=arn)
    for each in bedrock.list_custom_model_deployments()["modelDeploymentSummaries"]:
        arn = each["customModelDeploymentArn"]
        wait_until(lambda arn=arn: deployment(bedrock_world, arn)["status"] in SETTLED)
        bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)


SETTLED = ("InService", "Active", "Failed")


def slowly(world: World, times: int = 1) -> None:
    """Let what is put into service next take long enough to be seen at it."""
    world.faults.order("serving_slow", delay=0.8, count=times)


def throughput(world: World, arn: str) -> dict[str, Any]:
    """The provisioned throughput as it is now."""
    found: dict[str, Any] = world.bedrock.get_provisioned_model_throughput(provisionedModelId=arn)
    return found


def deployment(world: World, arn: str) -> dict[str, Any]:
    """The deployment as it is now."""
    found: dict[str, Any] = world.bedrock.get_custom_model_deployment(
        customModelDeploymentIdentifier=arn
    )
    return found


def buy(world: World, model: str, units: int = 1, **more: Any) -> str:
    """The ARN of new provisioned throughput."""
    name = more.pop("provisionedModelName", f"pt-{uuid.uuid4().hex[:8]}")
    arn: str = world.bedrock.create_provisioned_model_throughput(
        modelUnits=units, provisionedModelName=name, modelId=model, **more
    )["provisionedModelArn"]
    return arn


def deploy(world: World, model: str, **more: Any) -> str:
    """The ARN of a new deployment."""
    name = more.pop("modelDeploymentName", f"d-{uuid.uuid4().hex[:8]}")
    arn: str = world.bedrock.create_custom_model_deployment(
        modelDeploymentName=name, modelArn=model, **more
    )["customModelDeploymentArn"]
    return arn


def ask(world: World, model: str, text: str = "When does the harbour number 0 open?") -> str:
    """What a model answers."""
    answer = world.runtime.converse(
        modelId=model, messages=[{"role": "user", "content": [{"text": text}]}]
    )
    return str(answer["output"]["message"]["content"][0]["text"])


def test_throughput_comes_into_service_and_answers(bedrock_world: World, model_arn: str) -> None:
    slowly(bedrock_world)
    arn = buy(bedrock_world, model_arn)
    assert throughput(bedrock_world, arn)["status"] == "Creating"
    with pytest.raises(ClientError, match="ModelNotReadyException"):
        ask(bedrock_world, arn)
    wait_until(lambda: throughput(bedrock_world, arn)["status"] == "InService")
    assert "harbour" in ask(bedrock_world, arn)


def test_throughput_keeps_its_token_and_its_name(bedrock_world: World, model_arn: str) -> None:
    name, token = f"pt-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    first = buy(bedrock_world, model_arn, provisionedModelName=name, clientRequestToken=token)
    again = buy(bedrock_world, model_arn, provisionedModelName=name, clientRequestToken=token)
    assert first == again
    assert throughput(bedrock_world, name)["provisionedModelArn"] == first
    with pytest.raises(ClientError, match=r"ValidationException.*already exists"):
        buy(bedrock_world, model_arn, provisionedModelName=name)


def test_model_units_are_a_quota(bedrock_world: World, model_arn: str) -> None:
    buy(bedrock_world, model_arn, units=3)
    with pytest.raises(ClientError, match="not currently have any no commitment model units"):
        buy(bedrock_world, model_arn, units=2)


def test_ordered_shortage_of_capacity_strikes_once(bedrock_world: World, model_arn: str) -> None:
    bedrock_world.faults.order("no_capacity")
    with pytest.raises(ClientError, match="ServiceQuotaExceededException"):
        buy(bedrock_world, model_arn)
    assert buy(bedrock_world, model_arn)


def test_throughput_being_created_cannot_be_deleted(bedrock_world: World, model_arn: str) -> None:
    slowly(bedrock_world)
    arn = buy(bedrock_world, model_arn)
    with pytest.raises(ClientError, match=r"ConflictException.*mutating state"):
        bedrock_world.bedrock.delete_provisioned_model_throughput(provisionedModelId=arn)


def test_commitment_lasts_its_term(bedrock_world: World) -> None:
    arn = buy(bedrock_world, bedrock_world.custom_model(), commitmentDuration="OneMonth")
    wait_until(lambda: throughput(bedrock_world, arn)["status"] == "InService")
    with pytest.raises(ClientError, match="before the end of its term"):
        bedrock_world.bedrock.delete_provisioned_model_throughput(provisionedModelId=arn)
    found = throughput(bedrock_world, arn)
    term = found["commitmentExpirationTime"] - found["creationTime"]
    assert term.days == 30


def test_throughput_moves_to_another_model_of_its_base(
    bedrock_world: World, model_arn: str, other_model_arn: str
) -> None:
    arn = buy(bedrock_world, model_arn)
    wait_until(lambda: throughput(bedrock_world, arn)["status"] == "InService")
    slowly(bedrock_world)
    bedrock_world.bedrock.update_provisioned_model_throughput(
        provisionedModelId=arn,
        desiredModelId=other_model_arn,
        desiredProvisionedModelName="moved",
    )
    moving = throughput(bedrock_world, "moved")
    assert (moving["status"], moving["modelArn"]) == ("Updating", model_arn)
    wait_until(lambda: throughput(bedrock_world, arn)["modelArn"] == other_model_arn)


def test_throughput_that_could_not_move_keeps_its_model_and_takes_it_again(
    bedrock_world: World, model_arn: str, other_model_arn: str
) -> None:
    arn = buy(bedrock_world, model_arn)
    wait_until(lambda: throughput(bedrock_world, arn)["status"] == "InService")
    operation = "UpdateProvisionedModelThroughput"
    bedrock_world.faults.order("serving_fails", operation=operation, message="No room.")
    update = bedrock_world.bedrock.update_provisioned_model_throughput
    update(provisionedModelId=arn, desiredModelId=other_model_arn)
    wait_until(lambda: throughput(bedrock_world, arn)["status"] == "Failed")
    failed = throughput(bedrock_world, arn)
    assert (failed["modelArn"], failed["desiredModelArn"]) == (model_arn, other_model_arn)
    assert failed["failureMessage"] == "No room."
    update(provisionedModelId=arn, desiredModelId=model_arn)
    wait_until(lambda: throughput(bedrock_world, arn)["status"] == "InService")
    assert throughput(bedrock_world, arn)["desiredModelArn"] == model_arn


def test_throughput_of_a_base_model_stays_with_it(bedrock_world: World) -> None:
    base = "amazon.nova-micro-v1:0:128k"
    arn = buy(bedrock_world, base)
    wait_until(lambda: throughput(bedrock_world, arn)["status"] == "InService")
    with pytest.raises(ClientError, match="for a base model is not changed"):
        bedrock_world.bedrock.update_provisioned_model_throughput(
            provisionedModelId=arn, desiredModelId=base
        )


def test_throughputs_are_listed_by_status_and_model(bedrock_world: World, model_arn: str) -> None:
    slowly(bedrock_world)
    arn = buy(bedrock_world, model_arn)
    bedrock = bedrock_world.bedrock
    creating = bedrock.list_provisioned_model_throughputs(statusEquals="Creating")
    assert [each["provisionedModelArn"] for each in creating["provisionedModelSummaries"]] == [arn]
    of_model = bedrock.list_provisioned_model_throughputs(modelArnEquals=model_arn)
    assert [each["status"] for each in of_model["provisionedModelSummaries"]] == ["Creating"]


def test_deployment_becomes_active_and_answers(bedrock_world: World, model_arn: str) -> None:
    slowly(bedrock_world)
    arn = deploy(bedrock_world, model_arn, description="try")
    with pytest.raises(ClientError, match="ModelNotReadyException"):
        ask(bedrock_world, arn)
    wait_until(lambda: deployment(bedrock_world, arn)["status"] == "Active")
    assert "harbour" in ask(bedrock_world, arn)


def test_deployment_being_created_cannot_be_deleted(bedrock_world: World, model_arn: str) -> None:
    slowly(bedrock_world)
    arn = deploy(bedrock_world, model_arn)
    with pytest.raises(ClientError, match=r"ValidationException.*in a mutating state"):
        bedrock_world.bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)


def test_deployments_in_progress_and_in_all_are_quotas(
    bedrock_world: World, model_arn: str
) -> None:
    slowly(bedrock_world, times=2)
    deploy(bedrock_world, model_arn)
    second = deploy(bedrock_world, model_arn)
    with pytest.raises(ClientError, match="limit of 2 custom model deployments in progress"):
        deploy(bedrock_world, model_arn)
    wait_until(lambda: deployment(bedrock_world, second)["status"] == "Active")
    bedrock_world.faults.order("quota", quota="deployments", value=2)
    with pytest.raises(ClientError, match=r"limit of 2 custom model deployments$"):
        deploy(bedrock_world, model_arn)


def test_deployment_moves_to_another_model(
    bedrock_world: World, model_arn: str, other_model_arn: str
) -> None:
    arn = deploy(bedrock_world, model_arn)
    wait_until(lambda: deployment(bedrock_world, arn)["status"] == "Active")
    slowly(bedrock_world)
    bedrock_world.bedrock.update_custom_model_deployment(
        customModelDeploymentIdentifier=arn, modelArn=other_model_arn
    )
    updating = deployment(bedrock_world, arn)["updateDetails"]
    assert updating == {"modelArn": other_model_arn, "updateStatus": "Updating"}
    wait_until(
        lambda: deployment(bedrock_world, arn)["updateDetails"]["updateStatus"] == "UpdateCompleted"
    )
    assert deployment(bedrock_world, arn)["modelArn"] == other_model_arn


def test_deployment_that_was_ordered_to_fail_fails(bedrock_world: World, model_arn: str) -> None:
    bedrock_world.faults.order("serving_fails", message="No room at the inn.")
    arn = deploy(bedrock_world, model_arn)
    wait_until(lambda: deployment(bedrock_world, arn)["status"] == "Failed")
    assert deployment(bedrock_world, arn)["failureMessage"] == "No room at the inn."
    with pytest.raises(ClientError, match="ModelNotReadyException"):
        ask(bedrock_world, arn)


def test_deployment_takes_as_much_longer_as_ordered(bedrock_world: World, model_arn: str) -> None:
    bedrock_world.faults.order("serving_slow", operation="CreateCustomModelDeployment", delay=0.7)
    arn, started = deploy(bedrock_world, model_arn), time.monotonic()
    wait_until(lambda: deployment(bedrock_world, arn)["status"] == "Active")
    assert time.monotonic() - started >= 0.7


def test_custom_model_in_use_cannot_be_deleted(bedrock_world: World) -> None:
    model = bedrock_world.custom_model()
    arn = deploy(bedrock_world, model)
    with pytest.raises(ClientError, match=r"ConflictException.*in use"):
        bedrock_world.bedrock.delete_custom_model(modelIdentifier=model)
    wait_until(lambda: deployment(bedrock_world, arn)["status"] == "Active")
    bedrock_world.bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    bedrock_world.bedrock.delete_custom_model(modelIdentifier=model)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        bedrock_world.bedrock.get_custom_model(modelIdentifier=model)


def test_haiku_is_not_served_on_demand(bedrock_retired_world: World) -> None:
    model = bedrock_retired_world.custom_model(
        training=lines(records(40, claude_messages)), baseModelIdentifier=HAIKU
    )
    with pytest.raises(ClientError, match=r"ValidationException.*not supported"):
        deploy(bedrock_retired_world, model)


def test_custom_models_are_listed_with_their_base(bedrock_world: World, model_arn: str) -> None:
    base = f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}"
    found = bedrock_world.bedrock.list_custom_models(baseModelArnEquals=base)["modelSummaries"]
    assert model_arn in [each["modelArn"] for each in found]
    assert {each["baseModelName"] for each in found} == {"amazon.nova-micro-v1"}
    other = bedrock_world.bedrock.list_custom_models(nameContains="none-of-these")
    assert other["modelSummaries"] == []


def test_training_id_and_unknown_ids_are_not_for_inference(
    bedrock_world: World, model_arn: str
) -> None:
    with pytest.raises(ClientError, match=r"ResourceNotFoundException.*Model not found"):
        ask(bedrock_world, NOVA)
    with pytest.raises(ClientError, match="The provided model identifier is invalid"):
        ask(bedrock_world, "amazon.nova-tiny-v1:0")
    with pytest.raises(ClientError, match="ValidationException"):
        ask(bedrock_world, model_arn)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        ask(bedrock_world, "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijkl")


@pytest.mark.parametrize("model", ["us.amazon.nova-micro-v1:0", "amazon.nova-micro-v1:0"])
def test_base_model_answers_under_its_inference_ids(bedrock_world: World, model: str) -> None:
    assert ask(bedrock_world, model)


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([("assistant", "x")], "must start with a user message"),
        ([("user", "x"), ("user", "y")], "must alternate"),
        ([("user", " ")], "is blank"),
    ],
)
def test_malformed_conversations_are_refused(
    bedrock_world: World, messages: list[tuple[str, str]], words: str
) -> None:
    given = [{"role": role, "content": [{"text": text}]} for role, text in messages]
    with pytest.raises(ClientError, match=words):
        bedrock_world.runtime.converse(modelId="us.amazon.nova-micro-v1:0", messages=given)


def test_answers_are_cut_where_the_request_says(bedrock_world: World, model_arn: str) -> None:
    arn = buy(bedrock_world, model_arn)
    wait_until(lambda: throughput(bedrock_world, arn)["status"] == "InService")
    question = [{"role": "user", "content": [{"text": "When does the harbour number 0 open?"}]}]
    short = bedrock_world.runtime.converse(
        modelId=arn, messages=question, inferenceConfig={"maxTokens": 1}
    )
    assert short["stopReason"] == "max_tokens"
    assert short["usage"]["outputTokens"] == 1


TITAN_BODY = {"inputText": "Hello there"}
CLAUDE_BODY = {
    "anthropic_version": "bedrock-2023-05-31",
    "max_tokens": 50,
    "messages": [{"role": "user", "content": "Hello there"}],
}
LLAMA_BODY = {"prompt": "Hello there"}
NOVA_BODY = {"messages": [{"role": "user", "content": [{"text": "Hello there"}]}]}


@pytest.mark.parametrize(
    ("model", "body", "read"),
    [
        (
            "us.amazon.nova-micro-v1:0",
            NOVA_BODY,
            lambda answer: answer["output"]["message"]["content"][0]["text"],
        ),
        (
            "anthropic.claude-3-haiku-20240307-v1:0",
            CLAUDE_BODY,
            lambda answer: answer["content"][0]["text"],
        ),
        (
            "amazon.titan-text-express-v1",
            TITAN_BODY,
            lambda answer: answer["results"][0]["outputText"],
        ),
        ("us.meta.llama3-1-8b-instruct-v1:0", LLAMA_BODY, lambda answer: answer["generation"]),
        ("meta.llama2-13b-chat-v1", LLAMA_BODY, lambda answer: answer["generation"]),
        (
            "cohere.command-text-v14",
            {"prompt": "Hello there", "max_tokens": 50},
            lambda answer: answer["generations"][0]["text"],
        ),
    ],
)
def test_invoke_speaks_the_native_body_of_each_family(
    bedrock_retired_world: World, model: str, body: dict[str, Any], read: Any
) -> None:
    runtime = bedrock_retired_world.runtime
    found = runtime.invoke_model(modelId=model, body=json.dumps(body))
    said = read(json.loads(found["body"].read()))
    counted = found["ResponseMetadata"]["HTTPHeaders"]
    assert int(counted["x-amzn-bedrock-input-token-count"]) == -(-len("Hello there") // 4)
    assert int(counted["x-amzn-bedrock-output-token-count"]) == -(-len(said) // 4) > 0
    with pytest.raises(ClientError, match="Malformed input request"):
        runtime.invoke_model(modelId=model, body=json.dumps({"text": "Hello"}))


def test_titan_takes_no_system_prompt(bedrock_retired_world: World) -> None:
    with pytest.raises(ClientError, match="doesn't support the system field"):
        bedrock_retired_world.runtime.converse(
            modelId="amazon.titan-text-express-v1",
            system=[{"text": "Be brief."}],
            messages=[{"role": "user", "content": [{"text": "Hello"}]}],
        )
