"""From a mapping to a typed struct, with every problem named by key, value and what is accepted."""

import difflib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

S = TypeVar("S", bound=Struct)


class _NotFiniteError(ValueError):
    """YAML has .nan and .inf; no field of ours takes them."""


def read_struct(kind: type[S], given: Mapping[str, Any], problems: list[str], at: str = "") -> S:
    """Fill a struct from a mapping; every problem is appended, and its key left at the default."""
    known = {each.encode_name: each for each in msgspec.structs.fields(kind)}
    problems += [_unknown_key(key, at, list(known)) for key in given if key not in known]
    values: dict[str, Any] = {}
    for name, each in known.items():
        if name in given:
            _read_field(each, given[name], values, problems, f"{at}{name}")
        elif each.required:
            problems.append(f"{at}{name} is missing; it must be {accepted(each.type)}")
            values[each.name] = ""
    return kind(**values)


def _read_field(
    each: msgspec.structs.FieldInfo,
    given: Any,
    values: dict[str, Any],
    problems: list[str],
    path: str,
) -> None:
    section = isinstance(each.type, type) and issubclass(each.type, Struct)
    if section and isinstance(given, Mapping):
        values[each.name] = read_struct(each.type, given, problems, f"{path}.")
        return
    try:
        values[each.name] = msgspec.convert(_finite(given), each.type)
    except (msgspec.ValidationError, _NotFiniteError):
        problems.append(f"{path} is {shown(given)}; it must be {accepted(each.type)}")
        if each.required:
            values[each.name] = ""


def _finite(given: Any) -> Any:
    if isinstance(given, float) and not math.isfinite(given):
        raise _NotFiniteError
    return given


def _unknown_key(key: object, at: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(str(key), known, n=1)
    guess = f' (did you mean "{near[0]}"?)' if near else ""
    return f"{at}{key} is not a known key{guess}; known here: {', '.join(known)}"


def shown(value: Any) -> str:
    """A given value as JSON, cut where it is long."""
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004


def accepted(kind: Any) -> str:
    """The accepted values of a field's type, in words."""
    info = msgspec.inspect.type_info(kind)
    return _accepted_info(info)


def _accepted_info(info: msgspec.inspect.Type) -> str:
    if isinstance(info, msgspec.inspect.UnionType):
        return " or ".join(
            _accepted_info(each)
            for each in info.types
            if not isinstance(each, msgspec.inspect.NoneType)
        )
    if isinstance(info, msgspec.inspect.Metadata):
        described = (info.extra_json_schema or {}).get("description")
        return str(described) if described else _accepted_info(info.type)
    if isinstance(info, msgspec.inspect.LiteralType):
        return " or ".join(str(each) for each in info.values)
    if isinstance(info, msgspec.inspect.StructType):
        return "a section with " + ", ".join(each.encode_name for each in info.fields)
    return {
        "StrType": "text",
        "IntType": "a whole number",
        "FloatType": "a number",
        "BoolType": "true or false",
    }.get(type(info).__name__, "another kind of value")
