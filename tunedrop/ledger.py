"""Completes what runs cost, when what they left in service is taken down long after their end."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from msgspec import structs

from tunedrop.reckoning import spending, with_ends
from tunedrop.records import RunRecords
from tunedrop.run import ENDED, moment, plain
from tunedrop.serving.recipe_state import RecipeState


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Writes into the records of ended runs; run.json stays as the run ended."""

    records: RunRecords

    def close(self, run_id: str, arn: str, at: datetime) -> bool:
        """Note that a run's deployment or model bills no more; False where that was noted."""
        run = self.records.find(run_id)
        if run is None or run.status != ENDED or arn in run.cost.get("ended", {}):
            return False
        run = structs.replace(run, cost=with_ends(run.cost, arn, at=at))
        cost = {**run.cost, "actual": plain(spending(run, at))}
        return self.records.complete(run, arn, cost)

    def pass_on(self, state: RecipeState) -> None:
        """Close the throughput of champions that another run's model was swapped into since."""
        for later, earlier in pairwise(state.history):
            is_swapped = later["model_id"] == earlier["model_id"]
            if is_swapped and later["run_id"] != earlier["run_id"]:
                self.close(earlier["run_id"], earlier["model_id"], moment(later["promoted_at"]))
