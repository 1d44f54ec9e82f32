"""What exists in Bedrock in one Region: jobs, custom models, throughput, deployments, tags."""

import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from localcloud.bedrock.catalog import Customization, FoundationModel
from localcloud.place import ACCOUNT

IN_PROGRESS, COMPLETED, FAILED = "InProgress", "Completed", "Failed"
STOPPING, STOPPED, NOT_STARTED = "Stopping", "Stopped", "NotStarted"
VALIDATION, PROCESSING, TRAINING = "validationDetails", "dataProcessingDetails", "trainingDetails"


def now() -> datetime:
    """The time, to the millisecond that Bedrock's answers carry."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class Learned(Protocol):
    """What training leaves behind: losses, and a way of answering that its skill knows."""

    @property
    def training(self) -> Sequence[tuple[int, int, float]]:
        """Step, epoch and loss on the training records."""

    @property
    def validation(self) -> Sequence[tuple[int, int, float]]:
        """Step, epoch and loss on the validation records."""


@dataclass(kw_only=True)
class Phase:
    """One part of a job's status details."""

    status: str = NOT_STARTED
    created: datetime | None = None
    modified: datetime | None = None


@dataclass(kw_only=True, eq=False)
class Job:
    """A customization job."""

    arn: str
    name: str
    model_name: str
    base: FoundationModel
    parent: "CustomModel | None"
    customization: Customization
    hyperparameters: Mapping[str, str]
    request: Mapping[str, Any]
    key_arn: str | None
    created: datetime
    modified: datetime
    ended: datetime | None = None
    status: str = IN_PROGRESS
    phases: dict[str, Phase] = field(
        default_factory=lambda: {each: Phase() for each in (VALIDATION, PROCESSING, TRAINING)}
    )
    failure: str | None = None
    model_arn: str | None = None
    learned: Learned | None = None
    interrupted: threading.Event = field(default_factory=threading.Event)

    @property
    def id(self) -> str:
        """The random part of the ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def is_scheduled(self) -> bool:
        """Whether the job counts against the quota of scheduled jobs."""
        return self.status in (IN_PROGRESS, STOPPING)


@dataclass(kw_only=True, eq=False)
class CustomModel:
    """What a completed job leaves behind; `learned` answers as its base's skill does."""

    arn: str
    name: str
    job: Job
    learned: Any
    examples: Sequence[Any]
    created: datetime

    @property
    def base(self) -> FoundationModel:
        """The foundation model underneath."""
        return self.job.base


@dataclass(kw_only=True, eq=False)
class Serving:
    """A provisioned throughput or a deployment: what both have; times are of `time.monotonic`."""

    arn: str
    name: str
    model: CustomModel | FoundationModel
    created: datetime
    modified: datetime
    ready_at: float
    failure: str | None = None
    next_model: CustomModel | FoundationModel | None = None
    updated_at: float = 0.0
    update_failure: str | None = None


@dataclass(kw_only=True, eq=False)
class Throughput(Serving):
    """Model units bought for a model."""

    units: int
    commitment: str | None
    commitment_ends: datetime | None


@dataclass(kw_only=True, eq=False)
class Deployment(Serving):
    """A custom model served on demand."""

    description: str | None
    was_updated: bool = False


class Named(Protocol):
    """Anything that has an ARN and a name."""

    arn: str
    name: str


AnyNamed = TypeVar("AnyNamed", bound=Named)


@dataclass(kw_only=True)
class RegionState:
    """Everything that exists in a Region; hold `lock` to read several things or to write."""

    region: str
    lock: threading.RLock = field(default_factory=threading.RLock)
    jobs: dict[str, Job] = field(default_factory=dict)
    models: dict[str, CustomModel] = field(default_factory=dict)
    throughputs: dict[str, Throughput] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    answered: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)

    def new_arn(self, kind: str, *parts: str) -> str:
        """A fresh ARN of this Region, its id made up as Bedrock's are."""
        path = "/".join((kind, *parts, uuid.uuid4().hex[:12]))
        return f"arn:aws:bedrock:{self.region}:{ACCOUNT}:{path}"

    def keep_tags(self, arn: str, tags: Iterable[Mapping[str, str]]) -> None:
        """Add tags to a resource, over those of the same key."""
        self.tags.setdefault(arn, {}).update({tag["key"]: tag["value"] for tag in tags})


def find(resources: Mapping[str, AnyNamed], identifier: str) -> AnyNamed | None:
    """The resource of an ARN or a name."""
    if identifier in resources:
        return resources[identifier]
    return next((each for each in resources.values() if each.name == identifier), None)
