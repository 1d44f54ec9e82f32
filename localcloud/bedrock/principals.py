"""Who calls, and what IAM says of roles: read from moto's backends in this process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import Role, iam_backends
from moto.kms.models import kms_backends
from moto.sts.models import sts_backends

from localcloud.bedrock.policy import parse_document
from localcloud.place import ACCOUNT

_PARTITION = "aws"
Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A session of a role."""

    arn: str
    role_arn: str


def caller_of(access_key: str) -> Caller | None:
    """The session that a key belongs to; None for every other key (the developer's)."""
    session = sts_backends[ACCOUNT][_PARTITION].get_assumed_role_from_access_key(access_key)
    if session is None:
        return None
    return Caller(arn=session.arn, role_arn=session.role_arn)


def role_documents(role_arn: str) -> list[Document]:
    """The inline and managed policies of a role; none where the role does not exist."""
    role = _role(role_arn)
    if role is None:
        return []
    managed = [policy.versions for policy in list(role.managed_policies.values())]
    texts = list(role.policies.values()) + [
        version.document for versions in managed for version in versions if version.is_default
    ]
    return [parse_document(text) for text in texts]


def trust_policy(role_arn: str) -> Document | None:
    """Who may assume the role; None where the role does not exist."""
    role = _role(role_arn)
    return parse_document(role.assume_role_policy_document) if role else None


def key_arn_and_policy(key: str, region: str) -> tuple[str, Document] | None:
    """The ARN and the policy of a KMS key, given by id, ARN or alias; None for an unknown one."""
    backend = kms_backends[ACCOUNT][region]
    key_id = backend.any_id_to_key_id(key)
    if key_id not in backend.keys:
        return None
    found = backend.keys[key_id]
    return found.arn, parse_document(found.policy)


def _role(role_arn: str) -> Role | None:
    try:
        return iam_backends[ACCOUNT][_PARTITION].get_role(role_arn.rpartition("/")[2])
    except NotFoundException:
        return None
