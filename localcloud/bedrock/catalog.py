"""What the stand-in knows of foundation models: the facts of the package's catalog, read as data.

Only the data file is shared with the service under test: the checks built on it are the
stand-in's own.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

_FILE = Path(__file__).parents[2] / "tunedrop" / "catalog" / "models.json"

Lifecycle = Literal["ACTIVE", "LEGACY", "END_OF_LIFE"]


class LifecycleDates(Struct, frozen=True, kw_only=True):
    """A model's lifecycle as the catalog states it."""

    status: Lifecycle
    legacy_date: str | None = None
    end_of_life_date: str | None = None

    def on(self, day: date) -> Lifecycle:
        """The lifecycle on a day: dates that have passed weigh more than the noted status."""
        today = day.isoformat()
        if self.end_of_life_date and self.end_of_life_date <= today:
            return "END_OF_LIFE"
        if self.legacy_date and self.legacy_date <= today and self.status == "ACTIVE":
            return "LEGACY"
        return self.status


class TokensByBatchSize(Struct, frozen=True, kw_only=True):
    """A lower token limit from a batch size upwards."""

    from_batch_size: int
    max_tokens: int


class ImageTokens(Struct, frozen=True, kw_only=True):
    """How images count as tokens: by tiles along each side."""

    tile_side: int
    most_per_side: int
    tokens_per_tile: int


class MediaLimits(Struct, frozen=True, kw_only=True):
    """What a customization job takes of images and videos; None: no limit is known."""

    image_formats: tuple[str, ...] = ()
    max_image_bytes: int | None = None
    min_image_side: int | None = None
    max_image_side: int | None = None
    max_image_pixels: int | None = None
    max_aspect_ratio: float | None = None
    max_images_per_record: int | None = None
    image_tokens: ImageTokens | None = None
    video_formats: tuple[str, ...] = ()
    max_video_bytes: int | None = None
    max_video_seconds: float | None = None
    max_videos_per_record: int | None = None
    same_bucket: bool = False
    key_pattern: str | None = None


class Limits(Struct, frozen=True, kw_only=True):
    """What a customization job takes of its data; None: no limit is known."""

    min_training_records: int = 1
    max_training_records: int | None = None
    min_validation_records: int = 1
    max_validation_records: int | None = None
    max_records_in_all: int | None = None
    records_quota_code: str | None = None
    max_training_file_bytes: int | None = None
    max_validation_file_bytes: int | None = None
    max_tokens_per_record: int | None = None
    max_prompt_tokens: int | None = None
    max_completion_tokens: int | None = None
    max_tokens_by_batch_size: tuple[TokensByBatchSize, ...] = ()
    reserved_strings: tuple[str, ...] = ()
    min_caption_characters: int | None = None
    max_caption_characters: int | None = None
    reasoning: bool = False
    media: MediaLimits | None = None


class TokenEstimate(Struct, frozen=True, kw_only=True):
    """Characters per token of a family."""

    characters_per_token: float


class Hyperparameter(Struct, frozen=True, kw_only=True):
    """One of Bedrock's keys with its range, or its values; `automatic` leaves it to Bedrock."""

    bedrock_key: str
    type: Literal["integer", "float", "enum"]
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()
    default: float | str | None = None
    required: bool = False
    automatic: str | None = None


class ValidationSet(Struct, frozen=True, kw_only=True):
    """Whether a job takes validation data."""

    supported: bool


class Customization(Struct, frozen=True, kw_only=True):
    """One customization type of a model; `served` only where a job of this API runs it."""

    customization_type: str
    dataset_format: str
    served: bool = True
    token_estimate: TokenEstimate
    limits: Limits
    hyperparameters: tuple[Hyperparameter, ...]
    validation_set: ValidationSet


class Inference(Struct, frozen=True, kw_only=True):
    """The ids that the model itself answers to, and what it is asked for."""

    id: str
    kind: Literal["inference_profile", "foundation_model"]
    model_id: str
    regions: tuple[str, ...]
    request: Literal["converse", "image-generation", "multimodal-embedding"] = "converse"
    takes_system_prompt: bool = True


class Serving(Struct, frozen=True, kw_only=True):
    """How custom models of this base are served."""

    provisioned: bool
    on_demand: bool
    on_demand_regions: tuple[str, ...] = ()
    model_units_quota_code: str | None = None


class MetricFiles(Struct, frozen=True, kw_only=True):
    """Where a job of this family writes its losses, and under which columns."""

    training_path: str
    training_columns: tuple[str, ...]
    validation_path: str
    validation_columns: tuple[str, ...]


class FoundationModel(Struct, frozen=True, kw_only=True):
    """One base model; `id` is the id with context suffix that customization jobs name."""

    id: str
    name: str
    provider: str
    family: str
    input_modalities: tuple[str, ...]
    output_modalities: tuple[str, ...]
    inference: Inference
    regions: tuple[str, ...]
    lifecycle: LifecycleDates
    customizations: tuple[Customization, ...]
    serving: Serving
    metric_files: MetricFiles | None = None

    def arn(self, region: str) -> str:
        """The ARN of the model as customization jobs name it."""
        return f"arn:aws:bedrock:{region}::foundation-model/{self.id}"

    def customization(self, customization_type: str) -> Customization | None:
        """How the model is customized in this way; None where it is not."""
        for each in self.customizations:
            if each.customization_type == customization_type:
                return each
        return None


class Quota(Struct, frozen=True, kw_only=True):
    """An account-wide quota."""

    name: str
    code: str | None
    default: int
    adjustable: bool


class AccountQuotas(Struct, frozen=True, kw_only=True):
    """The account-wide quotas that the stand-in enforces."""

    scheduled_jobs: Quota
    custom_models: Quota
    deployments: Quota
    deployments_in_progress: Quota
    no_commitment_model_units: Quota


class _File(Struct, frozen=True, kw_only=True):
    account_quotas: AccountQuotas
    models: tuple[FoundationModel, ...]


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """The foundation models, with retired ones open or shut."""

    models: tuple[FoundationModel, ...]
    account_quotas: AccountQuotas
    keep_retired: bool

    def lifecycle(self, model: FoundationModel, day: date) -> Lifecycle:
        """The model's lifecycle; models that are kept open count as active."""
        return "ACTIVE" if self.keep_retired else model.lifecycle.on(day)

    def is_offered(self, model: FoundationModel, region: str) -> bool:
        """Whether jobs for the model run in the Region; models kept open run anywhere."""
        return self.keep_retired or region in model.regions

    def by_training_id(self, identifier: str) -> FoundationModel | None:
        """The model of an id with context suffix, or of its ARN."""
        plain = identifier.rpartition("foundation-model/")[2]
        return next((model for model in self.models if model.id == plain), None)

    def by_inference_id(self, identifier: str) -> FoundationModel | None:
        """The model of an inference id, a cross-Region profile, or the ARN of either."""
        plain = identifier.rpartition("/")[2]
        accepted = [
            (model, {model.inference.id, model.inference.model_id}) for model in self.models
        ]
        return next((model for model, ids in accepted if plain in ids), None)


def load_catalog(*, keep_retired: bool) -> Catalog:
    """Read the catalog's data file."""
    file = msgspec.json.decode(_FILE.read_bytes(), type=_File)
    return Catalog(
        models=file.models, account_quotas=file.account_quotas, keep_retired=keep_retired
    )
