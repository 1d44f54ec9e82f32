"""Permissions as data: what is allowed on what, and why wherever that is not plain to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import jsii
from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam
from constructs import Construct, IValidation


@dataclass(frozen=True, kw_only=True)
class Permission:
    """One sentence of a policy.

    A resource with a wildcard needs a `why`, which becomes the acknowledgement of cdk-nag's
    finding about exactly this resource.
    """

    actions: Sequence[str]
    resources: Sequence[str]
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    why: str = ""

    def __post_init__(self) -> None:
        if self.wildcards and not self.why:
            raise ValueError(f"{', '.join(self.actions)} on {self.wildcards[0]} needs a reason.")

    @property
    def wildcards(self) -> list[str]:
        return [resource for resource in self.resources if "*" in resource]

    def statement(self) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            actions=list(self.actions),
            resources=list(self.resources),
            conditions={operator: dict(keys) for operator, keys in self.conditions.items()},
        )


def allow(grantee: iam.IGrantable, *permissions: Permission) -> None:
    """Grant the permissions, and acknowledge their wildcards with their reasons."""
    principal = grantee.grant_principal
    for permission in permissions:
        principal.add_to_principal_policy(permission.statement())
    reasons = {r: p.why for p in permissions for r in p.wildcards}
    # An imported role is a construct by its node only, and not as a Python type.
    holder = principal if hasattr(principal, "node") else grantee
    if reasons and hasattr(holder, "node"):
        acknowledge_wildcards(cast(Construct, holder), reasons)


def allow_through_policy(
    scope: Construct, id: str, *, role: iam.IRole, permissions: Sequence[Permission]
) -> None:
    """Grant through a policy of its own, which the role's function does not wait for.

    For what names the state machine that names the function: the role's default policy would
    close the circle.
    """
    policy = iam.Policy(
        scope, id, roles=[role], statements=[permission.statement() for permission in permissions]
    )
    reasons = {r: p.why for p in permissions for r in p.wildcards}
    acknowledge_wildcards(policy, reasons)


def acknowledge_wildcards(construct: Construct, reasons: Mapping[str, str]) -> None:
    """Acknowledge wildcard resources of statements that the library adds by itself."""
    construct.node.add_validation(_Wildcards(construct, reasons))


@jsii.implements(IValidation)
class _Wildcards:
    """Acknowledges wildcard resources by the names that cdk-nag gives them.

    The names hold references in their final form, which those to another stack get just before
    constructs are validated; hence a validation, which never finds anything wrong.
    """

    def __init__(self, construct: Construct, reasons: Mapping[str, str]) -> None:
        self._construct = construct
        self._reasons = reasons

    def validate(self) -> list[str]:
        stack = Stack.of(self._construct)
        for resource, reason in self._reasons.items():
            name = _flattened(stack.resolve(resource))
            Validations.of(self._construct).acknowledge(
                Acknowledgment(id=f"AwsSolutions-IAM5[Resource::{name}]", reason=reason)
            )
        return []


def _flattened(value: Any) -> str:
    """A resolved reference in the notation of cdk-nag's findings."""
    match value:
        case str():
            return value
        case {"Fn::Join": [str(delimiter), [*items]]}:
            return delimiter.join(map(_flattened, items))
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Fn::ImportValue": name}:
            return _flattened(name)
        case {"Ref": name}:
            return f"<{name}>"
    raise ValueError(f"How does cdk-nag name {value!r}? Add its notation here.")
