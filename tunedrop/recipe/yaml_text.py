"""YAML as people mean it: `1e-5` is a number, a key given twice is refused, errors name a line."""

import re
from collections.abc import Hashable
from typing import Any

import yaml

from tunedrop.errors import InvalidInputError

_FLOAT_TAG = "tag:yaml.org,2002:float"
_EXPONENT = re.compile(r"^[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$")


class _Loader(yaml.SafeLoader):
    """PyYAML follows YAML 1.1, which reads `1e-5` as text and keeps the last of equal keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                line = key_node.start_mark.line + 1
                raise InvalidInputError(f'line {line}: the key "{key_node.value}" is given twice.')
            seen.add(str(key_node.value))
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver(_FLOAT_TAG, _EXPONENT, list("-+0123456789"))


def parse_mapping(text: str, where: str) -> dict[str, Any]:
    """The mapping that a YAML document holds; `InvalidInputError` that names file and line."""
    try:
        value = yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        raise InvalidInputError(f"{where}: {line}this is not YAML: {error.problem}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"{where}: this is not YAML that can be read.") from error
    except InvalidInputError as error:
        raise InvalidInputError(f"{where}: {error}") from error
    if not isinstance(value, dict):
        raise InvalidInputError(f"{where}: it must hold keys and values (`key: value`).")
    return value
