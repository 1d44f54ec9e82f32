"""The record of a run: one DynamoDB item while it lives, run.json when it has ended."""

from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, convert, field, to_builtins

from tunedrop.layout import RunLayout
from tunedrop.recipe import Recipe

RUNNING = "running"
ENDING = "ending"
ENDED = "ended"

CREATED = "created"
REUSED = "reused"
# The status of a deployment that the run has taken down itself; all others are Bedrock's words.
TAKEN_DOWN = "TakenDown"


class Source(Struct, frozen=True, kw_only=True):
    """The object version that a run was started from."""

    bucket: str
    key: str
    version_id: str


class Failure(Struct, frozen=True, kw_only=True):
    """Why a run ends badly: the name of the error and a sentence for people."""

    error: str
    cause: str


class Job(Struct, frozen=True, kw_only=True):
    """A customization job, from the intent to create it (no `arn` yet) to its end.

    `stopping_because` is set when the service itself asked Bedrock to stop the job.
    """

    attempt: int
    name: str
    intended_at: str
    arn: str = ""
    status: str = ""
    submitted_at: str = ""
    ended_at: str = ""
    stopping_because: str = ""
    custom_model_arn: str = ""
    trained_tokens: int | None = None


class Deployment(Struct, frozen=True, kw_only=True):
    """Provisioned throughput or a custom model deployment, from the intent to create it.

    One with a `commitment` bills, and cannot be deleted, until `committed_until`. A `reused` one
    is the champion's throughput, into which the run's model was swapped: clean-up swaps the model
    `swapped_from` back, and deletes nothing. Swapped in for its test, it is tested until
    `test_until`.
    """

    mode: str
    name: str
    intended_at: str
    arn: str = ""
    status: str = ""
    ready_at: str = ""
    hourly_usd: float | None = None
    commitment: str = ""
    committed_until: str = ""
    model_units: int | None = None
    origin: str = CREATED
    swapped_from: str = ""
    test_until: str = ""


class Wait(Struct, frozen=True, kw_only=True):
    """The task token by which the waiting `state` is resumed; each look stores a new one."""

    token: str
    since: str
    state: str = ""


class Promotion(Struct, frozen=True, kw_only=True):
    """The commit point: this run's model became the recipe's champion."""

    version: int
    promoted_at: str
    replaced_run_id: str = ""


class CleanUp(Struct, frozen=True, kw_only=True):
    """What clean-up took down, what it could not yet, and what is committed for a term."""

    taken_down: tuple[str, ...] = ()
    committed: tuple[str, ...] = ()
    still_billing: tuple[str, ...] = ()
    done: bool = False


class Run(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One run. Sections are filled in by the states, in the order of the workflow.

    `goes_on_from` names the run whose model this one deploys without training again; a rollback
    does that at a person's word, against whatever the recipe's gate would say. `retests` are the
    moments at which the gate was opened again, because the champion had changed. `trial` is what
    the model was tested on where `deployment` is another. `capacity` says what serves the model
    after its test, and why it is not the champion's throughput. `model_refused_by` names the later
    run that went on from this one, and whose test the model did not pass.
    """

    run_id: str
    recipe: str
    stage: str
    status: str
    source: Source
    started_at: str
    execution_arn: str = ""
    dropped_at: str = ""
    sequencer: str = ""
    snapshot: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    record_limit: int | None = None
    base_model_note: str = ""
    note: str = ""
    again: bool = False
    timeline: dict[str, str] = field(default_factory=dict)
    dataset: dict[str, Any] = field(default_factory=dict)
    unchanged_since: str = ""
    cost: dict[str, Any] = field(default_factory=dict)
    job: Job | None = None
    former_jobs: tuple[Job, ...] = ()
    slot_refused_at: str = ""
    goes_on_from: str = ""
    is_rollback: bool = False
    losses: dict[str, Any] = field(default_factory=dict)
    approval: dict[str, Any] = field(default_factory=dict)
    turn_asked_at: str = ""
    capacity_refused_at: str = ""
    commitment_approval: dict[str, Any] = field(default_factory=dict)
    capacity: dict[str, str] = field(default_factory=dict)
    trial: Deployment | None = None
    deployment: Deployment | None = None
    evaluation: dict[str, Any] = field(default_factory=dict)
    retests: tuple[str, ...] = ()
    promotion: Promotion | None = None
    cancelled_by: str = ""
    wait: Wait | None = None
    failure: Failure | None = None
    ending_at: str = ""
    clean_up: CleanUp | None = None
    model_kept_until: str = ""
    model_refused_by: str = ""
    outcome: str = ""
    cause: str = ""
    ended_at: str = ""

    @property
    def plan(self) -> Recipe:
        """The recipe as it was when the run began."""
        return convert(self.snapshot, Recipe, strict=False)

    @property
    def layout(self) -> RunLayout:
        """Where the run's objects lie."""
        return RunLayout(recipe=self.recipe, run_id=self.run_id)

    @property
    def data_layout(self) -> RunLayout:
        """Where the files lie that its model was trained and is tested with."""
        return RunLayout(recipe=self.recipe, run_id=self.goes_on_from or self.run_id)

    @property
    def own_jobs(self) -> tuple[Job, ...]:
        """The jobs that it created itself; a run that goes on from another has none."""
        return (
            (*self.former_jobs, self.job)
            if self.job and not self.goes_on_from
            else self.former_jobs
        )

    @property
    def deployments(self) -> tuple[Deployment, ...]:
        """All that it created to serve its model, or meant to."""
        made = (self.trial, self.deployment)
        return tuple(each for each in made if each and each.origin == CREATED)

    @property
    def swap(self) -> Deployment | None:
        """The champion's throughput, where its model was swapped into that, or was to be."""
        made = self.deployment
        return made if made and made.origin == REUSED else None

    @property
    def order(self) -> str:
        """Sorts runs by their drop.

        S3 dates objects to the second; within it the sequencer of S3's event decides, which
        begins with the time, and for a run that no event started, its start.
        """
        return f"{self.dropped_at} {self.sequencer or self.started_at}"


def run_from(item: dict[str, Any]) -> Run:
    """Read a run from plain data (an item of the table, run.json)."""
    return convert({k: v for k, v in item.items() if k != "pk"}, Run, strict=False)


def plain(value: Any) -> Any:
    """A section or a run as plain data, ready to be stored."""
    return to_builtins(value)


def timestamp(moment: datetime) -> str:
    """A moment as the records write it: UTC, milliseconds, sortable as text."""
    utc = moment.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime:
    """The moment that `timestamp` wrote."""
    return datetime.fromisoformat(text)
