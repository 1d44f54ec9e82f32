"""State machines from templates.

moto creates them in a backend that its API does not serve, and leaves `DefinitionSubstitutions`
unresolved. AWS resolves them, and refuses a definition with a placeholder that is left.
"""

import json
import re
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.models import stepfunctions_parser_backends
from moto.stepfunctions.utils import cfn_to_api_tags

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_ATTRIBUTES = {"Arn": "arn", "Name": "name"}


def apply() -> None:
    """Create, update and delete state machines where the API finds them."""
    StateMachine.create_from_cloudformation_json = classmethod(_create)  # type: ignore[arg-type]
    StateMachine.update_from_cloudformation_json = classmethod(_update)
    StateMachine.delete_from_cloudformation_json = classmethod(_delete)
    StateMachine.has_cfn_attr = classmethod(lambda cls, attr: attr in _ATTRIBUTES)
    StateMachine.get_cfn_attribute = lambda self, name: getattr(self, _ATTRIBUTES[name])


def _create(
    _: Any,
    resource_name: str,
    resource: Any,
    account_id: str,
    region_name: str,
    **__: Any,
) -> Any:
    given = resource["Properties"]
    return stepfunctions_parser_backends[account_id][region_name].create_state_machine(
        name=resource_name,
        definition=definition(given),
        roleArn=given["RoleArn"],
        tags=cfn_to_api_tags(given.get("Tags", [])),
        loggingConfiguration=_api_style(given.get("LoggingConfiguration")),
        tracingConfiguration=_api_style(given.get("TracingConfiguration")),
        encryptionConfiguration=_api_style(given.get("EncryptionConfiguration")),
        sm_type=given.get("StateMachineType"),
    )


def _update(
    _: Any,
    original_resource: Any,
    new_resource_name: str,
    cloudformation_json: Any,
    account_id: str,
    region_name: str,
) -> Any:
    given = cloudformation_json["Properties"]
    backend = stepfunctions_parser_backends[account_id][region_name]
    return backend.update_state_machine(original_resource.arn, definition(given), given["RoleArn"])


def _delete(
    _: Any, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
) -> None:
    stepfunctions_parser_backends[account_id][region_name].delete_state_machine(resource_name)


def definition(properties: dict[str, Any]) -> str:
    """The definition with its substitutions made; a placeholder without one is an error."""
    text = properties.get("DefinitionString") or json.dumps(properties.get("Definition"))
    substitutions = properties.get("DefinitionSubstitutions", {})
    missing = sorted(set(_PLACEHOLDER.findall(text)) - substitutions.keys())
    if missing:
        names = ", ".join(missing)
        raise ValidationError(message=f"the definition has placeholders without a value: {names}")
    return _PLACEHOLDER.sub(lambda found: str(substitutions[found[1]]), text)


def _api_style(configuration: Any) -> Any:
    """CloudFormation's spelling (`LogGroupArn`) in the API's (`logGroupArn`)."""
    if isinstance(configuration, dict):
        return {key[0].lower() + key[1:]: _api_style(v) for key, v in configuration.items()}
    if isinstance(configuration, list):
        return [_api_style(each) for each in configuration]
    return configuration
