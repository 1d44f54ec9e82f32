"""The records of runs: the one place where runs agree on who may do what."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple

from tunedrop.errors import RecordMismatchError, RunCancelledError, RunEndingError
from tunedrop.run import ENDED, ENDING, RUNNING, Failure, Run, Source, plain, run_from, timestamp
from tunedrop.table import Table


class _Also(NamedTuple):
    """What has to hold beside the status, and the attributes that it names."""

    condition: str = ""
    names: tuple[str, ...] = ()


_NOTHING = _Also()
_OF_ATTEMPT = _Also(" AND #job.#name = :attempt", ("job", "name"))
_WAITING = _Also(" AND #wait.#token = :token", ("wait", "token"))
_NOT_WAITING = _Also(" AND attribute_not_exists(#wait)", ("wait",))
_NOT_CLEAN = _Also(" AND NOT #clean_up.#done = :true", ("clean_up", "done"))


def run_key(run_id: str) -> str:
    """Partition key of a run."""
    return f"run#{run_id}"


class RunRecords:
    """The runs: created once, entered by each state, ended once."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(self, run: Run) -> Run:
        """Create the record, or find the one that an earlier attempt of the same run made.

        A record of another object under the same name is a `RecordMismatchError`.
        """
        if self._table.put(_item(run), condition="attribute_not_exists(pk)"):
            return run
        existing = self.get(run.run_id)
        _check_same_source(existing, run.source)
        _check_open(existing)
        return existing

    def get(self, run_id: str) -> Run:
        """The run; a run that nobody knows is a `KeyError` that names it."""
        run = self.find(run_id)
        if run is None:
            raise KeyError(f"There is no record of the run {run_id}.")
        return run

    def find(self, run_id: str) -> Run | None:
        """The run, or None."""
        item = self._table.get(run_key(run_id))
        return run_from(item) if item else None

    def of_recipe(self, recipe: str, since: datetime | None = None) -> Iterator[Run]:
        """The runs of a recipe, newest first; with `since`, those that started after it."""
        found = map(run_from, self._table.index("by_recipe", "recipe", recipe))
        if since is None:
            return found
        return takewhile(lambda run: run.started_at > timestamp(since), found)

    def enter(self, run_id: str, state: str, now: datetime) -> Run:
        """Note that the run is in `state` and return it, unless it is ending or cancelled."""
        item = self._table.update(
            run_key(run_id),
            "SET timeline.#state = if_not_exists(timeline.#state, :now)",
            condition="#status = :running AND attribute_not_exists(cancelled_by)",
            names={"#state": state, "#status": "status"},
            now=timestamp(now),
            running=RUNNING,
        )
        if item is None:
            _check_open(self.get(run_id))
            raise RunEndingError(f"The record of the run {run_id} changed while it was read.")
        return run_from(item)

    def update(self, run: Run, **sections: Any) -> Run:
        """Write sections of a running run; a run that is ending is a `RunEndingError`."""
        return self._write(run.run_id, sections, RUNNING)

    def update_attempt(self, run: Run, **sections: Any) -> Run | None:
        """Write sections of a running run that is still at the job of `run`; None when it is not.

        Bedrock's events come late and doubled: what one of them saw must not undo a new attempt.
        """
        name = run.job.name if run.job else ""
        item = self._change(run.run_id, sections, RUNNING, _OF_ATTEMPT, attempt=name)
        return run_from(item) if item else None

    def update_waiting(self, run: Run, **sections: Any) -> bool:
        """Write sections, the `wait` too, of a running run that waits as `run` does.

        By the same token, or not at all. False when it does not: an answer is taken once.
        """
        if run.wait is None:
            item = self._change(run.run_id, sections, RUNNING, _NOT_WAITING)
        else:
            item = self._change(run.run_id, sections, RUNNING, _WAITING, token=run.wait.token)
        return item is not None

    def update_ending(self, run: Run, **sections: Any) -> Run:
        """Write sections of a run that is ending, until its clean-up is done.

        A slower clean-up beside the one that finished must not undo what is being told of it.
        """
        return self._write(run.run_id, sections, ENDING, _NOT_CLEAN, true=True)

    def begin_ending(self, run: Run, failure: Failure, now: datetime) -> Run:
        """Close the run to every creator; keeps the first failure; makes the record if need be."""
        self._table.put(_item(run), condition="attribute_not_exists(pk)")
        self._table.update(
            run_key(run.run_id),
            "SET #status = :ending, failure = if_not_exists(failure, :failure), "
            "ending_at = if_not_exists(ending_at, :now)",
            condition="#status IN (:running, :ending) AND #source = :source",
            names={"#status": "status", "#source": "source"},
            source=plain(run.source),
            ending=ENDING,
            running=RUNNING,
            failure=plain(failure),
            now=timestamp(now),
        )
        return self.get(run.run_id)

    def end(self, run: Run, *, outcome: str, cause: str, now: datetime) -> Run:
        """Close the record, with what `run` cost; a run that has ended stays as it ended."""
        self._table.update(
            run_key(run.run_id),
            "SET #status = :ended, outcome = :outcome, cause = :cause, ended_at = :now, "
            "cost = :cost REMOVE #wait",
            condition="#status <> :ended",
            names={"#status": "status", "#wait": "wait"},
            ended=ENDED,
            outcome=outcome,
            cause=cause,
            now=timestamp(now),
            cost=run.cost,
        )
        return self.get(run.run_id)

    def keep_model(self, run_id: str, until: str) -> None:
        """Keep the model of a run, which may have ended long ago, at least until then."""
        self._table.update(
            run_key(run_id),
            "SET model_kept_until = :until",
            condition="attribute_exists(pk) AND (attribute_not_exists(model_kept_until) "
            "OR model_kept_until < :until)",
            names={},
            until=until,
        )

    def refuse_model(self, run_id: str, by: str) -> None:
        """Note that the model of a run that has ended did not pass its test in a later one."""
        self._table.update(
            run_key(run_id),
            "SET model_refused_by = :by",
            condition="attribute_exists(pk)",
            names={},
            by=by,
        )

    def complete(self, run: Run, arn: str, cost: Mapping[str, Any]) -> bool:
        """Complete what an ended run cost, once what it had under this ARN is gone."""
        item = self._table.update(
            run_key(run.run_id),
            "SET cost = :cost",
            condition="#status = :ended AND attribute_not_exists(cost.ended.#arn)",
            names={"#status": "status", "#arn": arn},
            ended=ENDED,
            cost=plain(cost),
        )
        return item is not None

    def cancel(self, run_id: str, by: str) -> Run | None:
        """Ask a running run to end; None when it is not running any more."""
        item = self._table.update(
            run_key(run_id),
            "SET cancelled_by = :by",
            condition="#status = :running",
            names={"#status": "status"},
            by=by,
            running=RUNNING,
        )
        return run_from(item) if item else None

    def _write(
        self,
        run_id: str,
        sections: Mapping[str, Any],
        status: str,
        also: _Also = _NOTHING,
        **values: Any,
    ) -> Run:
        item = self._change(run_id, sections, status, also, **values)
        if item is None:
            raise RunEndingError(
                f"The run {run_id} is not {status} any more; nothing is written for it."
            )
        return run_from(item)

    def _change(
        self,
        run_id: str,
        sections: Mapping[str, Any],
        status: str,
        also: _Also = _NOTHING,
        **values: Any,
    ) -> dict[str, Any] | None:
        """Write sections where the status is this, and what `also` asks with `values` holds."""
        written = {name: plain(value) for name, value in sections.items() if value is not None}
        return self._table.update(
            run_key(run_id),
            _update_expression(sections),
            condition=f"#status = :status{also.condition}",
            names={f"#{name}": name for name in (*sections, "status", *also.names)},
            status=status,
            **written,
            **values,
        )


def _update_expression(sections: Mapping[str, Any]) -> str:
    """Sets sections; those that are None are removed."""
    to_set = ", ".join(
        f"#{name} = :{name}" for name, value in sections.items() if value is not None
    )
    to_remove = ", ".join(f"#{name}" for name, value in sections.items() if value is None)
    clauses = (("SET", to_set), ("REMOVE", to_remove))
    return " ".join(f"{verb} {what}" for verb, what in clauses if what)


def _item(run: Run) -> dict[str, Any]:
    return {"pk": run_key(run.run_id), "timeline": {}, **plain(run)}


def _check_open(run: Run) -> None:
    if run.cancelled_by:
        raise RunCancelledError(f"The run was cancelled by {run.cancelled_by}.")
    if run.status != RUNNING:
        raise RunEndingError(f"The run {run.run_id} is {run.status}; nothing is done for it.")


def _check_same_source(run: Run, source: Source) -> None:
    if run.source != source:
        raise RecordMismatchError(
            f"The run {run.run_id} belongs to {run.source.key} (version {run.source.version_id}), "
            f"not to {source.key} (version {source.version_id}). "
            "Drop the object again to give its run a name of its own."
        )
