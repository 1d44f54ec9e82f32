"""CloudFormation: reads templates quickly and refuses what it would drop.

moto parses JSON templates with a YAML parser (seconds for a large one), skips resource types
that it has no model for with a warning, and reports a failed resource without its name. AWS
refuses unknown types and names the resource with the reason.
"""

import json
from typing import Any

from moto.cloudformation import models, parsing
from moto.cloudformation.exceptions import ValidationError

from localcloud.moto_seams.replacing import replace


def apply() -> None:
    """Correct how templates are read and how failures of resources are told."""
    original_parse = models.Stack.parse_template

    def parse_template(template: Any) -> dict[str, Any]:
        if isinstance(template, dict):
            return template
        try:
            parsed: dict[str, Any] = json.loads(template)
        except ValueError:
            parsed = original_parse(template)
        return parsed

    models.Stack.parse_template = staticmethod(parse_template)

    def parse_change_set(self: Any) -> None:
        self.template_dict = parse_template(self.template)

    models.ChangeSet._parse_template = parse_change_set

    @replace(parsing, "resource_class_from_type")
    def resource_class_from_type(original: Any, resource_type: str) -> Any:
        known = original(resource_type)
        if known is None and resource_type not in parsing.NULL_MODELS:
            raise ValidationError(
                message=f"The embedded cloud has no model for {resource_type}; add one in "
                "localcloud/moto_seams/."
            )
        return known

    for action in ("create", "update"):
        _name_failures(f"parse_and_{action}_resource")


def _name_failures(function: str) -> None:
    @replace(parsing, function)
    def parse(original: Any, logical_id: str, resource: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(logical_id, resource, *args, **kwargs)
        except NamedFailureError:
            raise
        except Exception as error:
            reason = getattr(error, "message", None) or f"{type(error).__name__}: {error}"
            raise NamedFailureError(logical_id, resource["Type"], reason) from error


class NamedFailureError(ValidationError):  # type: ignore[misc]
    """A resource that could not be created or updated, by its logical id."""

    def __init__(self, logical_id: str, resource_type: str, reason: str) -> None:
        super().__init__(message=f"{logical_id} ({resource_type}): {reason}")
        self.logical_id = logical_id
        self.resource_type = resource_type
        self.reason = reason
