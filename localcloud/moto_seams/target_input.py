"""EventBridge: what a target receives: the event, a part of it, a constant or a template."""

import json
import re
from typing import Any

_VARIABLE = re.compile(r"<([A-Za-z0-9_.-]+)>")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]|\['([^']+)'\]")


def target_input(target: dict[str, Any], event: dict[str, Any]) -> str:
    """The text that is delivered to a target."""
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return json.dumps(at_path(event, target["InputPath"]))
    if "InputTransformer" in target:
        transformer = target["InputTransformer"]
        return _filled_in(transformer["InputTemplate"], transformer.get("InputPathsMap", {}), event)
    return json.dumps(event)


def at_path(event: Any, path: str) -> Any:
    """The value at a path such as `$.detail.name` or `$.resources[0]`; None if there is none."""
    value = event
    for name, index, quoted in _STEP.findall(path.removeprefix("$")):
        try:
            value = value[int(index)] if index else value[name or quoted]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _filled_in(template: str, paths: dict[str, str], event: dict[str, Any]) -> str:
    """Fill in variables: bare ones as JSON, those inside a quoted string as its text."""

    def value_of(found: re.Match[str]) -> str:
        name = found[1]
        if name == "aws.events.event.json":
            value: Any = event
        elif name in paths:
            value = at_path(event, paths[name])
        else:
            return found[0]
        inside_string = _quotes_before(template, found.start()) % 2 == 1
        if not inside_string:
            return json.dumps(value)
        text = value if isinstance(value, str) else json.dumps(value)
        return json.dumps(text)[1:-1]

    return _VARIABLE.sub(value_of, template)


def _quotes_before(template: str, position: int) -> int:
    return len(re.findall(r'(?<!\\)"', template[:position]))
