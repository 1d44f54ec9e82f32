"""The item of a recipe: its champion, the one before, what is being retired."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import convert, structs

from tunedrop.errors import (
    ChampionChangedError,
    DeploymentFailedError,
    ModelSupersededError,
    RunEndingError,
)
from tunedrop.records import RunRecords, run_key
from tunedrop.run import RUNNING, Promotion, Run, plain, timestamp
from tunedrop.serving.recipe_state import (
    Champion,
    RecipeState,
    Retiree,
    promotion_after,
    restored,
    succeeded,
    with_trial,
    withdrawn,
)
from tunedrop.table import Table

_TRIES = 5
_MOST_RETESTS = 5


class Champions:
    """Gateway to the items of the recipes."""

    def __init__(self, table: Table, records: RunRecords) -> None:
        self._table = table
        self._records = records

    def state(self, recipe: str) -> RecipeState:
        """What the recipe has in service now."""
        item = self._table.get(_recipe_key(recipe)) or {}
        return convert({k: v for k, v in item.items() if k != "pk"}, RecipeState, strict=False)

    def later_champion(self, run: Run) -> Champion | None:
        """The champion, when it comes from a later drop than the run, and has another model.

        One that was rolled back to counts as dropped then, and may be deployed anew.
        """
        champion = self.state(run.recipe).champion
        if champion is None or (run.job and run.job.custom_model_arn == champion.custom_model_arn):
            return None
        return champion if champion.order > run.order else None

    def check_not_superseded(self, run: Run) -> None:
        """A `ModelSupersededError` when a later drop's model is in service already."""
        if later := self.later_champion(run):
            raise ModelSupersededError(
                f"The champion of {run.recipe} comes from a later drop (run {later.run_id}); "
                "an earlier drop never replaces it. Drop the dataset anew to tune with it."
            )

    def promote(self, run: Run, champion: Champion, grace: timedelta, now: datetime) -> Promotion:
        """Make the run's model the champion, in one write with the run's own record.

        A champion from a later drop stays (`ModelSupersededError`); another than the gate compared
        with opens the gate again (`ChampionChangedError`); a run that is ending promotes nothing
        (`RunEndingError`); a second call answers as the first.
        """
        for _ in range(_TRIES):
            state = self.state(run.recipe)
            if state.champion and state.champion.run_id == run.run_id:
                return self._promotion_of(run)
            self.check_not_superseded(run)
            _require_swapped(run, state)
            self._require_opponent(run, state, now)
            promotion = promotion_after(state, now)
            after = succeeded(state, champion, promotion, now + grace)
            after = with_trial(after, run, now)
            if self._commit(run.recipe, state, after, _promoted(self._table, run, promotion)):
                return promotion
            if self._records.get(run.run_id).status != RUNNING:
                break
        raise RunEndingError(f"The run {run.run_id} is ending; its model was not promoted.")

    def check_opponent(self, run: Run, now: datetime) -> None:
        """A `ChampionChangedError` when another champion serves than the gate compared with."""
        self._require_opponent(run, self.state(run.recipe), now)

    def _require_opponent(self, run: Run, state: RecipeState, now: datetime) -> None:
        """Open the gate again where it compared with another champion than serves in `state`.

        A commitment that was approved for the sake of that comparison is to be approved anew.

        A rollback is held against no gate. A `DeploymentFailedError` when that happens again and
        again: the model is kept, and may be promoted when the champion stays.
        """
        compared = run.evaluation.get("champion_run_id")
        serves = state.champion.run_id if state.champion else ""
        if run.is_rollback or compared in (None, serves):
            return
        changed = (
            f"The champion of {run.recipe} changed since this model was compared with "
            f"{compared or 'the base model, while there was none'}: it is {serves or 'none'} now."
        )
        if len(run.retests) >= _MOST_RETESTS:
            raise DeploymentFailedError(f"{changed} That happened {_MOST_RETESTS} times before.")
        is_bought = run.deployment is not None and run.deployment.commitment
        approval = run.commitment_approval if is_bought else None
        self._records.update(
            run, retests=(*run.retests, timestamp(now)), commitment_approval=approval or None
        )
        raise ChampionChangedError(changed)

    def restore(self, recipe: str, by: str, grace: timedelta, now: datetime) -> Champion | None:
        """Make the champion before this one serve again, if its deployment still does.

        None where it does not, or is about to be retired. A deadline that its recipe sets is
        counted from now.
        """
        state = self.state(recipe)
        again = self._renewed(state.previous, now) if state.previous else None
        after = restored(structs.replace(state, previous=again), by, now + grace, now)
        if after is None or not self._commit(recipe, state, after):
            return None
        return after.champion

    def withdraw(self, recipe: str, champion: Champion, now: datetime) -> bool:
        """Take an expiring champion out of service; False when it was replaced or extended."""
        state = self.state(recipe)
        if state.champion != champion:
            return False
        return self._commit(recipe, state, withdrawn(state, now))

    def note_warning(self, recipe: str, champion: Champion, now: datetime) -> bool:
        """Note that people were warned of a deadline; False when somebody was quicker."""
        return self._amend(recipe, champion, warned_at=timestamp(now))

    def extend(self, recipe: str, champion: Champion, expires_at: datetime) -> bool:
        """Move the deadline of a champion; False when it was replaced or withdrawn meanwhile."""
        return self._amend(recipe, champion, expires_at=timestamp(expires_at), warned_at="")

    def retire(self, recipe: str, retiree: Retiree) -> None:
        """Forget a retiree whose deployment is gone."""
        state = self.state(recipe)
        left = tuple(each for each in state.retiring if each != retiree)
        self._table.update(
            _recipe_key(recipe),
            "SET retiring = :left",
            condition="#version = :version",
            names={"#version": "version"},
            left=plain(left),
            version=state.version,
        )

    def _amend(self, recipe: str, champion: Champion, **changes: str) -> bool:
        """Change a champion, on condition that its owner and deadline are still these."""
        item = self._table.update(
            _recipe_key(recipe),
            "SET champion = :changed",
            condition="champion.run_id = :owner AND champion.expires_at = :deadline",
            names={},
            changed=plain(structs.replace(champion, **changes)),
            owner=champion.run_id,
            deadline=champion.expires_at,
        )
        return item is not None

    def _commit(
        self, recipe: str, before: RecipeState, after: RecipeState, *others: dict[str, Any]
    ) -> bool:
        """Write the state that follows on `before`, and only on it, with other changes at once."""
        deadline = before.champion.expires_at if before.champion else ""
        owner = "champion.expires_at = :deadline" if deadline else "attribute_exists(pk)"
        known = "attribute_not_exists(#version) OR (#version = :before AND " + owner + ")"
        fields = {k: v for k, v in plain(after).items() if k != "version" and v is not None}
        gone = ", ".join(k for k, v in plain(after).items() if v is None)
        change = self._table.change(
            _recipe_key(recipe),
            "SET #version = :after, "
            + ", ".join(f"{name} = :{name}" for name in fields)
            + (f" REMOVE {gone}" if gone else ""),
            condition=known,
            names={"#version": "version"},
            after=after.version,
            before=before.version,
            **({"deadline": deadline} if deadline else {}),
            **fields,
        )
        return self._table.all_or_nothing(change, *others)

    def _renewed(self, champion: Champion, now: datetime) -> Champion:
        lifetime = self._records.get(champion.run_id).plan.deployment.expires_after_seconds
        return champion.renewed(timedelta(seconds=lifetime or 0), now)

    def _promotion_of(self, run: Run) -> Promotion:
        promotion = self._records.get(run.run_id).promotion
        if promotion is None:
            raise RunEndingError(f"The promotion of {run.run_id} is not in its record.")
        return promotion


def _require_swapped(run: Run, state: RecipeState) -> None:
    """A `DeploymentFailedError` where the throughput in use is not the champion's any more."""
    swap, champion = run.swap, state.champion
    if swap is None or (
        champion
        and champion.deployment.arn == swap.arn
        and champion.custom_model_arn == swap.swapped_from
    ):
        return
    raise DeploymentFailedError(
        f"The champion of {run.recipe} left service, or was replaced, while this model was swapped "
        f"into its throughput {swap.name}; the throughput goes back to it."
    )


def _promoted(table: Table, run: Run, promotion: Promotion) -> dict[str, Any]:
    return table.change(
        run_key(run.run_id),
        "SET promotion = :promotion",
        condition="#status = :running",
        names={"#status": "status"},
        promotion=plain(promotion),
        running=RUNNING,
    )


def _recipe_key(recipe: str) -> str:
    return f"recipe#{recipe}"
