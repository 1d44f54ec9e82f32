"""The conditions of IAM statements: StringEquals, ArnLike, Bool, Null and their relatives."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

Context = Mapping[str, str | Sequence[str]]
Test = Callable[[str, str], bool]


def _like(value: str, pattern: str) -> bool:
    # IAM has `*` and `?` but no character classes.
    return fnmatchcase(value, re.sub(r"\[", "[[]", pattern))


def _arn_like(value: str, pattern: str) -> bool:
    given, wanted = value.split(":", 5), pattern.split(":", 5)
    return len(given) == len(wanted) and all(map(_like, given, wanted))


def _same_ignoring_case(value: str, wanted: str) -> bool:
    return value.lower() == wanted.lower()


def _numeric(compare: Callable[[float, float], bool]) -> Test:
    return lambda value, wanted: compare(float(value), float(wanted))


_TESTS: Mapping[str, Test] = {
    "StringEquals": operator.eq,
    "StringEqualsIgnoreCase": _same_ignoring_case,
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": _same_ignoring_case,
    "NumericEquals": _numeric(operator.eq),
    "NumericLessThan": _numeric(operator.lt),
    "NumericLessThanEquals": _numeric(operator.le),
    "NumericGreaterThan": _numeric(operator.gt),
    "NumericGreaterThanEquals": _numeric(operator.ge),
}
_OPPOSITES: Mapping[str, str] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
}


def holds(conditions: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Whether every operator holds for every key (keys ignore case, as IAM's do)."""
    known = {key.lower(): value for key, value in context.items()}
    return all(
        _key_holds(name, known.get(key.lower()), _texts(wanted))
        for name, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _key_holds(name: str, given: str | Sequence[str] | None, wanted: list[str]) -> bool:
    if name == "Null":
        return (given is None) == (wanted[0].lower() == "true")
    quantifier, _, plain = name.rpartition(":")
    base = plain.removesuffix("IfExists")
    negated = base in _OPPOSITES
    test = _test(base)
    if given is None:
        return plain != base or negated or quantifier == "ForAllValues"
    values = [given] if isinstance(given, str) else list(given)
    results = [any(test(value, each) for each in wanted) != negated for value in values]
    if quantifier == "ForAllValues" or (negated and quantifier != "ForAnyValue"):
        return all(results)
    return any(results)


def _test(name: str) -> Test:
    known = _OPPOSITES.get(name, name)
    if known not in _TESTS:
        raise NotImplementedError(
            f'The embedded cloud does not know the IAM condition operator "{name}"; it knows '
            f"Null, {', '.join(_TESTS)} and {', '.join(_OPPOSITES)}."
        )
    return _TESTS[known]


def _texts(wanted: Any) -> list[str]:
    values = wanted if isinstance(wanted, list) else [wanted]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]
