"""Checks of request parameters against botocore's service model, in the words of AWS."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "structure": (dict,),
    "list": (list,),
    "map": (dict,),
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (datetime,),
    "blob": (bytes, str),
}


def violations(shape: Shape, value: Any, path: str = "") -> list[str]:
    """Every constraint that the value breaks, as AWS words it."""
    return list(_violations(shape, value, path))


def validation_message(broken: list[str]) -> str:
    """The message of the ValidationException for these violations."""
    noun = "error" if len(broken) == 1 else "errors"
    return f"{len(broken)} validation {noun} detected: {'; '.join(broken)}"


def _violations(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure" and getattr(shape, "is_document_type", False):
        return
    if not _is_type(shape.type_name, value):
        yield _broken(value, path, f"Member must be of type {shape.type_name}")
        return
    if isinstance(shape, StructureShape):
        yield from _of_structure(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from _of_list(shape, value, path)
    elif isinstance(shape, MapShape):
        yield from _of_map(shape, value, path)
    elif shape.type_name == "string":
        yield from _of_string(shape, value, path)
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from _of_range(shape, value, value, path, "value")


def _is_type(name: str, value: Any) -> bool:
    if isinstance(value, bool) and name != "boolean":
        return False
    return isinstance(value, _PYTHON_TYPES[name])


def _of_structure(shape: StructureShape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield _broken(None, _join(path, name), "Member must not be null")
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        yield _broken(value, path, "Member must have exactly one of its members set")
    for name, each in value.items():
        if name in shape.members and each is not None:
            yield from _violations(shape.members[name], each, _join(path, name))


def _of_list(shape: ListShape, value: list[Any], path: str) -> Iterator[str]:
    yield from _of_range(shape, value, len(value), path, "length")
    for index, each in enumerate(value, 1):
        yield from _violations(shape.member, each, f"{path}.{index}.member")


def _of_map(shape: MapShape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    yield from _of_range(shape, value, len(value), path, "length")
    for key, each in value.items():
        yield from _violations(shape.key, key, f"{path}.key")
        yield from _violations(shape.value, each, f"{path}.{key}.member")


def _of_string(shape: Shape, value: str, path: str) -> Iterator[str]:
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield _broken(value, path, f"Member must satisfy enum value set: [{', '.join(allowed)}]")
    too_long = list(_of_range(shape, value, len(value), path, "length"))
    yield from too_long
    pattern = shape.metadata.get("pattern")
    if pattern and not too_long and not _compiled(pattern).fullmatch(value):
        yield _broken(value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _of_range(shape: Shape, value: Any, size: float, path: str, what: str) -> Iterator[str]:
    smallest, largest = shape.metadata.get("min"), shape.metadata.get("max")
    if smallest is not None and size < smallest:
        yield _broken(value, path, f"Member must have {what} greater than or equal to {smallest}")
    if largest is not None and size > largest:
        yield _broken(value, path, f"Member must have {what} less than or equal to {largest}")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # The two say the same, but the service's way of saying it takes Python's engine exponential
    # time on a long name with many dashes.
    linear = pattern.replace(r"(-*[a-zA-Z0-9\+\-\.])*", r"[a-zA-Z0-9+.-]*")
    return re.compile(linear)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _broken(value: Any, path: str, rule: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    if value is None:
        return f"Value null at '{path}' failed to satisfy constraint: {rule}"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {rule}"
