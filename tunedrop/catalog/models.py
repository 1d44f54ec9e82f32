"""What Tunedrop knows of a base model, typed; the facts themselves are in models.json."""

from typing import Literal

from msgspec import Struct

from tunedrop.errors import InvalidInputError

DatasetFormat = Literal["prompt-completion", "anthropic-messages", "bedrock-conversation-2024"]


class _Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything in models.json: a misspelt key fails at load."""


class Inference(_Entry, frozen=True):
    """How the base model itself is asked; `regions` are those that its model ARNs lie in."""

    id: str
    kind: Literal["inference_profile", "foundation_model"]
    model_id: str
    regions: tuple[str, ...]


class Lifecycle(_Entry, frozen=True):
    """Bedrock's lifecycle state as read on `Catalog.facts_as_of`; dates are ISO days."""

    status: Literal["ACTIVE", "LEGACY", "END_OF_LIFE"]
    legacy_date: str | None
    end_of_life_date: str | None
    note: str = ""

    @property
    def takes_jobs(self) -> bool:
        """Legacy models take no new customization jobs and no new provisioned throughput."""
        return self.status == "ACTIVE"


class TokenEstimate(_Entry, frozen=True):
    """Characters per token: what limits are counted with, and what a cautious reader assumes."""

    characters_per_token: float
    cautious_characters_per_token: float
    source: str


class TokensByBatchSize(_Entry, frozen=True):
    """A lower token limit from a batch size upwards."""

    from_batch_size: int
    max_tokens: int


class Limits(_Entry, frozen=True):
    """What Bedrock takes of a dataset; None: no limit is documented."""

    min_training_records: int
    max_training_records: int | None
    min_validation_records: int
    max_validation_records: int | None
    max_records_in_all: int | None
    records_quota_code: str | None
    max_training_file_bytes: int | None
    max_validation_file_bytes: int | None
    max_tokens_per_record: int | None
    max_prompt_tokens: int | None
    max_completion_tokens: int | None
    max_tokens_by_batch_size: tuple[TokensByBatchSize, ...]
    reserved_strings: tuple[str, ...]

    def tokens_per_record(self, batch_size: int) -> int | None:
        """The token limit of a record at this batch size."""
        lowered = [
            step.max_tokens
            for step in self.max_tokens_by_batch_size
            if batch_size >= step.from_batch_size
        ]
        return min(lowered, default=self.max_tokens_per_record)


class Hyperparameter(_Entry, frozen=True):
    """One of Bedrock's keys; `name` is ours, None where the meaning is the family's own."""

    bedrock_key: str
    name: Literal["epochs", "learning_rate", "batch_size", "warmup_steps"] | None
    type: Literal["integer", "float"]
    minimum: float
    maximum: float
    default: float | None
    required: bool
    note: str = ""

    @property
    def range(self) -> str:
        """The accepted values in words: `1 to 5 (integer)`."""
        return f"{self.minimum:g} to {self.maximum:g} ({self.type})"


class ValidationSet(_Entry, frozen=True):
    """Whether a customization job takes validation data."""

    supported: bool
    note: str = ""


class Customization(_Entry, frozen=True):
    """One way of customizing a model, and which of our methods it serves."""

    customization_type: Literal[
        "FINE_TUNING", "CONTINUED_PRE_TRAINING", "DISTILLATION", "REINFORCEMENT_FINE_TUNING"
    ]
    methods: tuple[str, ...]
    dataset_format: DatasetFormat
    token_estimate: TokenEstimate
    limits: Limits
    hyperparameters: tuple[Hyperparameter, ...]
    validation_set: ValidationSet


class Serving(_Entry, frozen=True):
    """How a custom model of this base can be put into service."""

    provisioned: bool
    on_demand: bool
    on_demand_regions: tuple[str, ...]
    provisioned_model_ids: tuple[str, ...]
    no_commitment: bool
    model_units_quota_code: str | None
    on_demand_requests_per_minute: int | None = None
    on_demand_tokens_per_minute: int | None = None


class Prices(_Entry, frozen=True):
    """US dollars; None: not known. Model units by commitment: none, 1 month, 6 months."""

    training_usd_per_1k_tokens: float | None
    storage_usd_per_month: float | None
    model_unit_usd_per_hour: dict[str, float | None]
    source: str | None
    as_of: str | None


class MetricFiles(_Entry, frozen=True):
    """Where a job writes its losses, below `model-customization-job-<id>/`, as seen in practice."""

    training_path: str
    training_columns: tuple[str, ...]
    validation_path: str
    validation_columns: tuple[str, ...]


class Fact(_Entry, frozen=True):
    """Where a group of facts was read, when, and what is doubtful about it."""

    about: str
    source: str
    as_of: str
    note: str = ""


class BaseModel(_Entry, frozen=True):
    """One base model that Bedrock lets, or let, people customize."""

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
    serving: Serving
    prices: Prices
    metric_files: MetricFiles
    facts: tuple[Fact, ...]

    @property
    def inference_id(self) -> str:
        """What the base model is asked under; its training id would be refused."""
        return self.inference.id

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that this model offers."""
        return tuple(method for each in self.customizations for method in each.methods)

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

    def inference_arns(self, region: str, account: str) -> tuple[str, ...]:
        """What a caller must be allowed to invoke to ask the base model from a Region."""
        models = tuple(
            f"arn:aws:bedrock:{each}::foundation-model/{self.inference.model_id}"
            for each in self.inference.regions
        )
        if self.inference.kind == "foundation_model":
            return models
        profile = f"arn:aws:bedrock:{region}:{account}:inference-profile/{self.inference.id}"
        return (profile, *models)


class Quota(_Entry, frozen=True):
    """An account-wide quota of Bedrock; `code` is None where Service Quotas lists none."""

    name: str
    code: str | None
    default: int
    adjustable: bool


class AccountQuotas(_Entry, frozen=True):
    """The quotas that a run meets whatever its base model."""

    scheduled_jobs: Quota
    custom_models: Quota
    deployments: Quota
    deployments_in_progress: Quota
    no_commitment_model_units: Quota


class Catalog(_Entry, frozen=True):
    """The whole of models.json."""

    schema: int
    facts_as_of: str
    account_quotas: AccountQuotas
    models: tuple[BaseModel, ...]
