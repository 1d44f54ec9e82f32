"""IAM: sessions of roles may do what their policies say, the developer may do everything."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.bedrock.conditions import holds
from localcloud.bedrock.policy import Decision, Question, decide
from tests.localcloud.bedrock_world import World, allow, document

OWN = "arn:aws:bedrock:us-east-1:123456789012"
MODELS = "arn:aws:bedrock:*::foundation-model/*"
STAGE = [{"key": "tunedrop:stage", "value": "dev"}]


def as_role(world: World, service: str, *statements: dict[str, Any]) -> Any:
    """A client with a session of a role that may do what the statements say."""
    return world.client(service, **world.session(world.role(*statements)))


def creating(role: str, condition: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """What a creator of jobs needs."""
    return [
        allow(
            ["bedrock:CreateModelCustomizationJob"],
            [MODELS, f"{OWN}:custom-model/*", f"{OWN}:model-customization-job/*"],
            condition,
        ),
        allow(["bedrock:TagResource"], [f"{OWN}:model-customization-job/*"], condition),
        allow(
            ["iam:PassRole"],
            [role],
            {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}},
        ),
    ]


def test_role_without_the_action_is_denied_in_the_words_of_aws(bedrock_world: World) -> None:
    client = as_role(bedrock_world, "bedrock", allow(["bedrock:ListCustomModels"], ["*"]))
    client.list_custom_models()
    with pytest.raises(ClientError) as denied:
        client.list_model_customization_jobs()
    assert denied.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert denied.value.response["Error"]["Code"] == "AccessDeniedException"
    message = denied.value.response["Error"]["Message"]
    assert message.startswith("User: arn:aws:sts::123456789012:assumed-role/role-")
    assert message.endswith(
        "is not authorized to perform: bedrock:ListModelCustomizationJobs on resource: * because "
        "no identity-based policy allows the bedrock:ListModelCustomizationJobs action"
    )


def test_creating_a_job_needs_pass_role(bedrock_world: World) -> None:
    request = bedrock_world.job_request(jobTags=STAGE)
    enough = creating(request["roleArn"])
    with pytest.raises(ClientError, match="perform: iam:PassRole on resource"):
        as_role(bedrock_world, "bedrock", *enough[:2]).create_model_customization_job(**request)
    as_role(bedrock_world, "bedrock", *enough).create_model_customization_job(**request)


def test_creating_can_depend_on_the_tags_given(bedrock_world: World) -> None:
    request = bedrock_world.job_request()
    condition = {"StringEquals": {"aws:RequestTag/tunedrop:stage": "dev"}}
    client = as_role(bedrock_world, "bedrock", *creating(request["roleArn"], condition))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        client.create_model_customization_job(**request)
    assert client.create_model_customization_job(**request, jobTags=STAGE)


def test_deleting_can_depend_on_the_tags_of_the_resource(bedrock_world: World) -> None:
    ours = bedrock_world.custom_model(customModelTags=STAGE)
    theirs = bedrock_world.custom_model()
    condition = {"StringEquals": {"aws:ResourceTag/tunedrop:stage": "dev"}}
    client = as_role(
        bedrock_world,
        "bedrock",
        allow(["bedrock:DeleteCustomModel"], [f"{OWN}:custom-model/*"], condition),
    )
    client.delete_custom_model(modelIdentifier=ours)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        client.delete_custom_model(modelIdentifier=theirs)


def test_asking_through_a_profile_needs_the_model_in_every_region(bedrock_world: World) -> None:
    profile = f"{OWN}:inference-profile/us.amazon.nova-micro-v1:0"
    asked = {
        "modelId": "us.amazon.nova-micro-v1:0",
        "messages": [{"role": "user", "content": [{"text": "Hello"}]}],
    }
    here = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"
    with pytest.raises(ClientError, match="us-east-2::foundation-model"):
        as_role(
            bedrock_world, "bedrock-runtime", allow(["bedrock:InvokeModel"], [profile, here])
        ).converse(**asked)
    as_role(
        bedrock_world,
        "bedrock-runtime",
        allow(["bedrock:InvokeModel"], [profile, here.replace("us-east-1", "*")]),
    ).converse(**asked)


def test_quotas_have_actions_of_their_own(bedrock_world: World) -> None:
    client = as_role(
        bedrock_world,
        "service-quotas",
        allow(
            ["servicequotas:GetServiceQuota"],
            ["arn:aws:servicequotas:us-east-1:123456789012:bedrock/L-0406044C"],
        ),
    )
    assert client.get_service_quota(ServiceCode="bedrock", QuotaCode="L-0406044C")
    with pytest.raises(ClientError, match="AccessDeniedException"):
        client.get_service_quota(ServiceCode="bedrock", QuotaCode="L-CB5B847D")


def test_explicit_deny_wins(bedrock_world: World) -> None:
    deny = {"Effect": "Deny", "Action": "bedrock:List*", "Resource": "*"}
    client = as_role(bedrock_world, "bedrock", allow(["bedrock:*"], ["*"]), deny)
    with pytest.raises(ClientError, match="explicit deny in an identity-based policy"):
        client.list_custom_models()


def test_managed_policies_count_too(bedrock_world: World) -> None:
    iam, role = bedrock_world.client("iam"), bedrock_world.role()
    policy = iam.create_policy(
        PolicyName=f"managed-{role[-8:]}",
        PolicyDocument=json.dumps(document(allow(["bedrock:ListCustomModels"], ["*"]))),
    )["Policy"]["Arn"]
    client = bedrock_world.client("bedrock", **bedrock_world.session(role))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        client.list_custom_models()
    iam.attach_role_policy(RoleName=role.rpartition("/")[2], PolicyArn=policy)
    assert "modelSummaries" in client.list_custom_models()


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEquals", "a", None, False),
        ("StringEqualsIfExists", "a", None, True),
        ("StringNotEquals", "a", None, True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringLike", "runs/*", "runs/x/y", True),
        ("StringLike", "runs/[a-z]", "runs/b", False),
        ("ArnLike", "arn:aws:bedrock:*:1:job/*", "arn:aws:bedrock:us:1:job/x", True),
        ("ArnEquals", "arn:aws:bedrock:us:1:job/*", "arn:aws:bedrock:eu:1:job/x", False),
        ("Bool", "true", "true", True),
        ("Bool", False, "true", False),
        ("Null", "true", None, True),
        ("Null", "true", "x", False),
        ("ForAllValues:StringEquals", ["a", "b"], ["a"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAllValues:StringEquals", ["a"], None, True),
        ("ForAnyValue:StringEquals", ["a"], ["c", "a"], True),
        ("ForAnyValue:StringEquals", ["a"], None, False),
    ],
)
def test_conditions_hold_as_in_iam(operator: str, wanted: Any, given: Any, expected: bool) -> None:
    context = {} if given is None else {"aws:Key": given}
    assert holds({operator: {"AWS:key": wanted}}, context) is expected


def test_unknown_condition_operator_is_an_error() -> None:
    with pytest.raises(NotImplementedError, match="BinaryEquals"):
        holds({"BinaryEquals": {"k": "v"}}, {"k": "v"})


def test_not_action_and_not_resource_are_understood() -> None:
    statement = {"Effect": "Allow", "NotAction": "s3:Delete*", "NotResource": "arn:aws:s3:::a/*"}
    policies = [document(statement)]
    reading = Question(action="s3:GetObject", resource="arn:aws:s3:::b/x")
    deleting = Question(action="s3:DeleteObject", resource="arn:aws:s3:::b/x")
    elsewhere = Question(action="s3:GetObject", resource="arn:aws:s3:::a/x")
    assert decide(policies, reading) is Decision.ALLOWED
    assert decide(policies, deleting) is Decision.NOT_ALLOWED
    assert decide(policies, elsewhere) is Decision.NOT_ALLOWED


def test_model_under_a_customers_key_asks_for_the_key(bedrock_world: World) -> None:
    key = bedrock_world.client("kms").create_key()["KeyMetadata"]["Arn"]
    request = bedrock_world.job_request(customModelKmsKeyId=key)
    enough = creating(request["roleArn"])
    uses = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant"]
    via_bedrock = {"StringEquals": {"kms:ViaService": "bedrock.us-east-1.amazonaws.com"}}
    with pytest.raises(ClientError, match="perform: kms:Decrypt on resource"):
        as_role(bedrock_world, "bedrock", *enough).create_model_customization_job(**request)
    client = as_role(bedrock_world, "bedrock", *enough, allow(uses, [key], via_bedrock))
    arn = client.create_model_customization_job(**request)["jobArn"]
    assert bedrock_world.ended_job(arn)["outputModelKmsKeyArn"] == key


def test_unknown_key_is_refused(bedrock_world: World) -> None:
    key = f"arn:aws:kms:us-east-1:123456789012:key/{'0' * 36}"
    with pytest.raises(ClientError, match=r"ValidationException.*KMS key"):
        bedrock_world.create_job(customModelKmsKeyId=key)
