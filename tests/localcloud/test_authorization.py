"""What a function's role may do: what it lacks fails in the emulation as it would on AWS."""

from typing import Any

import pytest

from tests.localcloud.cloud_process import RunningCloud
from tests.localcloud.small_stacks import (
    Template,
    arn_of,
    deploy_stack,
    execute,
    function,
    invoke,
    machine,
    one_state,
    ref,
    role,
)

# Makes the call that the event describes, and says which error came back.
CALLER = """
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    try:
        getattr(boto3.client(event["service"]), event["operation"])(**event["arguments"])
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"
"""


def _statements() -> list[Template]:
    within = {"Fn::Sub": "${Bucket.Arn}/mine/*"}
    return [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": within},
        {
            "Effect": "Allow",
            "Action": "ssm:GetParameter",
            "Resource": {"Fn::Sub": "arn:aws:ssm:*:*:parameter/mine/*"},
        },
        {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": arn_of("Table")},
        {"Effect": "Allow", "Action": "sns:Publish", "Resource": ref("Topic")},
    ]


def _resources() -> Template:
    transport = {"Bool": {"aws:SecureTransport": "false"}}
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": {"Fn::Sub": "${Bucket.Arn}/*"},
    }
    secret = {**deny, "Resource": {"Fn::Sub": "${Bucket.Arn}/mine/secret"}}
    document = {"Version": "2012-10-17", "Statement": [{**deny, "Condition": transport}, secret]}
    return {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "BucketPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": ref("Bucket"), "PolicyDocument": document},
        },
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        },
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Other": {"Type": "AWS::SNS::Topic"},
        "Role": role(*_statements()),
        "Function": function(CALLER),
    }


@pytest.fixture(scope="module")
def names(bare_cloud: RunningCloud) -> dict[str, str]:
    wanted = ("Function", "Bucket", "Table", "Topic", "Other")
    return deploy_stack(bare_cloud, _resources(), **{name: ref(name) for name in wanted})


ITEM = {"pk": {"S": "1"}}
CALLS = {
    "own object": ("s3", "put_object", {"Bucket": "Bucket", "Key": "mine/a"}, "allowed"),
    "other prefix": ("s3", "put_object", {"Bucket": "Bucket", "Key": "a"}, "AccessDenied"),
    "bucket denies": (
        "s3",
        "put_object",
        {"Bucket": "Bucket", "Key": "mine/secret"},
        "AccessDenied",
    ),
    "no listing": ("s3", "list_objects_v2", {"Bucket": "Bucket"}, "AccessDenied"),
    # Without ListBucket S3 does not tell that an object is missing.
    "missing": ("s3", "get_object", {"Bucket": "Bucket", "Key": "mine/none"}, "AccessDenied"),
    "own parameter": ("ssm", "get_parameter", {"Name": "/mine/a"}, "ParameterNotFound"),
    "other parameter": ("ssm", "get_parameter", {"Name": "/b"}, "AccessDeniedException"),
    "read item": ("dynamodb", "get_item", {"TableName": "Table", "Key": ITEM}, "allowed"),
    "write item": (
        "dynamodb",
        "put_item",
        {"TableName": "Table", "Item": ITEM},
        "AccessDeniedException",
    ),
    "write in a transaction": (
        "dynamodb",
        "transact_write_items",
        {"TransactItems": [{"Delete": {"TableName": "Table", "Key": ITEM}}]},
        "AccessDeniedException",
    ),
    "own topic": ("sns", "publish", {"TopicArn": "Topic", "Message": "m"}, "allowed"),
    "other topic": ("sns", "publish", {"TopicArn": "Other", "Message": "m"}, "AuthorizationError"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_role_does_what_it_is_granted(
    bare_cloud: RunningCloud, names: dict[str, str], call: tuple[str, str, Any, str]
) -> None:
    service, operation, arguments, expected = call
    event = {"service": service, "operation": operation, "arguments": _named(arguments, names)}
    assert invoke(bare_cloud, names["Function"], event)[1] == expected


def _named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _named(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_named(each, names) for each in value]
    return names.get(value, value)


def test_state_machine_invokes_what_its_role_may(bare_cloud: RunningCloud) -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "${Function}"},
    }
    nothing = {
        "Effect": "Allow",
        "Action": "lambda:InvokeFunction",
        "Resource": "arn:aws:lambda:::x",
    }
    resources = {
        "Role": role(nothing),
        "Function": function(CALLER),
        "Machine": machine(one_state(state), Function=ref("Function")),
    }
    arn = deploy_stack(bare_cloud, resources, Arn=ref("Machine"))["Arn"]
    assert "lambda:InvokeFunction" in execute(bare_cloud, arn)["cause"]
