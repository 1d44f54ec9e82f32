"""Provisioned throughput with a deadline: people are warned, and then it goes by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tunedrop.errors import InvalidInputError
from tunedrop.notifications import Notifications
from tunedrop.run import moment, timestamp
from tunedrop.serving.champions import Champions
from tunedrop.serving.recipe_state import Champion
from tunedrop.serving.turns import Turns

_WARNED_BEFORE = timedelta(hours=24)
# Six hours for the swap and three for swapping back; a run that died holds nothing for longer.
_LONGEST_SWAP = timedelta(hours=9)


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """Withdraws champions at their deadline, which belongs to the champion and to no old run."""

    champions: Champions
    turns: Turns
    notifications: Notifications

    def look(self, recipe: str, now: datetime) -> bool:
        """Warn of a deadline, or withdraw the champion; True when it was withdrawn.

        Whoever withdraws it moves the parameter next; the deployment is retired at the deadline.
        While a run swaps its model into the throughput both wait: the run takes it over, with a
        deadline of its own, or gives it back.
        """
        champion = self.champions.state(recipe).champion
        leaves_at = champion.withdrawn_from() if champion else None
        if champion is None or leaves_at is None:
            return False
        if now >= leaves_at:
            if self._is_taken_over(recipe, champion, now):
                return False
            return self.champions.withdraw(recipe, champion, now)
        if now >= leaves_at - _WARNED_BEFORE and not champion.warned_at:
            self._warn(recipe, champion, leaves_at, now)
        return False

    def extend(self, recipe: str, by: timedelta, now: datetime) -> str:
        """Move the deadline of a recipe's champion; returns the new one.

        An `InvalidInputError` when the recipe has nothing in service that expires.
        """
        champion = self.champions.state(recipe).champion
        if champion is None or not champion.expires_at:
            raise InvalidInputError(
                f"The recipe {recipe} has nothing in service that expires. A model that has "
                "expired is deployed again with: tunedrop promote RUN"
            )
        deadline = max(moment(champion.expires_at), now) + by
        if not self.champions.extend(recipe, champion, deadline):
            raise InvalidInputError(
                f"The champion of {recipe} was replaced or withdrawn meanwhile; look again."
            )
        return timestamp(deadline)

    def _is_taken_over(self, recipe: str, champion: Champion, now: datetime) -> bool:
        run = self.turns.holder(recipe)
        swap = run.swap if run else None
        if swap is None or swap.arn != champion.deployment.arn:
            return False
        return now - moment(swap.test_until or swap.intended_at) < _LONGEST_SWAP

    def _warn(self, recipe: str, champion: Champion, leaves_at: datetime, now: datetime) -> None:
        if not self.champions.note_warning(recipe, champion, now):
            return
        self.notifications.send(
            subject=f"{recipe}: the provisioned throughput expires",
            message=(
                f"The model of the run {champion.run_id} leaves service at {timestamp(leaves_at)}: "
                "applications find the base model then, and the throughput is deleted at "
                f"{champion.expires_at}.\nTo keep it: tunedrop extend {recipe} --by 7d"
            ),
        )
