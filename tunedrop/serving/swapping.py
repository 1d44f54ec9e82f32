"""Swaps the run's model into the champion's throughput, which is paid for already."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import structs

from tunedrop.errors import DeploymentFailedError
from tunedrop.recipe.window import Window
from tunedrop.records import RunRecords
from tunedrop.run import REUSED, Deployment, Run, timestamp
from tunedrop.serving.champions import Champions
from tunedrop.serving.deployments import PROVISIONED, Deployments, DeploymentView
from tunedrop.serving.recipe_state import Champion
from tunedrop.serving.trial import NO_COMMITMENT, misfit, misfit_of_units, reuses
from tunedrop.serving.turns import Turns

_SWAPPING = "Updating"
_LONGEST_WAIT_SECONDS = 1800


@dataclass(frozen=True, kw_only=True)
class Swapping:
    """Swaps in the run's turn; the intent is recorded first, so that clean-up can swap back."""

    records: RunRecords
    champions: Champions
    turns: Turns
    deployments: Deployments

    def why_not(self, run: Run, now: datetime) -> str:
        """Why the champion's throughput cannot take the run's model, or ""."""
        found = self._champion(run, now)
        return found if isinstance(found, str) else ""

    def swap(self, run: Run, now: datetime) -> datetime | None:
        """Swap the model in; a second call finds what the first began.

        A model that could not be tested before is swapped in only within the recipe's window: the
        moment at which that opens is returned while it is closed, and other runs may deploy.
        `ChampionChangedError` when another champion serves than the test compared with.
        """
        made = run.swap
        if made and made.status:
            return None
        until = None
        if made is None:
            self.champions.check_not_superseded(run)
            self.champions.check_opponent(run, now)
            if is_untested(run):
                opens, until = Window.of(run.plan.deployment.reuse_window).next(now)
                if now < opens:
                    self.turns.give_back(run)
                    return opens
            self.turns.take(run, now)
            made = self._throughput(run, now)
        self._swap(run, structs.replace(made, intended_at=timestamp(now)), until)
        return None

    def _champion(self, run: Run, now: datetime) -> Champion | str:
        """The champion whose throughput takes the run's model, or why none does."""
        if not reuses(run.plan):
            return "the recipe reuses no throughput"
        champion = self.champions.state(run.recipe).champion
        if champion is None:
            return "the recipe has no champion in service"
        if why := misfit(run.plan, champion):
            return why
        view = self.deployments.find(PROVISIONED, champion.deployment.arn)
        return _unfit(run, champion, view, now) or champion

    def _throughput(self, run: Run, now: datetime) -> Deployment:
        champion = self._champion(run, now)
        if isinstance(champion, str):
            raise DeploymentFailedError(
                f"The model cannot be swapped into the champion's throughput any more: {champion}."
            )
        return structs.replace(
            champion.deployment,
            origin=REUSED,
            swapped_from=champion.custom_model_arn,
            status="",
            ready_at="",
            test_until="",
        )

    def _swap(self, run: Run, swap: Deployment, until: datetime | None) -> None:
        """Swap after the intent is recorded; what the model was tested on is needed no more."""
        model = run.job.custom_model_arn if run.job else ""
        swap = structs.replace(swap, test_until=timestamp(until) if until else swap.test_until)
        tested = run.trial or (None if run.swap else run.deployment)
        run = self.records.update(run, trial=tested, deployment=swap)
        if tested and tested.arn:
            self.deployments.delete(tested.mode, tested.arn)
        view = self.deployments.find(PROVISIONED, swap.arn)
        if view is None or view.desired_model_arn != model:
            self.deployments.swap(swap.arn, model)
        self.records.update(run, deployment=structs.replace(swap, status=_SWAPPING))


def wait_seconds(opens_at: datetime, now: datetime) -> int:
    """How long to wait for a window; not all of it at once, so that a run can be cancelled."""
    return min(int((opens_at - now).total_seconds()) + 1, _LONGEST_WAIT_SECONDS)


def is_untested(run: Run) -> bool:
    """Whether the run's model can be asked nothing before it is swapped in.

    That of a rollback was tested by an earlier run, and serves at a person's word.
    """
    return not (run.deployment or run.trial or run.is_rollback)


def _unfit(run: Run, champion: Champion, view: DeploymentView | None, now: datetime) -> str:
    if view is None:
        return "the champion's throughput is gone"
    if not view.serves(champion.custom_model_arn):
        return f"the champion's throughput is {view.status}, and does not serve the champion"
    term, until = run.plan.deployment.commitment, view.committed_until
    if term != NO_COMMITMENT and not run.is_rollback and (until is None or until <= now):
        return f"the recipe commits to {term}, and the champion's throughput is not committed"
    return misfit_of_units(run.plan, view.model_units or 0)
