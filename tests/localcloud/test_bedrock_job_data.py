"""What a job makes of its data: failures in Bedrock's words, and the files that it writes."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.localcloud.bedrock_world import (
    HAIKU,
    LLAMA,
    TITAN,
    World,
    allow,
    claude_messages,
    conversation,
    document,
    lines,
    prompt_completion,
    records,
)
from tests.localcloud.pictures import drawn

FORMAT = 'must follow \'{"schemaVersion"'


def failure(world: World, body: bytes, **changes: Any) -> str:
    """Why a job over this training data failed."""
    job = world.run_job(body, **changes)
    assert job["status"] == "Failed"
    assert "outputModelArn" not in job
    return str(job["failureMessage"])


def among(*odd: Any) -> bytes:
    """Training data with odd records behind enough good ones."""
    return lines([*records(16), *odd])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "Unable to parse Amazon S3 file: train.jsonl. Data files must conform to JSONL"),
        (lines(records(8)) + b"\n\n", "must conform to JSONL format"),
        (lines(records(8)) + b"\xff\xfe\n", "must conform to JSONL format"),
        (lines(records(7)), "number of training records 7 is less than the minimum of 8"),
        (lines(records(16, prompt_completion)), FORMAT),
        (among({"schemaVersion": "other", "messages": []}), FORMAT),
        (among(conversation("x", " ")), "not empty"),
        (among({**conversation("x", "y"), "extra": 1}), FORMAT),
        (
            among(
                {
                    "schemaVersion": "bedrock-conversation-2024",
                    "messages": conversation("x", "y")["messages"][:1],
                }
            ),
            "last message must be of the assistant",
        ),
        (among(conversation("User: hello", "y")), "reserved keyword 'User:'"),
        (among(conversation("word " * 26_000, "y")), "exceeds limit of 32000"),
    ],
)
def test_unsuitable_records_fail_the_job(bedrock_world: World, body: bytes, words: str) -> None:
    message = failure(bedrock_world, body)
    assert words in message


@pytest.mark.parametrize(
    ("base", "of", "count", "words"),
    [
        (TITAN, claude_messages, 8, 'must follow \'{"prompt": "<input text>", "completion": '),
        (HAIKU, claude_messages, 31, "number of training records 31 is less than"),
        (HAIKU, prompt_completion, 40, 'must follow \'{"system": '),
        (LLAMA, prompt_completion, 99, "number of training records 99 is less than"),
    ],
)
def test_each_family_has_its_format_and_its_minimum(
    bedrock_retired_world: World, base: str, of: Callable[[str, str], Any], count: int, words: str
) -> None:
    body = lines(records(count, of))
    assert words in failure(bedrock_retired_world, body, baseModelIdentifier=base)


def test_long_record_is_named_by_its_beginning(bedrock_retired_world: World) -> None:
    body = lines([*records(8, prompt_completion), prompt_completion("long " * 6000, "y")])
    message = failure(bedrock_retired_world, body, baseModelIdentifier=TITAN)
    assert message == (
        "Input size exceeded in file train.jsonl for record starting with long long long long "
    )


def test_sum_of_records_is_a_quota(bedrock_world: World) -> None:
    bedrock_world.faults.order("quota", quota="L-EC6A6ABC", value=10)
    assert "records 16 exceeds the quota of 10" in failure(bedrock_world, lines(records(16)))


def test_missing_file_cannot_be_validated(bedrock_world: World) -> None:
    bucket = bedrock_world.bucket()
    job = bedrock_world.run_job(
        roleArn=bedrock_world.data_role(bucket),
        trainingDataConfig={"s3Uri": f"s3://{bucket}/none.jsonl"},
        outputDataConfig={"s3Uri": f"s3://{bucket}/out"},
    )
    assert job["failureMessage"] == (
        "Could not validate GetObject permissions to access Amazon S3 bucket: "
        f"{bucket} at key none.jsonl"
    )


def test_folder_is_no_training_file(bedrock_world: World) -> None:
    bucket = bedrock_world.bucket()
    job = bedrock_world.run_job(
        roleArn=bedrock_world.data_role(bucket),
        trainingDataConfig={"s3Uri": f"s3://{bucket}/in/"},
        outputDataConfig={"s3Uri": f"s3://{bucket}/out"},
    )
    assert "Uri should be a file, not a directory" in job["failureMessage"]


def without_action(world: World, bucket: str, missing: str) -> str:
    """A role that may do everything with a bucket but one thing."""
    actions = {"s3:GetObject", "s3:PutObject", "s3:ListBucket"} - {missing}
    return world.role(
        allow(sorted(actions), [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"])
    )


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("s3:GetObject", "Could not validate GetObject permissions"),
        ("s3:ListBucket", "Could not validate GetObject permissions"),
        ("s3:PutObject", "Amazon S3 perms missing (PutObject)"),
    ],
)
def test_role_without_a_permission_fails_the_job(
    bedrock_world: World, missing: str, words: str
) -> None:
    request = bedrock_world.job_request()
    bucket = request["outputDataConfig"]["s3Uri"].split("/")[2]
    role = without_action(bedrock_world, bucket, missing)
    arn = bedrock_world.bedrock.create_model_customization_job(**{**request, "roleArn": role})
    assert words in bedrock_world.ended_job(arn["jobArn"])["failureMessage"]


def trust(source_account: str, source_arn: str) -> dict[str, Any]:
    """A trust statement for Bedrock with the documented conditions."""
    return {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "bedrock.amazonaws.com"},
        "Condition": {
            "StringEquals": {"aws:SourceAccount": source_account},
            "ArnEquals": {"aws:SourceArn": source_arn},
        },
    }


@pytest.mark.parametrize(
    ("account", "job_arns", "status"),
    [
        (
            "123456789012",
            "arn:aws:bedrock:us-east-1:123456789012:model-customization-job/*",
            "Completed",
        ),
        (
            "210987654321",
            "arn:aws:bedrock:us-east-1:123456789012:model-customization-job/*",
            "Failed",
        ),
        (
            "123456789012",
            "arn:aws:bedrock:eu-west-1:123456789012:model-customization-job/*",
            "Failed",
        ),
    ],
)
def test_role_must_trust_this_very_job(
    bedrock_world: World, account: str, job_arns: str, status: str
) -> None:
    everything = allow(["s3:*"], ["*"])
    role = bedrock_world.role(everything, trust=trust(account, job_arns))
    job = bedrock_world.run_job(roleArn=role)
    assert job["status"] == status
    if status == "Failed":
        assert "Could not validate" in job["failureMessage"] or "perms" in job["failureMessage"]


def encrypt(world: World, bucket: str, key: str) -> None:
    """Let the bucket encrypt what is put into it from now on."""
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {"ApplyServerSideEncryptionByDefault": default}
    world.client("s3").put_bucket_encryption(
        Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )


def test_encrypted_bucket_needs_the_key_too(bedrock_world: World) -> None:
    request = bedrock_world.job_request()
    bucket = request["outputDataConfig"]["s3Uri"].split("/")[2]
    key = bedrock_world.client("kms").create_key()["KeyMetadata"]["Arn"]
    encrypt(bedrock_world, bucket, key)
    refused = bedrock_world.bedrock.create_model_customization_job(**request)["jobArn"]
    assert "PutObject" in bedrock_world.ended_job(refused)["failureMessage"]
    through_s3 = {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}
    uses = allow(["kms:GenerateDataKey", "kms:Decrypt"], [key], through_s3)
    bedrock_world.client("iam").put_role_policy(
        RoleName=request["roleArn"].rpartition("/")[2],
        PolicyName="key",
        PolicyDocument=json.dumps(document(uses)),
    )
    renamed = {**request, "jobName": f"{request['jobName']}-2"}
    allowed = bedrock_world.bedrock.create_model_customization_job(**renamed)["jobArn"]
    assert bedrock_world.ended_job(allowed)["status"] == "Completed"


def test_bucket_policy_can_deny_the_role(bedrock_world: World) -> None:
    request = bedrock_world.job_request()
    bucket = request["outputDataConfig"]["s3Uri"].split("/")[2]
    deny = {
        "Effect": "Deny",
        "Principal": {"AWS": request["roleArn"]},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    bedrock_world.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(document(deny)))
    arn = bedrock_world.bedrock.create_model_customization_job(**request)["jobArn"]
    assert "Could not validate GetObject" in bedrock_world.ended_job(arn)["failureMessage"]


def metrics(world: World, job: dict[str, Any], suffix: str) -> list[dict[str, str]]:
    """The rows of the one metric file whose path ends like this."""
    written = world.objects(job["outputDataConfig"]["s3Uri"])
    (content,) = [body for name, body in written.items() if name.endswith(suffix)]
    return list(csv.DictReader(io.StringIO(content.decode())))


def with_validation(world: World, base: str, of: Any, count: int) -> dict[str, Any]:
    """An ended job with validation data."""
    request = world.job_request(lines(records(count, of)), baseModelIdentifier=base)
    bucket = request["outputDataConfig"]["s3Uri"].split("/")[2]
    uri = world.put(bucket, "in/validation.jsonl", lines(records(32, of)))
    arn = world.bedrock.create_model_customization_job(
        **request, validationDataConfig={"validators": [{"s3Uri": uri}]}
    )["jobArn"]
    return world.ended_job(arn)


@pytest.mark.parametrize(
    ("base", "of", "where", "columns"),
    [
        (
            HAIKU,
            claude_messages,
            "post_fine_tuning_validation/validation_metrics.csv",
            ["step_number", "epoch_number", "validation_loss"],
        ),
        (
            TITAN,
            prompt_completion,
            "post_fine_tuning_validation/validation/validation_metrics.csv",
            ["step_number", "epoch_number", "validation_loss", "Perplexity"],
        ),
        (
            LLAMA,
            prompt_completion,
            "validation_artifacts/validation_metrics.csv",
            ["step_number", "epoch_number", "validation_loss", "perplexity"],
        ),
    ],
)
def test_metric_files_differ_by_family(
    bedrock_retired_world: World, base: str, of: Any, where: str, columns: list[str]
) -> None:
    job = with_validation(bedrock_retired_world, base, of, 120)
    assert job["status"] == "Completed", job.get("failureMessage")
    rows = metrics(bedrock_retired_world, job, where)
    assert list(rows[0]) == columns
    assert float(rows[-1]["validation_loss"]) == job["validationMetrics"][0]["validationLoss"]
    training = metrics(bedrock_retired_world, job, "step_wise_training_metrics.csv")
    assert float(training[-1]["training_loss"]) == job["trainingMetrics"]["trainingLoss"]


def test_job_leaves_its_write_check_and_its_manifests(bedrock_world: World) -> None:
    job = bedrock_world.run_job()
    names = bedrock_world.objects(job["outputDataConfig"]["s3Uri"])
    root = f"model-customization-job-{job['jobArn'].rpartition('/')[2]}"
    assert names[".write_access_check_file.tmp"] == b""
    assert b"train.jsonl,16,16,0,0" in names[f"{root}/input_status/train.jsonl/manifest.report.csv"]


LITE = "amazon.nova-lite-v1:0:300k"


def showing(uri: str, count: int = 1) -> list[Any]:
    """Records for Nova; one of them shows images."""
    odd = conversation("What is this?", "A harbour.")
    image = {"image": {"format": "png", "source": {"s3Location": {"uri": uri}}}}
    odd["messages"][0]["content"] += [image] * count
    return [*records(16), odd]


def test_model_without_eyes_takes_no_images(bedrock_world: World) -> None:
    message = failure(bedrock_world, lines(showing("s3://other/x.png")))
    assert "does not support input of type image" in message


def test_images_lie_in_the_bucket_of_the_dataset_and_are_few(bedrock_world: World) -> None:
    elsewhere = lines(showing("s3://other/x.png"))
    many = lines(showing("s3://other/x.png", count=11))
    assert "Media must be in the bucket" in failure(
        bedrock_world, elsewhere, baseModelIdentifier=LITE
    )
    assert "at most 10 images" in failure(bedrock_world, many, baseModelIdentifier=LITE)


def test_images_must_be_there(bedrock_world: World) -> None:
    request = bedrock_world.job_request(baseModelIdentifier=LITE)
    bucket = request["outputDataConfig"]["s3Uri"].split("/")[2]
    bedrock_world.put(bucket, "in/train.jsonl", lines(showing(f"s3://{bucket}/in/x.png")))
    missing = bedrock_world.bedrock.create_model_customization_job(**request)
    bedrock_world.ended_job(missing["jobArn"])
    bedrock_world.put(bucket, "in/x.png", drawn(1, 1)[0].png)
    renamed = {**request, "jobName": f"{request['jobName']}-2"}
    there = bedrock_world.bedrock.create_model_customization_job(**renamed)
    ends = [bedrock_world.ended_job(each["jobArn"])["status"] for each in (missing, there)]
    assert ends == ["Failed", "Completed"]
