"""Every correction of moto, one module each: what moto does, what AWS does, and the change.

A correction replaces an attribute of moto or registers a model with it; all are applied once,
before the first request, in the process that serves the embedded cloud and nowhere else.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localcloud.lambda_runner.runner import LambdaRunner

_CORRECTIONS = (
    "attribute_values",
    "buckets",
    "change_sets",
    "definitions",
    "dispatching",
    "event_bus",
    "executions",
    "function_code",
    "function_versions",
    "interpreter_pace",
    "keys",
    "nested_executions",
    "object_events",
    "parameters",
    "queue_polling",
    "resource_names",
    "resource_policies",
    "roles_from_templates",
    "schedules",
    "stack_failures",
    "stack_protection",
    "stack_updates",
    "state_machines",
    "task_tokens",
    "templates",
)


def apply_all(*, runner: "LambdaRunner", endpoint_url: str, logs: Path) -> None:
    """Apply every correction; moto is imported by the modules that correct it."""
    from localcloud.moto_seams import (
        alarms,  # noqa: F401 (registers its model when it is imported)
        functions,
        interpreter_clients,
    )

    functions.apply(runner, logs)
    interpreter_clients.apply(endpoint_url)
    for name in _CORRECTIONS:
        import_module(f"{__name__}.{name}").apply()
