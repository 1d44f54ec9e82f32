"""Every drop is answered: the run that it starts, or why it starts nothing."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from tunedrop.answers import NOTHING_STARTED, RUN_STARTED, Answer, Answers
from tunedrop.errors import InvalidInputError, RecordMismatchError
from tunedrop.gateway import aws, code_of
from tunedrop.layout import DATASET_SUFFIX, DATASETS_PREFIX, RUN_REQUEST_SUFFIX, make_run_id
from tunedrop.objects import Objects
from tunedrop.run import Source, moment, plain, timestamp
from tunedrop.table import Table

_PLACE = f"{DATASETS_PREFIX}<recipe>/<name>{DATASET_SUFFIX} or ...<name>{RUN_REQUEST_SUFFIX}"
_DEPTH = 3


@dataclass(frozen=True, kw_only=True)
class Drop:
    """An object version that S3 announced."""

    source: Source
    dropped_at: str
    sequencer: str = ""

    @classmethod
    def from_event(cls, event: dict[str, Any]) -> "Drop":
        """Read S3's `Object Created` event; its keys are not URL-encoded."""
        detail = event["detail"]
        version = detail["object"].get("version-id", "")
        source = Source(
            bucket=detail["bucket"]["name"], key=detail["object"]["key"], version_id=version
        )
        return cls(
            source=source,
            dropped_at=timestamp(moment(event["time"])),
            sequencer=detail["object"].get("sequencer", ""),
        )


def recipe_of(key: str, recipes: tuple[str, ...]) -> str:
    """The recipe that a drop of `key` runs; an `InvalidInputError` says why it runs none."""
    parts = key.split("/")
    if key.endswith("/"):
        raise InvalidInputError(f"It is a folder marker. Drop a dataset at {_PLACE}.")
    if not key.startswith(DATASETS_PREFIX):
        raise InvalidInputError(f"It does not lie under {DATASETS_PREFIX}. Drop it at {_PLACE}.")
    if len(parts) != _DEPTH:
        folders = len(parts) - 1
        depth = "1 folder" if folders == 1 else f"{folders} folders"
        named = " A run request may name it." if len(parts) > _DEPTH else ""
        raise InvalidInputError(
            f"It lies {depth} deep, and a run starts only from {_PLACE}.{named}"
        )
    if not key.endswith((DATASET_SUFFIX, RUN_REQUEST_SUFFIX)) or parts[2].startswith("."):
        raise InvalidInputError(
            f'Its name "{parts[2]}" is not <name>{DATASET_SUFFIX} (a dataset) '
            f"or <name>{RUN_REQUEST_SUFFIX} (a run request)."
        )
    if parts[1] not in recipes:
        known = ", ".join(recipes) or "none"
        raise InvalidInputError(f'There is no recipe "{parts[1]}". Deployed recipes: {known}.')
    return parts[1]


class Workflow:
    """Gateway to the state machine that carries out runs."""

    def __init__(self, client: Any, state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def start(self, run_id: str, source: Source) -> bool:
        """Start the execution named `run_id`; False when the same drop has started it before.

        An execution of that name over another object is a `RecordMismatchError`.
        """
        given = plain(source)
        try:
            with aws(f"start {run_id}"):
                self._client.start_execution(
                    stateMachineArn=self._state_machine_arn, name=run_id, input=json.dumps(given)
                )
        except ClientError as error:
            if code_of(error) != "ExecutionAlreadyExists":
                raise
            self._check_same_drop(run_id, given)
            return False
        return True

    def execution_arn(self, run_id: str) -> str:
        """ARN of the execution of a run."""
        return self._state_machine_arn.replace(":stateMachine:", ":execution:") + f":{run_id}"

    def _check_same_drop(self, run_id: str, given: dict[str, str]) -> None:
        with aws(f"describe {run_id}"):
            found = self._client.describe_execution(executionArn=self.execution_arn(run_id))
        if json.loads(found["input"]) != given:
            raise RecordMismatchError(
                f"The execution {run_id} runs over another object than {given['key']}. "
                "Drop the object again to give its run a name of its own."
            )


class DropOrder:
    """Keeps S3's sequencers until their runs open their records: an input holds none."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def note(self, run_id: str, sequencer: str) -> None:
        """Remember the sequencer of the drop behind a run; the first one stays."""
        item = {"pk": f"drop#{run_id}", "sequencer": sequencer}
        self._table.put(item, condition="attribute_not_exists(pk)")

    def sequencer(self, run_id: str) -> str:
        """The sequencer of the drop behind a run; "" for a run that no drop started."""
        return str((self._table.get(f"drop#{run_id}") or {}).get("sequencer", ""))


class Intake:
    """Starts runs and answers drops."""

    def __init__(
        self,
        *,
        datasets: Objects,
        answers: Answers,
        workflow: Workflow,
        order: DropOrder,
        recipes: tuple[str, ...],
    ) -> None:
        self._datasets = datasets
        self._answers = answers
        self._workflow = workflow
        self._order = order
        self._recipes = recipes

    def take(self, drop: Drop, now: datetime) -> str:
        """Start the drop's run and return its run_id; "" when nothing starts, which is answered."""
        source = drop.source
        try:
            recipe = recipe_of(source.key, self._recipes)
            run_id, dropped_at = self._name(recipe, source)
        except InvalidInputError as reason:
            self._answer(drop, now, NOTHING_STARTED, f"{source.key} started no run. {reason}")
            return ""
        self._order.note(run_id, drop.sequencer)
        if self._workflow.start(run_id, source):
            drop = replace(drop, dropped_at=dropped_at)
            self._answer(drop, now, RUN_STARTED, f"The run {run_id} has started.", run_id)
        return run_id

    def _name(self, recipe: str, source: Source) -> tuple[str, str]:
        version = self._datasets.find(source.key, source.version_id)
        if version is None:
            raise InvalidInputError("This version was deleted before its run could start.")
        run_id = make_run_id(
            recipe=recipe,
            bucket=source.bucket,
            key=source.key,
            version_id=source.version_id,
            dropped_at=version.last_modified,
        )
        return run_id, timestamp(version.last_modified)

    def _answer(
        self, drop: Drop, now: datetime, outcome: str, reason: str, run_id: str = ""
    ) -> None:
        answer = Answer(
            key=drop.source.key,
            version_id=drop.source.version_id,
            outcome=outcome,
            reason=reason,
            answered_at=timestamp(now),
            dropped_at=drop.dropped_at,
            run_id=run_id,
        )
        self._answers.write(answer)
