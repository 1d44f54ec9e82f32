"""Least privilege: what policies name, what they are conditioned on, who holds what."""

import json

import pytest
from gateway_calls import SERVICES, calls_of_gateways
from synthesized import Synthesized, flat, listed

from stacks.permissions import Permission
from stacks.task_functions import TASKS
from tunedrop.catalog import all_models

PREFIX = "FineTuningService"

# Actions that take no resource: AWS documents a wildcard for them and nothing else.
WITHOUT_RESOURCE = {
    "bedrock:ListCustomModelDeployments",
    "bedrock:ListCustomModels",
    "bedrock:ListFoundationModels",
    "bedrock:ListModelCustomizationJobs",
    "bedrock:ListProvisionedModelThroughputs",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "servicequotas:GetAWSDefaultServiceQuota",
    "servicequotas:GetServiceQuota",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}

# What AWS asks for beside the call itself.
INDIRECT = {
    "bedrock:InvokeModelWithResponseStream",
    "bedrock:TagResource",
    "s3:GetObjectVersion",
    "s3:PutObjectTagging",
}
# What the command line does in the name of whoever uses it.
OF_PEOPLE = {"states:StopExecution", "states:ListExecutions"}

# Of one role, in characters, without white space.
MOST_OF_INLINE_POLICIES = 10_240

DESTRUCTIVE = [
    "bedrock:DeleteCustomModel",
    "bedrock:DeleteCustomModelDeployment",
    "bedrock:DeleteProvisionedModelThroughput",
    "bedrock:StopModelCustomizationJob",
    "bedrock:UpdateProvisionedModelThroughput",
]
CREATING = [
    "bedrock:CreateCustomModelDeployment",
    "bedrock:CreateModelCustomizationJob",
    "bedrock:CreateProvisionedModelThroughput",
    "bedrock:TagResource",
]


def test_a_bare_wildcard_is_for_actions_that_take_no_resource(service: Synthesized) -> None:
    bare = {
        action
        for _, statement in service.all_statements()
        if "*" in listed(statement["Resource"])
        for action in listed(statement["Action"])
    }
    assert bare == WITHOUT_RESOURCE


def test_no_action_is_a_wildcard(service: Synthesized) -> None:
    actions = {a for _, s in service.all_statements() for a in listed(s["Action"])}
    assert not {action for action in actions if "*" in action}


def test_a_wildcard_without_a_reason_is_refused() -> None:
    with pytest.raises(ValueError, match=r"s3:GetObject on arn:x/\* needs a reason"):
        Permission(actions=["s3:GetObject"], resources=["arn:x/*"])


@pytest.mark.parametrize("action", DESTRUCTIVE)
def test_what_stops_changes_or_deletes_asks_for_the_tag_of_the_stage(
    service: Synthesized, action: str
) -> None:
    statements = [s for _, s in service.all_statements() if action in listed(s["Action"])]
    assert statements
    for statement in statements:
        tags = statement["Condition"]["StringEquals"]
        assert tags == {"aws:ResourceTag/tunedrop:stage": "dev"}


@pytest.mark.parametrize("action", CREATING)
def test_what_creates_in_bedrock_has_to_tag(service: Synthesized, action: str) -> None:
    statements = [s for _, s in service.all_statements() if action in listed(s["Action"])]
    assert statements
    for statement in statements:
        tags = statement["Condition"]["StringEquals"]
        assert tags == {"aws:RequestTag/tunedrop:stage": "dev"}


def test_throughput_is_moved_to_custom_models_only(service: Synthesized) -> None:
    for name in ("SwapThroughput", "CleanUp"):
        [statement] = service.may(f"{PREFIX}{name}Role", "bedrock:UpdateProvisionedModelThroughput")
        found = flat(statement["Resource"])
        assert (":custom-model/*" in found, "foundation-model" in found) == (True, False)


def test_jobs_are_created_from_the_base_models_of_recipes_only(service: Synthesized) -> None:
    statements = service.may(
        f"{PREFIX}CreateCustomizationJobRole", "bedrock:CreateModelCustomizationJob"
    )
    resources = {r for s in statements for r in listed(s["Resource"]) if isinstance(r, str)}
    models = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova"
    trained = {f"{models}-lite-v1:0:300k", f"{models}-micro-v1:0:128k"}
    assert resources == trained | {model.rpartition(":")[0] for model in trained}


def test_only_the_function_that_creates_jobs_may_pass_a_role_and_only_to_bedrock(
    service: Synthesized,
) -> None:
    passing = [(h, s) for h, s in service.all_statements() if "iam:PassRole" in flat(s["Action"])]
    [(holder, statement)] = passing
    assert "CreateCustomizationJob" in holder
    assert "CustomizationRole" in flat(statement["Resource"])
    assert statement["Condition"] == {
        "StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}
    }


