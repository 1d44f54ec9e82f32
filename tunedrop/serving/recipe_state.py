"""What a recipe has in service, and how one state of it follows on another."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, convert, structs

from tunedrop.recipe import Deployment as Asked
from tunedrop.run import Deployment, Promotion, Run, moment, plain, timestamp

_HISTORY = 50
# An account holds 100 custom models, and each one's storage bills by the month.
KEPT_MODELS = 5
# Applications cache the parameter: it moves so long before the throughput that it names goes.
_PARTING = timedelta(hours=1)
# The sweep an hour later may begin a little early, and is the one that is meant.
_TO_THE_NEXT_SWEEP = 0.9
# A sweep that has begun may be deleting what is due about now.
_RESTORED_WITHIN = timedelta(minutes=15)


class Champion(Struct, frozen=True, kw_only=True):
    """A custom model in service. `order` sorts champions by their drop.

    `expires_at` is the deadline of provisioned throughput whose recipe sets one.
    """

    run_id: str
    order: str
    model_id: str
    custom_model_arn: str
    base_model_id: str
    deployment: Deployment
    expires_at: str = ""
    warned_at: str = ""

    def serves(self, custom_model_arn: str, asked: Asked) -> bool:
        """Whether it serves this model in the very way that a recipe asks for."""
        serving = self.deployment
        has = (serving.mode, serving.model_units or asked.model_units, serving.commitment or "none")
        wanted = (asked.mode, asked.model_units, asked.commitment)
        return self.custom_model_arn == custom_model_arn and has == wanted

    def withdrawn_from(self) -> datetime | None:
        """When the parameter leaves an expiring champion: before its deadline, as people cache it.

        None for one that does not expire.
        """
        return moment(self.expires_at) - self.parting if self.expires_at else None

    @property
    def parting(self) -> timedelta:
        """How long an expiring one serves on after that: half of its time at most."""
        ready_at = moment(self.deployment.ready_at or self.deployment.intended_at)
        return min(_PARTING, (moment(self.expires_at) - ready_at) / 2)

    def ordered_after(self, champion: "Champion | None") -> "Champion":
        """As late as the champion whose model it deploys anew: no earlier drop replaces either."""
        if champion is None or champion.custom_model_arn != self.custom_model_arn:
            return self
        return structs.replace(self, order=max(self.order, champion.order))

    def renewed(self, lifetime: timedelta, now: datetime) -> "Champion":
        """The champion as it enters service anew: an earlier deadline of its own is over."""
        if not self.expires_at:
            return self
        expires_at = max(self.expires_at, timestamp(now + lifetime))
        return structs.replace(self, expires_at=expires_at, warned_at="")


class Retiree(Struct, frozen=True, kw_only=True):
    """A replaced champion's deployment, which serves its model on until `retire_at`."""

    run_id: str
    retire_at: str
    deployment: Deployment
    custom_model_arn: str = ""

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
    def in_service(self) -> tuple["Champion | Retiree", ...]:
        """The champion, and what serves on for a while."""
        return (*filter(None, [self.champion]), *self.retiring)

    @property
    def kept_models(self) -> frozenset[str]:
        """The ARNs of the models that must stay: of the last champions, and what still serves."""
        of_history = [str(entry.get("custom_model_arn", "")) for entry in self.history]
        latest = tuple(dict.fromkeys(filter(None, of_history)))[:KEPT_MODELS]
        owners = (self.previous, *self.in_service)
        named = (each.custom_model_arn for each in owners if each and each.custom_model_arn)
        return frozenset((*named, *latest))

    @property
    def kept_deployments(self) -> frozenset[str]:
        """The ARNs of what serves, whichever run created it: swapped models come and go in it."""
        return frozenset(each.deployment.arn for each in self.in_service)

    def leaving(self, until: datetime) -> frozenset[str]:
        """The ARNs of what serves now and goes by then: replaced, or at the champion's deadline."""
        ends = [(each.deployment.arn, each.retire_at) for each in self.retiring]
        if self.champion and self.champion.expires_at:
            ends.append((self.champion.deployment.arn, self.champion.expires_at))
        return frozenset(arn for arn, end in ends if end <= timestamp(until))

    @property
    def kept_runs(self) -> frozenset[str]:
        """The runs whose models must stay: the champion's and the rollback target's."""
        return frozenset(each.run_id for each in (self.champion, self.previous) if each)

    @property
    def named_runs(self) -> frozenset[str]:
        """The runs that it names, however old: what they left in service may bill on."""
        owners = {each.run_id for each in (self.previous, *self.in_service) if each}
        return frozenset(owners | {str(entry["run_id"]) for entry in self.history})


