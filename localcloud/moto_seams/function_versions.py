"""Lambda from templates: published versions, and the properties of functions that moto drops.

moto's `AWS::Lambda::Version` has no ARN to refer to. AWS: `Ref` is the qualified ARN, `Version`
an attribute; a version keeps the code and configuration that it was published with.
"""

import base64
import copy
from typing import Any

from moto.awslambda.models import LambdaFunction, LambdaVersion
from moto.awslambda.utils import get_backend

from localcloud.moto_seams.replacing import replace_class_method

_DROPPED_BY_MOTO = {
    "KmsKeyArn": "kms_key_arn",
    "TracingConfig": "tracing_config",
    "Architectures": "architectures",
    "ReservedConcurrentExecutions": "reserved_concurrency",
}


def apply() -> None:
    """Give versions their ARNs, and functions all of their properties."""
    LambdaVersion.physical_resource_id = property(lambda self: self.function_arn)
    LambdaVersion.has_cfn_attr = classmethod(lambda cls, attr: attr in ("Version", "FunctionArn"))
    LambdaVersion.get_cfn_attribute = _version_attribute
    LambdaVersion.delete_from_cloudformation_json = classmethod(lambda cls, *args: None)
    replace_class_method(LambdaVersion, "create_from_cloudformation_json")(_create_version)
    replace_class_method(LambdaFunction, "create_from_cloudformation_json")(_create_function)
    replace_class_method(LambdaFunction, "update_from_cloudformation_json")(_update_function)


def _create_version(
    original: Any, cls: Any, name: str, resource: Any, account_id: str, region: str, **_: Any
) -> Any:
    given = resource["Properties"]
    backend = get_backend(account_id, region)
    published = backend.publish_version(given["FunctionName"], given.get("Description", ""))
    version = cls({"Version": published.version})
    version.function_arn = published.function_arn
    return version


def _create_function(
    original: Any, cls: Any, name: str, resource: Any, account_id: str, region: str, **more: Any
) -> Any:
    function = original(name, resource, account_id, region, **more)
    _apply_properties(function, resource["Properties"])
    return function


def _update_function(
    _: Any,
    cls: Any,
    original_resource: Any,
    new_resource_name: str,
    cloudformation_json: Any,
    account_id: str,
    region_name: str,
) -> Any:
    given = copy.deepcopy(cloudformation_json["Properties"])
    code = given.pop("Code")
    environment = given.pop("Environment", {}).get("Variables", {})
    original_resource.update_configuration(given)
    original_resource.environment_vars = environment
    if "ZipFile" in code:
        code["ZipFile"] = base64.b64encode(cls._create_zipfile_from_plaintext_code(code["ZipFile"]))
    original_resource.update_function_code(code)
    original_resource.code_or_config_updated = True
    _apply_properties(original_resource, given)
    return original_resource


def _version_attribute(version: Any, name: str) -> str:
    return str(version.version) if name == "Version" else str(version.function_arn)


def _apply_properties(function: Any, properties: dict[str, Any]) -> None:
    function.tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    for name, attribute in _DROPPED_BY_MOTO.items():
        if name in properties:
            setattr(function, attribute, properties[name])
    if log_group := properties.get("LoggingConfig", {}).get("LogGroup"):
        function.logs_group_name = log_group
