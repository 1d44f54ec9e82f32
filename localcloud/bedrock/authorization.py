"""What IAM says of a call: the actions and resources of each operation, asked of the caller's role.

Actions and resource types are those of the service authorization reference.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from localcloud.bedrock.cloud import Call
from localcloud.bedrock.errors import ServiceError, access_denied
from localcloud.bedrock.policy import Decision, Question, decide
from localcloud.bedrock.principals import Caller, caller_of, role_documents
from localcloud.bedrock.resources import (
    base_model_arn,
    custom_model_arn,
    deployment_arn,
    foundation_model_arn,
    invoked_arns,
    job_arn,
    throughput_arn,
)
from localcloud.place import ACCOUNT

Resources = Callable[[Call], Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The action of an operation, and the resources that it must be allowed on."""

    action: str
    resources: Resources


def authorize(call: Call) -> None:
    """AccessDeniedException, in AWS's words, unless the caller's role allows the call."""
    caller = caller_of(call.access_key)
    if caller is None:
        return
    documents = role_documents(caller.role_arn)
    for question in _questions(call, caller):
        decision = decide(documents, question)
        if decision is not Decision.ALLOWED:
            raise _denied(caller, question, decision)


def _questions(call: Call, caller: Caller) -> Iterator[Question]:
    rule = _RULES[call.operation]
    resources = rule.resources(call)
    # What lies behind a profile is asked about with the profile's name.
    profiles = [arn for arn in resources if ":inference-profile/" in arn]
    through = {"bedrock:InferenceProfileArn": profiles[0]} if profiles else {}
    for resource in resources:
        yield Question(
            action=rule.action,
            resource=resource,
            context=_context(call, caller, resource) | through,
        )
    yield from _questions_on_tagging(call, caller)
    if call.operation == "CreateModelCustomizationJob":
        yield Question(
            action="iam:PassRole",
            resource=call.parameters["roleArn"],
            context={**_context(call, caller, ""), "iam:PassedToService": "bedrock.amazonaws.com"},
        )
        yield from _questions_on_the_key(call, caller)


def _questions_on_tagging(call: Call, caller: Caller) -> Iterator[Question]:
    for member, kind in _TAGGED_AT_CREATION.get(call.operation, {}).items():
        if call.parameters.get(member):
            resource = f"arn:aws:bedrock:{call.region}:{ACCOUNT}:{kind}/*"
            yield Question(
                action="bedrock:TagResource",
                resource=resource,
                context=_context(call, caller, resource),
            )


def _questions_on_the_key(call: Call, caller: Caller) -> Iterator[Question]:
    key = call.parameters.get("customModelKmsKeyId", "")
    if not key.startswith("arn:"):
        return
    context = {
        **_context(call, caller, ""),
        "kms:ViaService": f"bedrock.{call.region}.amazonaws.com",
        "kms:GrantIsForAWSResource": "true",
    }
    for name in ("Decrypt", "GenerateDataKey", "DescribeKey", "CreateGrant"):
        yield Question(action=f"kms:{name}", resource=key, context=context)


def _context(call: Call, caller: Caller, resource: str) -> dict[str, str | list[str]]:
    requested = {
        tag["key"]: tag["value"]
        for member in ("tags", "jobTags", "customModelTags")
        for tag in call.parameters.get(member, ())
    }
    found: dict[str, str | list[str]] = {
        "aws:PrincipalArn": caller.role_arn,
        "aws:PrincipalAccount": ACCOUNT,
        "aws:RequestedRegion": call.region,
        "aws:SecureTransport": "true",
    }
    if requested:
        found["aws:TagKeys"] = list(requested)
    if call.operation == "UntagResource":
        found["aws:TagKeys"] = list(call.parameters["tagKeys"])
    found |= {f"aws:RequestTag/{key}": value for key, value in requested.items()}
    owned = call.state.tags.get(resource, {})
    return found | {f"aws:ResourceTag/{key}": value for key, value in owned.items()}


def _denied(caller: Caller, question: Question, decision: Decision) -> ServiceError:
    why = (
        "with an explicit deny in an identity-based policy"
        if decision is Decision.EXPLICITLY_DENIED
        else f"because no identity-based policy allows the {question.action} action"
    )
    return access_denied(
        f"User: {caller.arn} is not authorized to perform: {question.action} on resource: "
        f"{question.resource} {why}"
    )


_TAGGED_AT_CREATION: Mapping[str, Mapping[str, str]] = {
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
    own = f"arn:aws:bedrock:{call.region}:{ACCOUNT}"
    return [base_model_arn(call), f"{own}:custom-model/*", f"{own}:model-customization-job/*"]


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
    "ListServiceQuotas": _any,
}
_OTHER_ACTIONS = {
    "Converse": "bedrock:InvokeModel",
    "GetServiceQuota": "servicequotas:GetServiceQuota",
    "ListServiceQuotas": "servicequotas:ListServiceQuotas",
}
_RULES: Mapping[str, Rule] = {
    name: Rule(action=_OTHER_ACTIONS.get(name, f"bedrock:{name}"), resources=resources)
    for name, resources in _RESOURCES.items()
}