def promotion_after(state: RecipeState, now: datetime) -> Promotion:
    """The promotion that follows on a state."""
    return Promotion(
        version=state.version + 1,
        promoted_at=timestamp(now),
        replaced_run_id=state.champion.run_id if state.champion else "",
    )


def succeeded(
    state: RecipeState, champion: Champion, promotion: Promotion, retire_at: datetime
) -> RecipeState:
    """The state with another champion; the one before it serves on until `retire_at`.

    One with a commitment serves on until the end of its term, since it is paid for until then. One
    whose throughput the new champion was swapped into has left it, and nothing is to be retired.
    """
    old = state.champion
    champion = champion.ordered_after(old)
    is_swapped = old is not None and old.deployment.arn == champion.deployment.arn
    left = structs.replace(state, previous=old) if is_swapped else _left(state, retire_at)
    return structs.replace(
        left,
        version=promotion.version,
        champion=champion,
        previous=_before(champion, left),
        history=(_entry(promotion, champion), *state.history)[:_HISTORY],
    )


def with_trial(state: RecipeState, run: Run, now: datetime) -> RecipeState:
    """The state that has yet to retire what the run's model was tested on, and nobody uses."""
    if run.trial is None:
        return state
    leaving = Retiree(
        run_id=run.run_id,
        retire_at=timestamp(now),
        deployment=run.trial,
        custom_model_arn=run.job.custom_model_arn if run.job else "",
    )
    return structs.replace(state, retiring=(*state.retiring, leaving))


def restored(state: RecipeState, by: str, retire_at: datetime, now: datetime) -> RecipeState | None:
    """The state with the champion before this one again; None where its deployment is going.

    The restored one counts as dropped now: it is the latest word on what shall serve.
    """
    previous = state.previous
    serving = [each for each in state.retiring if _serves_on(each, previous, now)]
    if state.champion is None or previous is None or not serving:
        return None
    again = structs.replace(previous, order=f"{timestamp(now)} ")
    after = succeeded(state, again, promotion_after(state, now), retire_at)
    entry = {**after.history[0], "rolled_back_by": by}
    return structs.replace(
        after,
        retiring=tuple(each for each in after.retiring if each not in serving),
        history=(entry, *after.history[1:]),
    )


def withdrawn(state: RecipeState, now: datetime) -> RecipeState:
    """The state without its champion, whose deadline has come; it may be promoted again.

    However late that is seen, what it was served by goes only when nobody has it cached any more.
    """
    champion = state.champion
    if champion is None:
        return state
    retire_at = max(moment(champion.expires_at), now + champion.parting * _TO_THE_NEXT_SWEEP)
    promotion = promotion_after(state, now)
    entry = {**_entry(promotion, champion), "withdrawn": f"expired at {champion.expires_at}"}
    return structs.replace(
        _left(state, retire_at),
        version=promotion.version,
        champion=None,
        history=(entry, *state.history)[:_HISTORY],
    )


def _left(state: RecipeState, retire_at: datetime) -> RecipeState:
    champion = state.champion
    if champion is None:
        return state
    deployment = champion.deployment
    until = max(timestamp(retire_at), deployment.committed_until)
    leaving = Retiree(
        run_id=champion.run_id,
        retire_at=until,
        deployment=deployment,
        custom_model_arn=champion.custom_model_arn,
    )
    return structs.replace(state, previous=champion, retiring=(*state.retiring, leaving))


def _before(champion: Champion, left: RecipeState) -> Champion | None:
    """Whom a rollback of this champion restores: the latest one of another model.

    One that expired, or was deployed in another way, may have been promoted again.
    """
    model = champion.custom_model_arn
    if left.previous is None or left.previous.custom_model_arn != model:
        return left.previous
    others = (each for each in left.history if each["custom_model_arn"] != model)
    return next((convert(each, Champion, strict=False) for each in others), None)


def _entry(promotion: Promotion, champion: Champion) -> dict[str, Any]:
    return {**plain(promotion), **plain(champion)}


def _serves_on(retiree: Retiree, previous: Champion | None, now: datetime) -> bool:
    is_previous = previous is not None and retiree.run_id == previous.run_id
    return is_previous and moment(retiree.retire_at) - now > _RESTORED_WITHIN
