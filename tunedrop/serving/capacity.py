"""Which capacity serves a model: what it was tested on, new one, or the champion's throughput."""

from dataclasses import dataclass
from datetime import datetime

from tunedrop.errors import CapacityUnavailableError
from tunedrop.records import RunRecords
from tunedrop.run import CREATED, REUSED, Deployment, Run
from tunedrop.serving.deploying import Deploying
from tunedrop.serving.swapping import Swapping, is_untested
from tunedrop.serving.trial import has_to_commit, reuses

# What the model was tested on serves it, or what a person is asked to commit to.
KEPT, COMMITTED = "kept", "committed"
# The champion's throughput, in the recipe's window: there is nothing else to test the model on.
WINDOW = "window"


@dataclass(frozen=True, kw_only=True)
class CapacityDesk:
    """Decides between capacities; why the champion's is not reused is kept in the run's record."""

    records: RunRecords
    deploying: Deploying
    swapping: Swapping

    def provision(self, run: Run, mode: str, now: datetime) -> tuple[str, Deployment | None]:
        """Deploy in this mode; or say that the champion's is to be reused, and create nothing.

        A rollback reuses it at once; any other run after its test, once it is its turn, or where
        Bedrock has no capacity for a test, and the recipe opens a window. Raises what
        `Deploying.deploy` does.
        """
        if run.capacity.get("served_by") == REUSED or self._goes_back(run, now):
            return REUSED, None
        try:
            return CREATED, self.deploying.deploy(run, mode, now)
        except CapacityUnavailableError:
            if not self._waits_for_window(self.records.get(run.run_id), now):
                raise
        return WINDOW, None

    def after_test(self, run: Run, now: datetime) -> str:
        """What serves the model from now on; or is to let it be tested at all."""
        served_by, why = self._served_by(run, now)
        self.records.update(run, capacity={"served_by": served_by, "why": why})
        return served_by

    def _goes_back(self, run: Run, now: datetime) -> bool:
        return run.is_rollback and not run.deployment and not self.swapping.why_not(run, now)

    def _waits_for_window(self, run: Run, now: datetime) -> bool:
        is_refused = bool(run.capacity_refused_at) and is_untested(run)
        has_window = bool(run.plan.deployment.reuse_window)
        return is_refused and has_window and not self.swapping.why_not(run, now)

    def _served_by(self, run: Run, now: datetime) -> tuple[str, str]:
        made = run.deployment
        if is_untested(run):
            return REUSED, ""
        if run.is_rollback or run.swap or (made and run.trial):
            return KEPT, run.capacity.get("why", "")
        why = self.swapping.why_not(run, now)
        if not why:
            return REUSED, ""
        why = why if reuses(run.plan) else ""
        if has_to_commit(run):
            return COMMITTED, why
        is_another = made is None or made.mode != run.plan.deployment.mode
        return (CREATED if is_another else KEPT), why
