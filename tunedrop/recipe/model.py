"""The recipe as typed data: every key that the YAML may hold, its default and what it accepts."""

import re
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from tunedrop.catalog.models import Method

_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

# Five pairs that all point one way come about by chance once in sixteen (two-sided sign test), six
# once in thirty-two: below six, no difference between two models is believed.
FEWEST_PAIRS = 6

NAME_PATTERN = r"^[a-z](-?[a-z0-9])*\Z"

Metric = Literal[
    "rouge_l",
    "chrf",
    "exact_match",
    "accuracy",
    "macro_f1",
    "recall_at_1",
    "recall_at_5",
    "recall_at_10",
]
RecipeName = Annotated[
    str,
    Meta(
        pattern=NAME_PATTERN,
        max_length=31,
        description="a-z, 0-9 and single hyphens, beginning with a letter, at most 31 characters",
    ),
]
Duration = Annotated[
    str,
    Meta(
        pattern=rf"^{_DURATION.pattern}\Z",
        description='a duration such as "6h", "30m", "45s" or "7d"',
    ),
]
Days = Annotated[
    str,
    Meta(pattern=r"^[1-9][0-9]{0,3}d\Z", description='whole days such as "30d"'),
]
Share = Annotated[float, Meta(ge=0, le=0.5, description="a share from 0 to 0.5")]
Dollars = Annotated[float, Meta(ge=0, description="US dollars, 0 or more")]
Minimum = Annotated[float, Meta(ge=0, le=1, description="a minimum from 0 to 1")]
Arn = Annotated[
    str,
    Meta(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+\Z",
        description="the ARN of an IAM role or user",
    ),
]
Positive = Annotated[float, Meta(gt=0, description="a number above 0")]
Count = Annotated[int, Meta(ge=1, description="a whole number from 1")]


class _Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all: unknown keys are refused, defaults are not written out."""


class Hyperparameters(_Section, frozen=True):
    """Neutral names, which the catalog maps to Bedrock's; Bedrock's own keys under `bedrock`."""

    epochs: Annotated[int, Meta(description="a whole number")] | None = None
    steps: Annotated[int, Meta(description="a whole number")] | None = None
    learning_rate: Annotated[float, Meta(description="a number such as 0.00001")] | None = None
    batch_size: Annotated[int, Meta(description="a whole number")] | None = None
    warmup_steps: Annotated[int, Meta(description="a whole number")] | None = None
    bedrock: Annotated[
        dict[str, int | float | str], Meta(description="Bedrock's own keys, each with one value")
    ] = field(default_factory=dict)


class Threshold(_Section, frozen=True):
    """Up to which share of the records a finding is borne with, and what is done below it."""

    reject_above: Annotated[float, Meta(ge=0, le=1, description="a share from 0 to 1")]
    otherwise: Literal["keep", "drop"] = "keep"


Handling = Literal["keep", "drop", "reject"] | Threshold
Protection = Literal["keep", "report", "redact", "reject"]


class Data(_Section, frozen=True):
    """What is done with the records before they are trained on."""

    validation_share: Share = 0.1
    test_share: Share = 0.1
    rejected_share: Share = 0.0
    personal_data: Protection = "report"
    secrets: Protection = "report"
    duplicates: Handling = "keep"
    near_duplicates: Handling = "keep"
    contradictions: Handling = "keep"
    trivial_completions: Handling = "keep"
    truncated_completions: Handling = "keep"
    answers_in_prompts: Handling = "keep"
    boilerplate: Handling = "keep"
    wrong_language: Handling = "keep"
    label_noise: Handling = "keep"
    same_completions: Literal["keep", "reject"] = "keep"
    too_many: Literal["reject", "select"] = "reject"
    retention: Days | None = None

    @property
    def retention_days(self) -> int | None:
        """After how many days what was dropped is deleted; None: it is kept."""
        return int(self.retention.removesuffix("d")) if self.retention else None


class Evaluation(_Section, frozen=True):
    """What a custom model must reach; a key that is absent asks nothing."""

    max_validation_loss: Positive | None = None
    metrics: Annotated[
        dict[Metric, Minimum],
        Meta(
            description="rouge_l, chrf and exact_match of texts, accuracy and macro_f1 of labels, "
            "recall_at_1, recall_at_5 and recall_at_10 of embeddings, each with a minimum from 0 "
            "to 1"
        ),
    ] = field(default_factory=dict)
    beat: Literal["champion", "base"] | None = None
    on_tie: Literal["keep", "promote"] = "keep"
    general_test_set: str | None = None
    general_loss: Annotated[float, Meta(ge=0, le=1, description="a loss from 0 to 1")] = 0.02

    @property
    def fewest_test_records(self) -> int:
        """How many test records it takes to answer what the recipe asks."""
        if self.beat is not None:
            return FEWEST_PAIRS
        return 1 if self.metrics else 0


class Reuse(_Section, frozen=True):
    """When the champion's throughput may serve an untested model, where nothing else can."""

    window: Annotated[
        str,
        Meta(
            pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d\Z",
            description='hours of each day in UTC such as "02:00-05:00"',
        ),
    ]


class Deployment(_Section, frozen=True):
    """How the custom model is put into service; `mode` and `grace` are filled in at load."""

    mode: Literal["on_demand", "provisioned", "none"] = "on_demand"
    approval: Literal["none", "required"] = "none"
    patience: Duration = "6h"
    grace: Duration = "24h"
    model_units: Count = 1
    commitment: Literal["none", "1 month", "6 months"] = "none"
    reuse: (
        Literal["none", "after_test"]
        | Annotated[Reuse, Meta(description='a section with window, hours such as "02:00-05:00"')]
    ) = "none"
    expires_after: Duration | None = None

    @property
    def reuse_window(self) -> str:
        """The hours of each day in which an untested model may be swapped in, or ""."""
        return self.reuse.window if isinstance(self.reuse, Reuse) else ""

    @property
    def patience_seconds(self) -> int:
        """How long a job or a deployment may wait for its turn or for capacity."""
        return seconds(self.patience)

    @property
    def grace_seconds(self) -> int:
        """How long a replaced champion serves on."""
        return seconds(self.grace)

    @property
    def expires_after_seconds(self) -> int | None:
        """How long provisioned throughput lives, if it is limited."""
        return None if self.expires_after is None else seconds(self.expires_after)


class Budget(_Section, frozen=True):
    """The most that a run, and an hour of everything the recipe has in service, may cost."""

    training_usd: Dollars | None = None
    hourly_usd: Dollars | None = None


class Prices(_Section, frozen=True):
    """Prices that the catalog does not know, or knows differently."""

    training_usd_per_1k_tokens: Dollars | None = None
    training_usd_per_image: Dollars | None = None
    model_unit_usd_per_hour: Dollars | None = None


class Recipe(_Section, frozen=True):
    """How one use case is tuned."""

    name: RecipeName
    base_model: str
    method: Method
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    data: Data = field(default_factory=Data)
    evaluation: Evaluation = field(default_factory=Evaluation)
    deployment: Deployment = field(default_factory=Deployment)
    budget: Budget = field(default_factory=Budget)
    prices: Prices = field(default_factory=Prices)
    owners: Annotated[
        tuple[Arn, ...], Meta(description="a list of ARNs of IAM roles or users")
    ] = ()
    allow_overrides: Annotated[
        tuple[Literal["hyperparameters"], ...], Meta(description="a list of: hyperparameters")
    ] = ()


def seconds(duration: str) -> int:
    """`6h` as 21600."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError(duration)
    return int(match[1]) * _SECONDS[match[2]]
