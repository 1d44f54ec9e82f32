"""The IAM action of each operation, and the resources that it must be allowed on.

Actions and resource types are those of the service authorization reference; a job's creation also
asks for the job and the model that it makes, as the policies in Bedrock's documentation do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from localcloud.bedrock.cloud import Call
from localcloud.bedrock.resources import (
    base_model_arn,
    custom_model_arn,
    deployment_arn,
    foundation_model_arn,
    invoked_arns,
    job_arn,
    new_arn,
    throughput_arn,
)
from localcloud.place import ACCOUNT

Resources = Callable[[Call], Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The action of an operation, and the resources that it must be allowed on."""

    action: str
    resources: Resources


TAGGED_AT_CREATION: Mapping[str, Mapping[str, str]] = {
    "CreateModelCustomizationJob": {
        "jobTags": "model-customization-job",
        "customModelTags": "custom-model",
    },
    "CreateProvisionedModelThroughput": {"tags": "provisioned-model"},
    "CreateCustomModelDeployment": {"tags": "custom-model-deployment"},
}


def _any(_: Call) -> Sequence[str]:
    return ["*"]


def _of_job_creation(call: Call) -> Sequence[str]:
    made = ("custom-model", "model-customization-job")
    return [base_model_arn(call), *(new_arn(call, kind) for kind in made)]


def _quota(call: Call) -> Sequence[str]:
    return [f"arn:aws:servicequotas:{call.region}:{ACCOUNT}:bedrock/{call.parameters['QuotaCode']}"]


def _model_member(call: Call) -> Sequence[str]:
    return [custom_model_arn(call, call.parameters["modelArn"])]


def _custom_model(call: Call) -> Sequence[str]:
    return [custom_model_arn(call, call.parameters["modelIdentifier"])]


def _job(call: Call) -> Sequence[str]:
    return [job_arn(call, call.parameters["jobIdentifier"])]


def _bought_for(call: Call) -> Sequence[str]:
    return [custom_model_arn(call, call.parameters["modelId"])]


def _throughput(call: Call) -> Sequence[str]:
    return [throughput_arn(call, call.parameters["provisionedModelId"])]


def _changed_throughput(call: Call) -> Sequence[str]:
    wanted = call.parameters.get("desiredModelId")
    return [*_throughput(call), *([custom_model_arn(call, wanted)] if wanted else [])]


def _deployment(call: Call) -> Sequence[str]:
    return [deployment_arn(call, call.parameters["customModelDeploymentIdentifier"])]


def _foundation_model(call: Call) -> Sequence[str]:
    return [foundation_model_arn(call, call.parameters["modelIdentifier"])]


def _tagged(call: Call) -> Sequence[str]:
    return [call.parameters["resourceARN"]]


_RESOURCES: Mapping[str, Resources] = {
    "CreateModelCustomizationJob": _of_job_creation,
    "GetModelCustomizationJob": _job,
    "StopModelCustomizationJob": _job,
    "ListModelCustomizationJobs": _any,
    "GetCustomModel": _custom_model,
    "DeleteCustomModel": _custom_model,
    "ListCustomModels": _any,
    "CreateProvisionedModelThroughput": _bought_for,
    "GetProvisionedModelThroughput": _throughput,
    "UpdateProvisionedModelThroughput": _changed_throughput,
    "DeleteProvisionedModelThroughput": _throughput,
    "ListProvisionedModelThroughputs": _any,
    "CreateCustomModelDeployment": _model_member,
    "GetCustomModelDeployment": _deployment,
    "UpdateCustomModelDeployment": lambda call: [*_deployment(call), *_model_member(call)],
    "DeleteCustomModelDeployment": _deployment,
    "ListCustomModelDeployments": _any,
    "GetFoundationModel": _foundation_model,
    "ListFoundationModels": _any,
    "TagResource": _tagged,
    "UntagResource": _tagged,
    "ListTagsForResource": _tagged,
    "InvokeModel": invoked_arns,
    "Converse": invoked_arns,
    "GetServiceQuota": _quota,
    "GetAWSDefaultServiceQuota": _quota,
    "ListServiceQuotas": _any,
}
_OTHER_ACTIONS = {
    "Converse": "bedrock:InvokeModel",
    "GetServiceQuota": "servicequotas:GetServiceQuota",
    "GetAWSDefaultServiceQuota": "servicequotas:GetAWSDefaultServiceQuota",
    "ListServiceQuotas": "servicequotas:ListServiceQuotas",
}
RULES: Mapping[str, Rule] = {
    name: Rule(action=_OTHER_ACTIONS.get(name, f"bedrock:{name}"), resources=resources)
    for name, resources in _RESOURCES.items()
}
