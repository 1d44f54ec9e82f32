"""The item of a recipe: its champion, the one before, whose turn it is to deploy."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from msgspec import Struct, convert, structs

from tunedrop.errors import CapacityUnavailableError, ModelRejectedError, RunEndingError
from tunedrop.records import RunRecords, Table, run_key
from tunedrop.run import ENDED, RUNNING, Deployment, Promotion, Run, moment, plain, timestamp

_HISTORY = 50
_TRIES = 5
_RECENT_RUNS = 100
_ASKS_WITHIN = timedelta(minutes=30)
# A sweep that has begun may be deleting what is due about now.
_RESTORED_WITHIN = timedelta(minutes=15)


class Champion(Struct, frozen=True, kw_only=True):
    """A custom model in service. `order` sorts champions by their drop."""

    run_id: str
    order: str
    model_id: str
    custom_model_arn: str
    base_model_id: str
    deployment: Deployment


class Retiree(Struct, frozen=True, kw_only=True):
    """A replaced champion's deployment, which serves on until `retire_at`."""

    run_id: str
    retire_at: str
    deployment: Deployment

    def __str__(self) -> str:
        return f"{self.deployment.mode} {self.deployment.name}"


class RecipeState(Struct, frozen=True, kw_only=True):
    """What the recipe has in service; `history` lists promotions, the newest first."""

    version: int = 0
    champion: Champion | None = None
    previous: Champion | None = None
    retiring: tuple[Retiree, ...] = ()
    history: tuple[dict[str, Any], ...] = ()

    @property
    def kept_models(self) -> frozenset[str]:
        """The ARNs of the models that must stay: the champion's and the rollback target's."""
        return frozenset(each.custom_model_arn for each in (self.champion, self.previous) if each)

    @property
    def kept_runs(self) -> frozenset[str]:
        """The runs whose models must stay: the champion's and the rollback target's."""
        return frozenset(each.run_id for each in (self.champion, self.previous) if each)


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
        """The champion, when it comes from a later drop than the run."""
        champion = self.state(run.recipe).champion
        return champion if champion and champion.order > run.order else None

    def check_not_superseded(self, run: Run) -> None:
        """A `ModelRejectedError` when a later drop's model is in service already."""
        if later := self.later_champion(run):
            raise ModelRejectedError(
                f"The champion of {run.recipe} comes from a later drop (run {later.run_id}); "
                "an earlier drop never replaces it. Drop the dataset anew to tune with it."
            )

    def take_turn(self, run: Run, now: datetime) -> None:
        """Let this run alone deploy for its recipe, or raise a `CapacityUnavailableError`.

        A second call by the holder succeeds; the turn of a run that has ended passes on. Among
        the runs that wait the latest drop goes first: it would replace the others' models.
        """
        turn = {"pk": _turn_key(run.recipe), "holder": run.run_id, "since": timestamp(now)}
        holder = str((self._table.get(turn["pk"]) or {}).get("holder", ""))
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

    def _goes_before(self, run: Run, holder: str, now: datetime) -> Run | None:
        """The run that holds the turn, else the latest drop that waits for it too."""
        holding = self._records.find(holder) if holder else None
        if holding and holding.status != ENDED:
            return holding
        return next(
            (
                other
                for other in islice(self._records.of_recipe(run.recipe), _RECENT_RUNS)
                if other.order > run.order and _waits_for_turn(other, now)
            ),
            None,
        )

    def give_turn_back(self, run: Run) -> None:
        """Let the next run of the recipe deploy."""
        self._table.delete(_turn_key(run.recipe), condition="holder = :holder", holder=run.run_id)

    def promote(self, run: Run, champion: Champion, grace: timedelta, now: datetime) -> Promotion:
        """Make the run's model the champion, in one write with the run's own record.

        A champion from a later drop stays (`ModelRejectedError`); a run that is ending promotes
        nothing (`RunEndingError`); a second call answers as the first.
        """
        for _ in range(_TRIES):
            state = self.state(run.recipe)
            if state.champion and state.champion.run_id == run.run_id:
                return self._promotion_of(run)
            self.check_not_superseded(run)
            promotion = _promotion(state, now)
            if self._commit(run, _succeed(state, champion, promotion, grace, now), promotion):
                return promotion
            if self._records.get(run.run_id).status != RUNNING:
                break
        raise RunEndingError(f"The run {run.run_id} is ending; its model was not promoted.")

    def restore(self, recipe: str, by: str, grace: timedelta, now: datetime) -> Champion | None:
        """Make the champion before this one serve again, if its deployment still does.

        None where it does not, or is about to be retired. The restored one counts as dropped now.
        """
        state = self.state(recipe)
        serving = [each for each in state.retiring if _serves_on(each, state.previous, now)]
        if state.champion is None or state.previous is None or not serving:
            return None
        restored = structs.replace(state.previous, order=f"{timestamp(now)} ")
        after = _succeed(state, restored, _promotion(state, now), grace, now)
        entry = {**after.history[0], "rolled_back_by": by}
        after = structs.replace(
            after,
            retiring=tuple(each for each in after.retiring if each not in serving),
            history=(entry, *after.history[1:]),
        )
        return restored if self._table.all_or_nothing(self._change(recipe, after)) else None

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

    def _commit(self, run: Run, state: RecipeState, promotion: Promotion) -> bool:
        record = self._table.change(
            run_key(run.run_id),
            "SET promotion = :promotion",
            condition="#status = :running",
            names={"#status": "status"},
            promotion=plain(promotion),
            running=RUNNING,
        )
        return self._table.all_or_nothing(self._change(run.recipe, state), record)

    def _change(self, recipe: str, state: RecipeState) -> dict[str, Any]:
        """The item as it follows on the version before."""
        return self._table.change(
            _recipe_key(recipe),
            "SET #version = :next, champion = :champion, retiring = :retiring, history = :history"
            + (", previous = :previous" if state.previous else ""),
            condition="attribute_not_exists(#version) OR #version = :version",
            names={"#version": "version"},
            next=state.version,
            version=state.version - 1,
            champion=plain(state.champion),
            retiring=plain(state.retiring),
            history=plain(state.history),
            **({"previous": plain(state.previous)} if state.previous else {}),
        )

    def _promotion_of(self, run: Run) -> Promotion:
        promotion = self._records.get(run.run_id).promotion
        if promotion is None:
            raise RunEndingError(f"The promotion of {run.run_id} is not in its record.")
        return promotion


