"""Recipes as SSM parameters, and what the owners of a recipe may do."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from aws_cdk import Stack, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from stacks.permissions import Permission, allow
from stacks.resources import DEPLOYMENT, INVOKE, THROUGHPUT, Resources
from tunedrop.catalog import BaseModel, base_model
from tunedrop.errors import InvalidInputError
from tunedrop.recipe import Recipe, check_region, load_directory, to_json
from tunedrop.settings import TAG_RECIPE, TAG_STAGE, recipe_parameter

_PARAMETER_BYTES = 4096


def recipes_of(
    directory: Path, *, region: str, accept_retired_models: bool = False
) -> tuple[Recipe, ...]:
    """The recipes of a directory; what is wrong with one is an `InvalidInputError` naming it."""
    recipes = load_directory(directory, allow_retired=accept_retired_models)
    if not recipes:
        raise InvalidInputError(
            f"There is no recipe in {directory}. A recipe is a YAML file named after the recipe; "
            "name, base_model and method suffice."
        )
    for recipe in recipes:
        check_region(recipe, region)
    return recipes


def with_base_models(recipes: Sequence[Recipe]) -> tuple[tuple[Recipe, BaseModel], ...]:
    """Each recipe beside what the catalog knows of its base model."""
    return tuple((recipe, base_model(recipe.base_model)) for recipe in recipes)


class RecipeParameters(Construct):
    """One parameter per recipe, so that `cdk diff` shows every change."""

    def __init__(self, scope: Construct, id: str, *, stage: str, recipes: Sequence[Recipe]) -> None:
        super().__init__(scope, id)
        for recipe in recipes:
            ssm.StringParameter(
                self,
                recipe.name,
                parameter_name=recipe_parameter(stage, recipe.name),
                description=f"Tunedrop recipe {recipe.name} of stage {stage}",
                string_value=_text(recipe),
            )


def _text(recipe: Recipe) -> str:
    text = to_json(recipe)
    size = len(text.encode())
    if size > _PARAMETER_BYTES:
        raise InvalidInputError(
            f"The recipe {recipe.name} takes {size:,} bytes as JSON; an SSM parameter holds "
            f"{_PARAMETER_BYTES:,}. Shorten its longest part: {_longest_part(recipe)}."
        )
    return text


def _longest_part(recipe: Recipe) -> str:
    return max(recipe.__struct_fields__, key=lambda name: len(str(getattr(recipe, name))))


def allow_use(grantee: iam.IGrantable, resources: Resources, recipe: Recipe) -> None:
    """Let somebody drop datasets of a recipe, read what became of them, and use its model."""
    allow(grantee, *_permissions(resources, recipe))


def _permissions(r: Resources, recipe: Recipe) -> list[Permission]:
    datasets = f"datasets/{recipe.name}/"
    readable = (f"answers/datasets/{recipe.name}/", f"runs/{recipe.name}/")
    own = {f"aws:ResourceTag/{TAG_STAGE}": r.stage, f"aws:ResourceTag/{TAG_RECIPE}": recipe.name}
    return [
        r.objects(r.datasets_bucket, datasets, "PutObject", "AbortMultipartUpload"),
        *(r.objects(r.artifacts_bucket, prefix, "GetObject") for prefix in readable),
        # Whoever waits for an answer gets 404 until it is there; without listing it were 403.
        r.listing(r.artifacts_bucket, *readable),
        r.use_key("s3"),
        Permission(actions=["ssm:GetParameter"], resources=[r.model_parameter(recipe)]),
        Permission(
            actions=INVOKE,
            resources=[r.arn("bedrock", f"{type_}/*") for type_ in (THROUGHPUT, DEPLOYMENT)],
            conditions={"StringEquals": own},
            why="Each run deploys under a name of its own; the tags say whose model it is.",
        ),
        # The model parameter names the base model until the first promotion.
        *r.invoke_base_models([base_model(recipe.base_model)]),
        r.use_key("bedrock", actions=["kms:Decrypt"]),
    ]


def allow_owners(scope: Construct, resources: Resources, recipe: Recipe) -> None:
    """Give the owners that a recipe names, and nobody of the same name, what `allow_use` gives."""
    for arn in recipe.owners:
        _check_account(scope, recipe, arn)
        owner = _principal(scope, f"{recipe.name}-{_name(arn)}", arn)
        allow(owner, *(_for_owner(p, arn) for p in _permissions(resources, recipe)))


def _for_owner(permission: Permission, arn: str) -> Permission:
    """The permission, void for a principal of the same name in another account.

    Policies are attached by name, and the account is often unknown before the deployment.
    """
    conditions = {**permission.conditions, "ArnEquals": {"aws:PrincipalArn": arn}}
    return replace(permission, conditions=conditions)


def _principal(scope: Construct, id: str, arn: str) -> iam.IGrantable:
    kind = iam.User.from_user_arn if ":user/" in arn else iam.Role.from_role_arn
    return kind(scope, id, arn)


def _name(arn: str) -> str:
    return arn.rpartition(":")[2].replace("/", "-")


def _check_account(scope: Construct, recipe: Recipe, arn: str) -> None:
    account, owner_account = Stack.of(scope).account, arn.split(":")[4]
    if not Token.is_unresolved(account) and account != owner_account:
        raise InvalidInputError(
            f"The recipe {recipe.name} names the owner {arn}, of account {owner_account}; this "
            f"stage is deployed to account {account}. Owners are roles and users of the account "
            "that the service is in: let others assume a role there."
        )
