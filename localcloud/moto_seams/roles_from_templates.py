"""IAM roles from templates: moto attaches no managed policies, and updates no inline ones."""

from typing import Any

from moto.iam.models import Role, iam_backends

from localcloud.moto_seams.replacing import replace_class_method


def apply() -> None:
    """Give a role all of its policies, when it is created and when it changes."""

    @replace_class_method(Role, "create_from_cloudformation_json")
    def create(
        original: Any, cls: Any, name: str, resource: Any, account_id: str, region: str, **more: Any
    ) -> Any:
        role = original(name, resource, account_id, region, **more)
        _attach(role, resource["Properties"], account_id)
        return role

    @replace_class_method(Role, "update_from_cloudformation_json")
    def update(
        original: Any,
        cls: Any,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Any:
        role = original(
            original_resource, new_resource_name, cloudformation_json, account_id, region_name
        )
        for policy in cloudformation_json["Properties"].get("Policies", []):
            role.put_policy(policy["PolicyName"], policy["PolicyDocument"])
        _attach(role, cloudformation_json["Properties"], account_id)
        return role


def _attach(role: Any, properties: dict[str, Any], account: str) -> None:
    for arn in properties.get("ManagedPolicyArns", []):
        iam_backends[account]["aws"].attach_role_policy(arn, role.name)
