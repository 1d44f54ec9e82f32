"""SSM parameters from templates: their tags are a mapping there, and a list to moto."""

from typing import Any

from moto.ssm.models import Parameter

from localcloud.moto_seams.replacing import replace_class_method


def apply() -> None:
    """Hand the tags over in the form that moto reads."""

    @replace_class_method(Parameter, "create_from_cloudformation_json")
    def create(
        original: Any, cls: Any, name: str, resource: Any, account_id: str, region: str, **more: Any
    ) -> Any:
        return original(name, _with_tag_list(resource), account_id, region, **more)

    @replace_class_method(Parameter, "update_from_cloudformation_json")
    def update(
        original: Any,
        cls: Any,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Any:
        resource = _with_tag_list(cloudformation_json)
        return original(original_resource, new_resource_name, resource, account_id, region_name)


def _with_tag_list(resource: dict[str, Any]) -> dict[str, Any]:
    given = resource["Properties"]
    tags = given.get("Tags")
    if not isinstance(tags, dict):
        return resource
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {**resource, "Properties": {**given, "Tags": listed}}
