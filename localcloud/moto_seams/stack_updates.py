"""CloudFormation: updates a stack in the order of its dependencies, and removes last.

moto removes first (also what is to be retained), then adds, then modifies: a new version of a
function would be published from the old code. AWS goes by dependency and cleans up at the end.
"""

import re
from collections.abc import Iterable
from graphlib import TopologicalSorter
from typing import Any

from moto.cloudformation import parsing

from localcloud.moto_seams.replacing import replace

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z0-9]+)[.}]")


def apply() -> None:
    """Replace the update of a stack's resources."""

    @replace(parsing.ResourceMap, "update")
    def update(_: Any, stack: Any, template: dict[str, Any], parameters: Any = None) -> None:
        actions = stack.build_resource_diff(template, parameters)
        before = dict(stack._resource_json_map)
        stack._template = template
        if parameters:
            stack.input_parameters = parameters
        stack.load_mapping()
        stack.load_parameters()
        stack.load_conditions()
        stack._resource_json_map = template["Resources"]
        for name in in_dependency_order(template["Resources"]):
            if name in actions["Modify"]:
                _modify(stack, name)
            else:
                _ = stack[name]
        for name in reversed(list(in_dependency_order(before))):
            if name in actions["Remove"]:
                _remove(stack, name, before[name])


def in_dependency_order(resources: dict[str, Any]) -> Iterable[str]:
    """Logical ids, each after those that it refers to."""
    graph = {name: _references(body) & resources.keys() for name, body in resources.items()}
    return TopologicalSorter(graph).static_order()


def _references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(_references, node))
    if not isinstance(node, dict):
        return set()
    found = set().union(*map(_references, node.values()))
    for key, value in node.items():
        if key == "Ref":
            found.add(value)
        elif key == "Fn::GetAtt":
            found.add(value[0] if isinstance(value, list) else value.split(".")[0])
        elif key == "Fn::Sub":
            found.update(_PLACEHOLDER.findall(value[0] if isinstance(value, list) else value))
        elif key == "DependsOn":
            found.update([value] if isinstance(value, str) else value)
    return found


def _modify(stack: Any, name: str) -> None:
    original = stack[name]
    changed = parsing.parse_and_update_resource(
        name,
        stack._resource_json_map[name],
        stack,
        account_id=stack._account_id,
        region_name=stack._region_name,
    )
    stack._parsed_resources[name] = changed or original


def _remove(stack: Any, name: str, body: dict[str, Any]) -> None:
    resource = stack._parsed_resources.pop(name, None)
    if resource is not None and body.get("DeletionPolicy") != "Retain":
        stack._delete_resource(resource, body)