def test_the_customization_role_trusts_bedrock_for_jobs_of_this_account(
    service: Synthesized,
) -> None:
    role = service.only("AWS::IAM::Role", f"{PREFIX}CustomizationRole")["Properties"]
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "bedrock.amazonaws.com"}
    condition = statement["Condition"]
    assert condition["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert ":model-customization-job/*" in flat(condition["ArnLike"]["aws:SourceArn"])


def test_the_customization_role_reads_training_sets_and_writes_training_output(
    service: Synthesized,
) -> None:
    role = f"{PREFIX}CustomizationRole"
    [read] = [s for s in service.may(role, "s3:GetObject") if "s3:PutObject" not in s["Action"]]
    [write] = service.may(role, "s3:PutObject")
    assert '"/runs/*/dataset/*"' in flat(read["Resource"])
    assert '"/training/*"' in flat(write["Resource"])
    assert "DatasetsBucket" not in flat(service.statements(role))


@pytest.mark.parametrize("name", ["TestDeployment", "RecordOutcome"])
def test_files_of_a_run_are_read_to_their_end_at_one_version(
    service: Synthesized, name: str
) -> None:
    found = service.may(f"{PREFIX}{name}Role", "s3:GetObjectVersion")
    assert [each for each in found if '"/runs/*"' in flat(each["Resource"])]


def test_media_are_copied_at_their_version_and_tagged_where_bedrock_reads_them(
    service: Synthesized,
) -> None:
    role = f"{PREFIX}UploadDatasetRole"
    [read] = service.may(role, "s3:GetObjectVersion")
    [write] = service.may(role, "s3:PutObjectTagging")
    assert "DatasetsBucket" in flat(read["Resource"])
    assert '"/datasets/*"' in flat(read["Resource"])
    assert "s3:PutObject" in write["Action"]
    assert '"/runs/*"' in flat(write["Resource"])


def test_the_key_is_used_through_named_services_only(service: Synthesized) -> None:
    using = [s for _, s in service.all_statements() if "kms:" in flat(s["Action"])]
    assert using
    assert all("kms:ViaService" in s["Condition"]["StringEquals"] for s in using)


def test_base_models_of_a_profile_are_reached_through_the_profile_only(
    service: Synthesized,
) -> None:
    asking = service.may(f"{PREFIX}TestDeploymentRole", "bedrock:InvokeModel")
    [statement] = [s for s in asking if "foundation-model/amazon.nova-micro" in flat(s["Resource"])]
    profiles = statement["Condition"]["StringEquals"]["bedrock:InferenceProfileArn"]
    assert ":inference-profile/us.amazon.nova-micro" in flat(profiles)
    assert all(":inference-profile/us.amazon.nova-" in flat(each) for each in profiles)


def test_every_base_model_that_a_run_may_have_is_asked_in_its_test(service: Synthesized) -> None:
    asking = flat(service.may(f"{PREFIX}TestDeploymentRole", "bedrock:InvokeModel"))
    known = {m.inference_id: f'/{m.inference_id}"' in asking for m in all_models()}
    here = {m.inference_id for m in all_models() if "us-east-1" in m.regions}
    assert {name for name, is_asked in known.items() if is_asked} == here


def test_the_inline_policies_of_every_role_fit_into_what_iam_takes(service: Synthesized) -> None:
    sizes = {
        role: len(json.dumps(service.statements(role), separators=(",", ":")))
        for role in service.of_type("AWS::IAM::Role")
    }
    assert max(sizes.values()) < MOST_OF_INLINE_POLICIES, sizes


@pytest.mark.parametrize("name", ["WaitForCustomizationJob", "ResumeRun"])
def test_tokens_are_answered_through_a_policy_that_the_function_does_not_wait_for(
    service: Synthesized, name: str
) -> None:
    [statement] = service.may(f"{PREFIX}{name}Role", "states:SendTaskSuccess")
    function = service.functions()[name]
    assert f"{PREFIX}FineTuning" in flat(statement["Resource"])
    assert not [d for d in function["DependsOn"] if "Answers" in d]


@pytest.mark.parametrize(
    ("role", "action"),
    [
        ("ValidateDataset", "bedrock:"),
        ("UploadDataset", "bedrock:Create"),
        ("PrepareRun", "s3:PutObject"),
        ("EvaluateModel", "bedrock:"),
        ("PromoteModel", "bedrock:"),
        ("SwapThroughput", "bedrock:Create"),
        ("ProvisionThroughput", "bedrock:Update"),
        ("RecordOutcome", "bedrock:"),
        ("StartRun", "bedrock:"),
        ("CleanUp", "bedrock:Create"),
        ("Sweep", "bedrock:Create"),
        ("CleanUp", "s3:PutObject"),
    ],
)
def test_a_function_may_not_do_the_work_of_another(
    service: Synthesized, role: str, action: str
) -> None:
    actions = {a for s in service.statements(f"{PREFIX}{role}Role") for a in listed(s["Action"])}
    assert not {a for a in actions if a.startswith(action)}


def test_datasets_are_read_by_the_service_and_never_written(service: Synthesized) -> None:
    for holders, statement in service.all_statements():
        if "DatasetsBucket" in flat(statement["Resource"]) and "support-app" not in holders:
            assert not {a for a in listed(statement["Action"]) if "Put" in a or "Delete" in a}


def test_the_functions_may_do_what_the_gateways_call_and_nothing_else(
    service: Synthesized,
) -> None:
    granted = {
        action
        for holder, statement in service.all_statements()
        if any(f"{PREFIX}{name}Role" in holder for name in TASKS)
        for action in listed(statement["Action"])
        if action.partition(":")[0] in SERVICES.values()
    }
    assert granted - INDIRECT == set(calls_of_gateways()) - OF_PEOPLE
    assert granted >= INDIRECT


def test_every_name_of_an_operation_is_found_in_the_gateways() -> None:
    assert {"dynamodb:Query", "states:SendTaskSuccess", "bedrock:ListCustomModels"} <= set(
        calls_of_gateways()
    )
