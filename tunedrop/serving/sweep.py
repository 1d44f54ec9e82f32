"""The last net: takes down what carries our tags and has no living owner."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct

from tunedrop.errors import ServiceBusyError
from tunedrop.gateway import Attempts
from tunedrop.ledger import Ledger
from tunedrop.notifications import Notifications
from tunedrop.reckoning import open_arns
from tunedrop.records import RunRecords
from tunedrop.run import ENDED, Run
from tunedrop.serving.champions import Champions
from tunedrop.serving.deployments import PROVISIONED, CustomModels, Deployments
from tunedrop.serving.executions import Executions
from tunedrop.serving.inventory import (
    CUSTOM_MODEL,
    CUSTOMIZATION_JOB,
    LISTINGS,
    Inventory,
    Resource,
)
from tunedrop.serving.kept_models import LONGEST_RUN, is_kept
from tunedrop.serving.upkeep import Kept, Upkeep
from tunedrop.training.jobs import CustomizationJobs

# What is younger may belong to a run whose record has not caught up yet.
_YOUNG = timedelta(hours=1)


class Swept(Struct, frozen=True, kw_only=True):
    """What a sweep did; `left` could not be taken down yet, `failed` says what AWS refused."""

    taken_down: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    swapped_back: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    cleaned_runs: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Compares Bedrock with the records, once an hour."""

    inventory: Inventory
    records: RunRecords
    champions: Champions
    jobs: CustomizationJobs
    models: CustomModels
    deployments: Deployments
    executions: Executions
    upkeep: Upkeep
    ledger: Ledger
    notifications: Notifications
    recipe_names: tuple[str, ...]

    def sweep(self, now: datetime) -> Swept:
        """One sweep: recipes are kept up, idle runs cleaned up, orphans taken down.

        Recipes come first: whoever reads a parameter that was left behind would lose what it
        names. What AWS refuses is noted, and keeps nothing else from being swept.
        """
        attempts = Attempts()
        owned = tuple(self._owned(attempts))
        recipes = sorted({*self.recipe_names, *(each.recipe for each in owned)})
        kept = dict(self._keep_up(recipes, now, attempts))
        cleaned = tuple(self._look_after_runs(recipes, owned, now, attempts))
        retired = [retiree for each in kept.values() for retiree in each.retired]
        away = {each.deployment.arn for each in retired}
        orphans = [each for each in owned if each.arn not in away and self._is_orphan(each, now)]
        gone = [
            each for each in orphans if attempts.make(str(each), partial(self._remove, each, now))
        ]
        return self._announced(
            Swept(
                taken_down=tuple(map(str, gone)),
                withdrawn=tuple(name for name, each in kept.items() if each.withdrawn),
                swapped_back=tuple(name for each in kept.values() for name in each.swapped_back),
                retired=tuple(map(str, retired)),
                left=tuple(str(each) for each in orphans if each not in gone),
                cleaned_runs=cleaned,
                failed=tuple(attempts.failed),
            )
        )

    def committed(self, now: datetime) -> tuple[str, ...]:
        """What the stage owns in Bedrock and nobody can delete yet, with the end of its term."""
        owned = self.inventory.resources()
        return tuple(str(each) for each in owned if (each.committed_until or now) > now)

    def take_down_stage(self) -> tuple[str, ...]:
        """Ask Bedrock to take down all that the stage owns, champions too; returns what is left."""
        for each in self.inventory.resources():
            self.take_down(each)
        return tuple(str(each) for each in self.inventory.resources())

    def take_down(self, resource: Resource) -> bool:
        """Ask Bedrock to stop or delete a resource; False when it cannot be done yet."""
        if resource.kind == CUSTOMIZATION_JOB:
            self.jobs.stop(resource.arn)
            return True
        if resource.kind == CUSTOM_MODEL:
            return self.models.delete(resource.arn)
        return self.deployments.delete(resource.kind, resource.arn)

    def _remove(self, resource: Resource, now: datetime) -> bool:
        is_gone = self.take_down(resource)
        if is_gone:
            self.ledger.close(resource.run_id, resource.arn, now)
        return is_gone

    def _owned(self, attempts: Attempts) -> Iterator[Resource]:
        for listing in LISTINGS:
            found: list[Resource] = []
            listed = self.inventory.listed(listing)
            attempts.make(f"the list of each {listing.kind}", partial(found.extend, listed))
            yield from found

    def _keep_up(
        self, recipes: Sequence[str], now: datetime, attempts: Attempts
    ) -> Iterator[tuple[str, Kept]]:
        for name in recipes:
            yield name, self.upkeep.keep(name, now, attempts)

    def _look_after_runs(
        self, recipes: Sequence[str], owned: Sequence[Resource], now: datetime, attempts: Attempts
    ) -> Iterator[str]:
        """Clean up the runs that are stranded; close the books of those that have ended."""
        clean_up, there = self.executions.clean_up_if_over, {each.arn for each in owned}
        for name in recipes:
            for run in self._runs(name, now):
                if run.status == ENDED:
                    close = partial(self._close_books, run, there, now)
                    attempts.make(f"the cost of {run.run_id}", close)
                elif attempts.make(run.run_id, partial(clean_up, run)):
                    yield run.run_id

    def _runs(self, recipe: str, now: datetime) -> Iterator[Run]:
        """The runs that may be under way, and those that the recipe's item names, however old."""
        named = set(self.champions.state(recipe).named_runs)
        for run in self.records.of_recipe(recipe, since=now - LONGEST_RUN):
            named.discard(run.run_id)
            yield run
        yield from filter(None, map(self.records.find, sorted(named)))

    def _close_books(self, run: Run, there: Container[str], now: datetime) -> None:
        """Close the lines of what is gone, whoever deleted it."""
        for arn in open_arns(run):
            if arn not in there and not self._exists(arn):
                self.ledger.close(run.run_id, arn, now)

    def _exists(self, arn: str) -> bool:
        if ":provisioned-model/" in arn:
            return self.deployments.find(PROVISIONED, arn) is not None
        return self.models.find(arn) is not None

    def _is_orphan(self, resource: Resource, now: datetime) -> bool:
        if now - resource.created_at < _YOUNG:
            return False
        if resource.committed_until and now < resource.committed_until:
            return False
        run = self.records.find(resource.run_id)
        if run is not None and run.status != ENDED:
            return False
        return not self._is_used(resource, run, now)

    def _is_used(self, resource: Resource, run: Run | None, now: datetime) -> bool:
        state = self.champions.state(resource.recipe)
        if resource.kind == CUSTOM_MODEL:
            return is_kept(resource.arn, run, state, self.records, now)
        if resource.kind == CUSTOMIZATION_JOB:
            return False
        return resource.arn in state.kept_deployments

    def _announced(self, swept: Swept) -> Swept:
        """Tell people; a sweep that AWS refused something fails, so that its alarm rings."""
        if swept.taken_down or swept.left:
            self.notifications.send(
                subject="Tunedrop swept up what had no living owner",
                message=(
                    f"Taken down: {', '.join(swept.taken_down) or 'nothing'}.\n"
                    f"Could not be taken down yet: {', '.join(swept.left) or 'nothing'}."
                ),
            )
        if swept.failed:
            raise ServiceBusyError(f"The sweep was refused: {'; '.join(swept.failed)}")
        return swept
