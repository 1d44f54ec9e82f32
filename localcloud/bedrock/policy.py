"""IAM's decision over policy documents: actions, resources, principals and conditions."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any

from localcloud.bedrock.conditions import Context, holds


class Decision(Enum):
    """What the policies say together."""

    ALLOWED = "allowed"
    EXPLICITLY_DENIED = "explicitly denied"
    NOT_ALLOWED = "not allowed"


@dataclass(frozen=True, kw_only=True)
class Question:
    """May `action` be done on `resource`? `principal` matters to trust and resource policies."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)
    principals: frozenset[tuple[str, str]] = frozenset()


def decide(documents: Iterable[Mapping[str, Any]], question: Question) -> Decision:
    """A matching Deny wins over any Allow; without a matching Allow nothing is allowed."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _as_list(document.get("Statement", []))
        if _matches(statement, question)
    }
    if "Deny" in effects:
        return Decision.EXPLICITLY_DENIED
    return Decision.ALLOWED if "Allow" in effects else Decision.NOT_ALLOWED


def parse_document(document: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """A policy document as a mapping, whether it is stored as text or not."""
    parsed: Mapping[str, Any] = json.loads(document) if isinstance(document, str) else document
    return parsed


def matches_wildcard(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    """Whether the value matches a pattern with IAM's `*` and `?`."""
    return _wildcard(pattern, ignore_case).fullmatch(value) is not None


def _matches(statement: Mapping[str, Any], question: Question) -> bool:
    return (
        _matches_either(statement, "Action", question.action, ignore_case=True)
        and _matches_either(statement, "Resource", question.resource, ignore_case=False)
        and _matches_principal(statement, question.principals)
        and holds(statement.get("Condition", {}), question.context)
    )


def _matches_either(
    statement: Mapping[str, Any], member: str, value: str, *, ignore_case: bool
) -> bool:
    if f"Not{member}" in statement:
        patterns = _as_list(statement[f"Not{member}"])
        return not any(matches_wildcard(each, value, ignore_case=ignore_case) for each in patterns)
    if member not in statement:
        return True
    patterns = _as_list(statement[member])
    return any(matches_wildcard(each, value, ignore_case=ignore_case) for each in patterns)


def _matches_principal(
    statement: Mapping[str, Any], principals: frozenset[tuple[str, str]]
) -> bool:
    given = statement.get("Principal")
    if given is None or given == "*":
        return True
    return any(
        value == "*" or (kind, value) in principals
        for kind, values in given.items()
        for value in _as_list(values)
    )


@cache
def _wildcard(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _as_list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
