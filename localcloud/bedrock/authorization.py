"""What IAM says of a call, asked of the role whose session makes it."""

from collections.abc import Iterator

from localcloud.bedrock.actions import RULES, TAGGED_AT_CREATION
from localcloud.bedrock.cloud import Call
from localcloud.bedrock.conditions import Context
from localcloud.bedrock.errors import ServiceError, access_denied
from localcloud.bedrock.key_access import may_use_key
from localcloud.bedrock.policy import Decision, Question, decide
from localcloud.bedrock.principals import Caller, caller_of, role_documents
from localcloud.bedrock.resources import invoked_model, new_arn
from localcloud.bedrock.state import CustomModel
from localcloud.place import ACCOUNT


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
    _check_key(call, caller)


def _questions(call: Call, caller: Caller) -> Iterator[Question]:
    rule = RULES[call.operation]
    resources = rule.resources(call)
    # What lies behind a profile is asked about with the profile's name.
    profiles = [arn for arn in resources if ":inference-profile/" in arn]
    through = {"bedrock:InferenceProfileArn": profiles[0]} if profiles else {}
    for resource in resources:
        yield Question(
            action=rule.action,
            resource=resource,
            context={**_context(call, caller, resource), **through},
        )
    yield from _questions_on_tagging(call, caller)
    if call.operation == "CreateModelCustomizationJob":
        yield Question(
            action="iam:PassRole",
            resource=call.parameters["roleArn"],
            context={**_context(call, caller, ""), "iam:PassedToService": "bedrock.amazonaws.com"},
        )


def _questions_on_tagging(call: Call, caller: Caller) -> Iterator[Question]:
    for member, kind in TAGGED_AT_CREATION.get(call.operation, {}).items():
        if call.parameters.get(member):
            resource = new_arn(call, kind)
            yield Question(
                action="bedrock:TagResource",
                resource=resource,
                context=_context(call, caller, resource),
            )


def _check_key(call: Call, caller: Caller) -> None:
    key, names = _key_and_uses(call)
    if key is None:
        return
    context: Context = {
        **_context(call, caller, ""),
        "kms:ViaService": f"bedrock.{call.region}.amazonaws.com",
        "kms:GrantIsForAWSResource": "true",
    }
    for name in names:
        action = f"kms:{name}"
        if not may_use_key(
            action, key, role_arn=caller.role_arn, region=call.region, context=context
        ):
            question = Question(action=action, resource=key)
            raise _denied(caller, question, Decision.NOT_ALLOWED)


def _key_and_uses(call: Call) -> tuple[str | None, tuple[str, ...]]:
    """The customer's key that the call needs, and for what."""
    if call.operation == "CreateModelCustomizationJob":
        creating = ("Decrypt", "GenerateDataKey", "DescribeKey", "CreateGrant")
        return call.parameters.get("customModelKmsKeyId"), creating
    if call.operation in ("InvokeModel", "Converse"):
        model = invoked_model(call)
        if isinstance(model, CustomModel):
            return model.job.key_arn, ("Decrypt",)
    return None, ()


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
