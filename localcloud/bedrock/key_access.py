"""Whether a role may use a KMS key: the key's policy and the role's policies together."""

from collections.abc import Mapping

from localcloud.bedrock.conditions import Context
from localcloud.bedrock.policy import Decision, Question, decide
from localcloud.bedrock.principals import key_arn_and_policy, role_documents
from localcloud.place import ACCOUNT

_ACCOUNT_PRINCIPALS = frozenset({("AWS", f"arn:aws:iam::{ACCOUNT}:root"), ("AWS", ACCOUNT)})


def may_use_key(action: str, key: str, *, role_arn: str, region: str, context: Context) -> bool:
    """The key's policy allows the role, or leaves it to IAM and the role's policies allow it."""
    found = key_arn_and_policy(key, region)
    if found is None:
        return False
    arn, policy = found

    def asked_of(
        *documents: Mapping[str, object], principals: frozenset[tuple[str, str]]
    ) -> Decision:
        question = Question(action=action, resource=arn, context=context, principals=principals)
        return decide(documents, question)

    role = frozenset({("AWS", role_arn)})
    by_policy = asked_of(policy, principals=role)
    by_account = asked_of(policy, principals=_ACCOUNT_PRINCIPALS)
    by_role = asked_of(*role_documents(role_arn), principals=role)
    if Decision.EXPLICITLY_DENIED in (by_policy, by_account, by_role):
        return False
    through_iam = by_account is Decision.ALLOWED and by_role is Decision.ALLOWED
    return by_policy is Decision.ALLOWED or through_iam
