"""Whose turn it is to deploy: two runs of a recipe never pay for two deployments at once."""

from datetime import datetime, timedelta
from itertools import islice

from tunedrop.errors import CapacityUnavailableError
from tunedrop.records import RunRecords
from tunedrop.run import ENDED, RUNNING, Run, moment, timestamp
from tunedrop.table import Table

_RECENT_RUNS = 100
ASKS_WITHIN = timedelta(minutes=30)


class Turns:
    """Gateway to the items by which runs of a recipe take turns."""

    def __init__(self, table: Table, records: RunRecords) -> None:
        self._table = table
        self._records = records

    def take(self, run: Run, now: datetime) -> None:
        """Let this run alone deploy for its recipe, or raise a `CapacityUnavailableError`.

        A second call by the holder succeeds; the turn of a run that has ended passes on. Among
        the runs that wait the latest drop goes first: it would replace the others' models.
        """
        turn = {"pk": _turn_key(run.recipe), "holder": run.run_id, "since": timestamp(now)}
        holder = self._holder(run.recipe)
        if holder == run.run_id:
            return
        if other := self._goes_before(run, holder, now):
            self._records.update(run, turn_asked_at=timestamp(now))
            raise CapacityUnavailableError(
                f"The run {other.run_id} of the recipe {run.recipe} deploys first; two runs of a "
                "recipe never pay for two deployments at once."
            )
        free = "holder = :holder" if holder else "attribute_not_exists(pk)"
        if not self._table.put(turn, condition=free, **({"holder": holder} if holder else {})):
            raise CapacityUnavailableError(
                f"Another run of the recipe {run.recipe} took its turn at the same moment."
            )

    def holder(self, recipe: str) -> Run | None:
        """The run that deploys for a recipe now, until it has ended."""
        return self._holding(self._holder(recipe))

    def _holder(self, recipe: str) -> str:
        return str((self._table.get(_turn_key(recipe)) or {}).get("holder", ""))

    def _holding(self, holder: str) -> Run | None:
        run = self._records.find(holder) if holder else None
        return run if run and run.status != ENDED else None

    def _goes_before(self, run: Run, holder: str, now: datetime) -> Run | None:
        """The run that holds the turn, else the latest drop that waits for it too."""
        if holding := self._holding(holder):
            return holding
        return next(
            (
                other
                for other in islice(self._records.of_recipe(run.recipe), _RECENT_RUNS)
                if other.order > run.order and _waits_for_turn(other, now)
            ),
            None,
        )

    def give_back(self, run: Run) -> None:
        """Let the next run of the recipe deploy."""
        self._table.delete(_turn_key(run.recipe), condition="holder = :holder", holder=run.run_id)


def _waits_for_turn(run: Run, now: datetime) -> bool:
    """Whether a run asked for its turn lately; one that waits asks every few minutes."""
    asked_at = run.turn_asked_at
    return run.status == RUNNING and bool(asked_at) and now - moment(asked_at) < ASKS_WITHIN


def _turn_key(recipe: str) -> str:
    return f"turn#{recipe}"