def _promotion(state: RecipeState, now: datetime) -> Promotion:
    return Promotion(
        version=state.version + 1,
        promoted_at=timestamp(now),
        replaced_run_id=state.champion.run_id if state.champion else "",
    )


def _succeed(
    state: RecipeState, champion: Champion, promotion: Promotion, grace: timedelta, now: datetime
) -> RecipeState:
    entry = {**plain(promotion), "run_id": champion.run_id, "model_id": champion.model_id}
    leaving = () if state.champion is None else (_retiree(state.champion, now + grace),)
    return structs.replace(
        state,
        version=promotion.version,
        champion=champion,
        previous=state.champion,
        retiring=(*state.retiring, *leaving),
        history=(entry, *state.history)[:_HISTORY],
    )


def _serves_on(retiree: Retiree, previous: Champion | None, now: datetime) -> bool:
    """Whether a retiree is the champion before this one, with time left to be restored."""
    is_previous = previous is not None and retiree.run_id == previous.run_id
    return is_previous and moment(retiree.retire_at) - now > _RESTORED_WITHIN


def _waits_for_turn(run: Run, now: datetime) -> bool:
    """Whether a run asked for its turn lately; one that waits asks every few minutes."""
    asked_at = run.turn_asked_at
    return run.status == RUNNING and bool(asked_at) and now - moment(asked_at) < _ASKS_WITHIN


def _retiree(champion: Champion, at: datetime) -> Retiree:
    return Retiree(run_id=champion.run_id, retire_at=timestamp(at), deployment=champion.deployment)


def _recipe_key(recipe: str) -> str:
    return f"recipe#{recipe}"


def _turn_key(recipe: str) -> str:
    return f"turn#{recipe}"
