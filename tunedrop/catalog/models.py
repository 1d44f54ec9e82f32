"""What Tunedrop knows of a base model, typed; the facts themselves are in models.json."""

from typing import Literal

from tunedrop.catalog.entry import Entry
from tunedrop.catalog.hyperparameter import Hyperparameter
from tunedrop.catalog.limits import Limits, MediaLimits, TokenEstimate
from tunedrop.errors import InvalidInputError

__all__ = [
    "AccountQuotas",
    "BaseModel",
    "Catalog",
    "Customization",
    "CustomizationType",
    "DatasetFormat",
    "Hyperparameter",
    "Lifecycle",
    "Limits",
    "MediaLimits",
    "Method",
    "TokenEstimate",
]

DatasetFormat = Literal[
    "prompt-completion",
    "continued-pre-training",
    "anthropic-messages",
    "bedrock-conversation-2024",
    "image-caption",
    "reinforcement",
]
CustomizationType = Literal[
    "FINE_TUNING", "CONTINUED_PRE_TRAINING", "DISTILLATION", "REINFORCEMENT_FINE_TUNING"
]
Method = Literal[
    "instruction_tuning",
    "domain_adaptation",
    "transfer_learning",
    "continued_pre_training",
    "reinforcement",
]


class InferencePrice(Entry, frozen=True):
    """US dollars for 1,000 tokens on demand; whether custom models of the base cost the same."""

    input_usd_per_1k_tokens: float
    output_usd_per_1k_tokens: float
    holds_for_custom_models: bool
    source: str
    as_of: str


class Inference(Entry, frozen=True):
    """How a model is asked; `regions` are those that the base model's own ARNs lie in.

    `request` says by which call and body: Converse, or InvokeModel with a task for an image or with
    the text and image of an embedding.
    """

    id: str
    kind: Literal["inference_profile", "foundation_model"]
    model_id: str
    regions: tuple[str, ...]
    request: Literal["converse", "image-generation", "multimodal-embedding"] = "converse"
    takes_system_prompt: bool = True
    price: InferencePrice | None = None
    note: str = ""


class Lifecycle(Entry, frozen=True):
    """Bedrock's lifecycle state as read on `Catalog.facts_as_of`; dates are ISO days."""

    status: Literal["ACTIVE", "LEGACY", "END_OF_LIFE"]
    legacy_date: str | None
    end_of_life_date: str | None
    note: str = ""

    @property
    def takes_jobs(self) -> bool:
        """Legacy models take no new customization jobs and no new provisioned throughput."""
        return self.status == "ACTIVE"


class ValidationSet(Entry, frozen=True):
    """Whether a customization job takes validation data."""

    supported: bool
    note: str = ""


class TrainingPrice(Entry, frozen=True):
    """US dollars for a unit of training; None: not known. An image counts whenever it is seen."""

    usd: float | None
    unit: Literal["1k tokens", "image", "hour"]
    source: str | None = None
    as_of: str | None = None


class Customization(Entry, frozen=True):
    """One way of customizing a model, and which of our methods it serves.

    Where it is not `served`, datasets are checked, but no run trains on them.
    """

    customization_type: CustomizationType
    methods: tuple[Method, ...]
    dataset_format: DatasetFormat
    token_estimate: TokenEstimate
    limits: Limits
    hyperparameters: tuple[Hyperparameter, ...]
    validation_set: ValidationSet
    training_price: TrainingPrice
    served: bool = True


class Serving(Entry, frozen=True):
    """How a custom model of this base can be put into service."""

    provisioned: bool
    on_demand: bool
    on_demand_regions: tuple[str, ...]
    provisioned_model_ids: tuple[str, ...]
    no_commitment: bool
    model_units_quota_code: str | None
    on_demand_requests_per_minute: int | None = None
    on_demand_tokens_per_minute: int | None = None
    note: str = ""


class Prices(Entry, frozen=True):
    """What a custom model costs, in US dollars; None: not known. Training has its own price.

    Model units by commitment: none, 1 month, 6 months.
    """

    storage_usd_per_month: float | None
    model_unit_usd_per_hour: dict[str, float | None]
    source: str | None
    as_of: str | None


class MetricFiles(Entry, frozen=True):
    """Where a job writes its losses, below `model-customization-job-<id>/`, as seen in practice."""

    training_path: str
    training_columns: tuple[str, ...]
    validation_path: str
    validation_columns: tuple[str, ...]


class Fact(Entry, frozen=True):
    """Where a group of facts was read, when, and what is doubtful about it."""

    about: Literal[
        "regions",
        "datasets",
        "hyperparameters",
        "lifecycle",
        "inference",
        "serving",
        "quotas",
        "prices",
        "metric_files",
    ]
    source: str
    as_of: str
    note: str = ""


class BaseModel(Entry, frozen=True, kw_only=True):
    """One base model that Bedrock lets, or let, people customize.

    `other_customization_types` are those that Bedrock offers besides, and no method of ours asks
    for; `metric_files` is None where a job writes none that is known.
    """

    id: str
    name: str
    provider: str
    family: str
    input_modalities: tuple[str, ...]
    output_modalities: tuple[str, ...]
    inference: Inference
    regions: tuple[str, ...]
    lifecycle: Lifecycle
    customizations: tuple[Customization, ...]
    other_customization_types: tuple[CustomizationType, ...] = ()
    serving: Serving
    prices: Prices
    metric_files: MetricFiles | None
    facts: tuple[Fact, ...]

    @property
    def inference_id(self) -> str:
        """What the base model is asked under; its training id would be refused."""
        return self.inference.id

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that this model offers."""
        return tuple(method for each in self.customizations for method in each.methods)

    def offers(self, method: str) -> bool:
        """Whether the model can be customized by a method."""
        return method in self.methods

    def customization(self, method: str) -> Customization:
        """How the model is customized by a method; `InvalidInputError` where it offers none."""
        for each in self.customizations:
            if method in each.methods:
                return each
        offered = ", ".join(self.methods)
        raise InvalidInputError(
            f'{self.name} does not offer the method "{method}"; it offers {offered}.'
        )

    def foundation_model_arn(self, region: str) -> str:
        """The ARN that customization jobs name as their base."""
        return f"arn:aws:bedrock:{region}::foundation-model/{self.id}"


class Quota(Entry, frozen=True):
    """An account-wide quota of Bedrock; `code` is None where Service Quotas lists none."""

    name: str
    code: str | None
    default: int
    adjustable: bool


class AccountQuotas(Entry, frozen=True):
    """The quotas that a run meets whatever its base model."""

    scheduled_jobs: Quota
    custom_models: Quota
    deployments: Quota
    deployments_in_progress: Quota
    no_commitment_model_units: Quota


class Catalog(Entry, frozen=True):
    """The whole of models.json."""

    schema: int
    facts_as_of: str
    account_quotas: AccountQuotas
    models: tuple[BaseModel, ...]
