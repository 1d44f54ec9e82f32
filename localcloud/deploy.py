"""Deploys a cloud assembly into the embedded cloud through CloudFormation, as the CDK CLI would."""

import io
import json
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from localcloud.assembly import FileAsset, StackArtifact
from localcloud.place import STATE

OUTPUTS_FILE = "outputs.json"
_VERSION_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
_BOOTSTRAP_VERSION = "30"
_POLL_SECONDS = 0.05
_BETWEEN_STACKS = "ExportsOutput"


class DeployError(Exception):
    """A stack could not be deployed; the message names the resource and the reason."""


def deploy(stacks: Iterable[StackArtifact], endpoint_url: str) -> dict[str, str]:
    """Deploy the stacks in the given order; returns all outputs by their names."""
    outputs: dict[str, str] = {}
    for stack in stacks:
        clients = _Clients(stack.region, endpoint_url)
        _bootstrap(clients, {asset.bucket for asset in stack.assets})
        for asset in stack.assets:
            _publish(clients, asset)
        outputs |= _deploy_stack(clients, stack, endpoint_url)
    return outputs


def write_outputs(outputs: dict[str, str], directory: Path = STATE) -> Path:
    """Write the outputs to the file whose being there says that the cloud is ready."""
    directory.mkdir(parents=True, exist_ok=True)
    draft = directory / f"{OUTPUTS_FILE}.draft"
    draft.write_text(json.dumps(outputs, indent=2, sort_keys=True) + "\n")
    return draft.replace(directory / OUTPUTS_FILE)


class _Clients:
    """The clients of a deployment in one Region."""

    def __init__(self, region: str, endpoint_url: str) -> None:
        self.region = region
        session = boto3.Session(region_name=region)
        self.s3 = session.client("s3", endpoint_url=endpoint_url)
        self.ssm = session.client("ssm", endpoint_url=endpoint_url)
        self.cloudformation = session.client("cloudformation", endpoint_url=endpoint_url)


def _place_of(region: str) -> dict[str, Any]:
    """Where a bucket is created; us-east-1 is the one Region that must not be named."""
    if region == "us-east-1":
        return {}
    return {"CreateBucketConfiguration": {"LocationConstraint": region}}


def _bootstrap(clients: _Clients, buckets: set[str]) -> None:
    existing = {bucket["Name"] for bucket in clients.s3.list_buckets()["Buckets"]}
    for bucket in buckets - existing:
        clients.s3.create_bucket(Bucket=bucket, **_place_of(clients.region))
    clients.ssm.put_parameter(
        Name=_VERSION_PARAMETER, Value=_BOOTSTRAP_VERSION, Type="String", Overwrite=True
    )


def _publish(clients: _Clients, asset: FileAsset) -> None:
    body = _archive(asset.source) if asset.is_directory else asset.source.read_bytes()
    clients.s3.put_object(Bucket=asset.bucket, Key=asset.key, Body=body)


def _archive(directory: Path) -> bytes:
    """A zip file without compression, which nobody downloads here."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", strict_timestamps=False) as file:
        for path in sorted(directory.rglob("*")):
            file.write(path, path.relative_to(directory))
    return archive.getvalue()


def _deploy_stack(clients: _Clients, stack: StackArtifact, endpoint_url: str) -> dict[str, str]:
    request = {
        "StackName": stack.name,
        "TemplateURL": _template_url(stack, endpoint_url),
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in stack.parameters.items()
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in stack.tags.items()],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    }
    if _exists(clients, stack.name):
        clients.cloudformation.update_stack(**request)
    else:
        clients.cloudformation.create_stack(
            **request, EnableTerminationProtection=stack.termination_protection
        )
    described = _wait(clients, stack.name)
    return {
        each["OutputKey"]: each["OutputValue"]
        for each in described.get("Outputs", [])
        if not each["OutputKey"].startswith(_BETWEEN_STACKS)
    }


def _template_url(stack: StackArtifact, endpoint_url: str) -> str:
    for asset in stack.assets:
        if asset.source == stack.template:
            return f"{endpoint_url}/{asset.bucket}/{asset.key}"
    raise DeployError(f"Stack {stack.name}: its template {stack.template} is not among its assets.")


def _exists(clients: _Clients, name: str) -> bool:
    try:
        clients.cloudformation.describe_stacks(StackName=name)
    except ClientError:
        return False
    return True


def _wait(clients: _Clients, name: str) -> dict[str, Any]:
    while True:
        stack: dict[str, Any] = clients.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        status = stack["StackStatus"]
        if not status.endswith("IN_PROGRESS"):
            break
        time.sleep(_POLL_SECONDS)
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        reasons = "\n".join(_failures(clients, name))
        raise DeployError(f"Stack {name} could not be deployed ({status}):\n{reasons}")
    return stack


def _failures(clients: _Clients, name: str) -> Iterator[str]:
    events = clients.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    for event in events:
        if event["ResourceStatus"].endswith("_FAILED"):
            yield (
                f"  {event['LogicalResourceId']} ({event['ResourceType']}): "
                f"{event.get('ResourceStatusReason', 'no reason given')}"
            )
