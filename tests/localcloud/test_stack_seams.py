"""CloudFormation's seams: versions, updates, names, failures, protection."""

import pytest
from botocore.exceptions import ClientError

from localcloud.moto_seams.resource_names import shortened
from localcloud.moto_seams.stack_updates import in_dependency_order
from tests.localcloud.cloud_process import RunningCloud
from tests.localcloud.small_stacks import (
    Template,
    deploy_stack,
    function,
    invoke,
    machine,
    one_state,
    reasons,
    ref,
    role,
    stack_names,
    template,
)


def _versioned(code: str, version_id: str) -> Template:
    version = {"FunctionName": ref("Function")}
    return {
        "Role": role(),
        "Function": function(code),
        version_id: {
            "Type": "AWS::Lambda::Version",
            "Properties": version,
            "DeletionPolicy": "Retain",
        },
    }


def test_new_version_carries_new_code_and_the_old_one_stays(bare_cloud: RunningCloud) -> None:
    first, second = (f"def handler(event, context): return {n}" for n in (1, 2))
    old = deploy_stack(bare_cloud, _versioned(first, "V1"), name="versions", Arn=ref("V1"))["Arn"]
    new = deploy_stack(bare_cloud, _versioned(second, "V2"), name="versions", Arn=ref("V2"))["Arn"]
    assert [invoke(bare_cloud, arn, {})[1] for arn in (old, new)] == [1, 2]


def test_unknown_resource_type_fails_the_stack_with_its_name(bare_cloud: RunningCloud) -> None:
    resources = {"Teapot": {"Type": "AWS::Kitchen::Teapot", "Properties": {}}}
    assert "AWS::Kitchen::Teapot" in _reason(bare_cloud, resources, "teapot")


def test_placeholder_without_a_value_fails_the_stack(bare_cloud: RunningCloud) -> None:
    definition = one_state({"Type": "Task", "Resource": "${BrewFunctionArn}"})
    resources = {"Role": role(), "Machine": machine(definition)}
    assert "BrewFunctionArn" in _reason(bare_cloud, resources, "placeholder")


def _reason(cloud: RunningCloud, resources: Template, stack: str) -> str:
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName=stack, TemplateBody=template(resources))
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    assert described["StackStatus"] == "ROLLBACK_COMPLETE"
    return reasons(cloud, stack)


def test_protected_stack_is_not_deleted(bare_cloud: RunningCloud) -> None:
    cloudformation = bare_cloud.client("cloudformation")
    body = template({"Queue": {"Type": "AWS::SQS::Queue"}})
    cloudformation.create_stack(
        StackName="protected", TemplateBody=body, EnableTerminationProtection=True
    )
    with pytest.raises(ClientError, match="TerminationProtection is enabled"):
        cloudformation.delete_stack(StackName="protected")
    cloudformation.update_termination_protection(
        StackName="protected", EnableTerminationProtection=False
    )
    cloudformation.delete_stack(StackName="protected")
    assert "protected" not in stack_names(bare_cloud)


def test_bucket_has_the_properties_of_its_template(bare_cloud: RunningCloud) -> None:
    rule = {"Id": "old", "Status": "Enabled", "Prefix": "tmp/", "ExpirationInDays": 3}
    block = {"BlockPublicAcls": True, "BlockPublicPolicy": True}
    bucket = {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "VersioningConfiguration": {"Status": "Enabled"},
            "LifecycleConfiguration": {"Rules": [rule]},
            "PublicAccessBlockConfiguration": block,
        },
    }
    name = deploy_stack(bare_cloud, {"Bucket": bucket}, Name=ref("Bucket"))["Name"]
    s3 = bare_cloud.client("s3")
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    lifecycle = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"][0]
    assert lifecycle["Expiration"] == {"Days": 3}
    public = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert public["BlockPublicPolicy"] is True


def test_resources_come_after_those_that_they_refer_to() -> None:
    resources = {
        "Machine": {"Definition": {"Fn::Sub": "${Function.Arn}/${AWS::Region}"}},
        "Function": {"Role": {"Fn::GetAtt": ["Role", "Arn"]}, "DependsOn": "Policy"},
        "Policy": {"Roles": [{"Ref": "Role"}]},
        "Role": {},
    }
    assert list(in_dependency_order(resources)) == ["Role", "Policy", "Function", "Machine"]


def test_generated_name_is_cut_in_the_middle() -> None:
    name = shortened("stack-one-" + "Resource" * 10 + "-SUFFIX", "stack-one", 40)
    assert len(name) <= 40
    assert name.startswith("stack-one-Resource")
    assert name.endswith("-SUFFIX")


def test_every_type_of_attribute_comes_back_as_it_was_put(bare_cloud: RunningCloud) -> None:
    dynamodb = bare_cloud.client("dynamodb")
    dynamodb.create_table(
        TableName="types",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    plain = {"S": "Zürich"}, {"N": "-1.5"}, {"B": b"\x00\xff"}, {"BOOL": False}, {"NULL": True}
    sets = {"SS": ["a", "b"]}, {"NS": ["1", "2"]}, {"BS": [b"\x00", b"\xff"]}
    empty = {"S": ""}, {"L": []}, {"M": {}}
    item = {"pk": {"S": "1"}, "all": {"L": [*plain, *sets, *empty, {"M": {"inner": {"N": "7"}}}]}}
    dynamodb.put_item(TableName="types", Item=item)
    assert dynamodb.get_item(TableName="types", Key={"pk": {"S": "1"}})["Item"] == item
