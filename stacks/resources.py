"""What the service works on: the given resources, and the names Bedrock will give to its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.data_stack import RUNS_BY_RECIPE
from stacks.permissions import Permission
from tunedrop.catalog import BaseModel, all_models
from tunedrop.catalog.models import Inference
from tunedrop.recipe import Recipe
from tunedrop.settings import TAG_STAGE, model_parameter, recipe_parameter

_ANY_OBJECT = "Objects have names of their own; the prefix says whose they are."
_NAMED_BY_BEDROCK = "Bedrock ends these names at random; the type says what they are."


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Everything a permission of the service can be about; each method makes one permission."""

    scope: Construct
    stage: str
    datasets_bucket: s3.IBucket
    artifacts_bucket: s3.IBucket
    runs_table: dynamodb.ITable
    key: kms.IKey
    recipes: Sequence[tuple[Recipe, BaseModel]]
    notifications_topic: sns.ITopic
    customization_role: iam.IRole

    def objects(self, bucket: s3.IBucket, prefix: str, *actions: str) -> Permission:
        """S3 actions on the objects below a prefix."""
        return Permission(
            actions=[f"s3:{action}" for action in actions],
            resources=[bucket.arn_for_objects(f"{prefix}*")],
            why=_ANY_OBJECT,
        )

    def listing(self, bucket: s3.IBucket, *prefixes: str) -> Permission:
        """Listing below prefixes, without which S3 answers 403 for an object that is not there.

        A request for an object names no prefix to list, hence IfExists.
        """
        return Permission(
            actions=["s3:ListBucket"],
            resources=[bucket.bucket_arn],
            conditions={"StringLikeIfExists": {"s3:prefix": [f"{p}*" for p in prefixes]}},
        )

    def use_key(self, *services: str, actions: Sequence[str] = ()) -> Permission:
        """The customer-managed key, through the named services only."""
        region = Stack.of(self.scope).region
        hosts = [f"{service}.{region}.amazonaws.com" for service in services]
        return Permission(
            actions=actions or ["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[self.key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": hosts}},
        )

    def records(self, *actions: str) -> Permission:
        """DynamoDB actions on items of the runs table."""
        return Permission(
            actions=[f"dynamodb:{action}" for action in actions],
            resources=[self.runs_table.table_arn],
        )

    def runs_of_recipe(self) -> Permission:
        """Queries on the index of runs by recipe."""
        return Permission(
            actions=["dynamodb:Query"],
            resources=[f"{self.runs_table.table_arn}/index/{RUNS_BY_RECIPE}"],
        )

    def bedrock(self, *actions: str, on: Sequence[str]) -> Permission:
        """Bedrock actions on everything of these types in this account and Region.

        For reading, and for names that exist only once the call has been made.
        """
        return self._bedrock(actions, on, {})

    def own_bedrock(self, *actions: str, on: Sequence[str]) -> Permission:
        """Bedrock actions on what carries the tag of this stage, and on nothing else."""
        tags = {f"aws:ResourceTag/{TAG_STAGE}": self.stage}
        return self._bedrock(actions, on, {"StringEquals": tags})

    def create_in_bedrock(self, *actions: str, on: Sequence[str]) -> Permission:
        """Bedrock's creating actions, which must tag what they create with this stage."""
        return self._bedrock(actions, on, self._tagged)

    def _bedrock(
        self, actions: Iterable[str], types: Iterable[str], conditions: dict[str, Any]
    ) -> Permission:
        return Permission(
            actions=[f"bedrock:{action}" for action in actions],
            resources=[self.arn("bedrock", f"{type_}/*") for type_ in types],
            conditions=conditions,
            why=_NAMED_BY_BEDROCK,
        )

    def bedrock_lists(self, *actions: str) -> Permission:
        """Bedrock's listings, which take no resource."""
        return Permission(
            actions=[f"bedrock:{action}" for action in actions],
            resources=["*"],
            why="Bedrock's listings take no resource.",
        )

    @property
    def _tagged(self) -> dict[str, Any]:
        return {"StringEquals": {f"aws:RequestTag/{TAG_STAGE}": self.stage}}

    def base_models(self, *actions: str, creating: bool = False) -> Permission:
        """Bedrock actions on the base models that recipes name, by the ids that are trained.

        By those without their context length, too: which of the two IAM is asked about is not
        documented.
        """
        stack = Stack.of(self.scope)
        models = [model for _, model in self.recipes]
        ids = sorted({id_ for model in models for id_ in (model.id, model.inference.model_id)})
        return Permission(
            actions=[f"bedrock:{action}" for action in actions],
            resources=[
                f"arn:{stack.partition}:bedrock:{stack.region}::foundation-model/{id_}"
                for id_ in ids
            ],
            conditions=self._tagged if creating else {},
        )

    def invoke_base_models(self, models: Iterable[BaseModel]) -> list[Permission]:
        """Inference on base models; through an inference profile where the model has one.

        The profile routes to any of its Regions; the models there are reached through it only.
        """
        asked = {each.inference.id: each.inference for each in models}.values()
        direct = sorted(a for each in asked if not _has_profile(each) for a in self._models(each))
        routed = sorted(a for each in asked if _has_profile(each) for a in self._models(each))
        profiles = sorted(
            self.arn("bedrock", f"inference-profile/{each.id}")
            for each in asked
            if _has_profile(each)
        )
        through = {"StringEquals": {"bedrock:InferenceProfileArn": profiles}}
        permissions = [
            Permission(actions=INVOKE, resources=direct),
            Permission(actions=INVOKE, resources=profiles),
            Permission(actions=INVOKE, resources=routed, conditions=through),
        ]
        return [each for each in permissions if each.resources]

    def _models(self, inference: Inference) -> list[str]:
        partition = Stack.of(self.scope).partition
        return [
            f"arn:{partition}:bedrock:{region}::foundation-model/{inference.model_id}"
            for region in inference.regions
        ]

    @property
    def known_models(self) -> list[BaseModel]:
        """Every base model that runs in this Region may be about.

        Not those of today's recipes alone: a run in flight, and one that deploys an earlier
        model again, keeps the base model that its recipe named then.
        """
        region = Stack.of(self.scope).region
        return [model for model in all_models() if region in model.regions]

    def recipe_parameters(self) -> list[str]:
        """ARNs of the parameters that hold the recipes."""
        return [self._parameter(recipe_parameter(self.stage, r.name)) for r, _ in self.recipes]

    def model_parameters(self) -> list[str]:
        """ARNs of the parameters that applications read; they come into being at run time."""
        return [self.model_parameter(recipe) for recipe, _ in self.recipes]

    def every_model_parameter(self) -> Permission:
        """Reading and writing what applications read, of recipes that were removed, too."""
        return Permission(
            actions=["ssm:GetParameter", "ssm:PutParameter"],
            resources=[self._parameter(model_parameter(self.stage, "*"))],
            why="A recipe that was removed is in no template, and its parameter moves on.",
        )

    def model_parameter(self, recipe: Recipe) -> str:
        """ARN of the parameter that names the model of a recipe."""
        return self._parameter(model_parameter(self.stage, recipe.name))

    def _parameter(self, name: str) -> str:
        return self.arn("ssm", f"parameter{name}")

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource in this account and Region."""
        stack = Stack.of(self.scope)
        return f"arn:{stack.partition}:{service}:{stack.region}:{stack.account}:{resource}"


def _has_profile(inference: Inference) -> bool:
    return inference.kind == "inference_profile"


INVOKE = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
JOB = "model-customization-job"
CUSTOM_MODEL = "custom-model"
THROUGHPUT = "provisioned-model"
DEPLOYMENT = "custom-model-deployment"
EVERYTHING = (JOB, CUSTOM_MODEL, THROUGHPUT, DEPLOYMENT)
