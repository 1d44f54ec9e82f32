"""May this run begin? Recipe, overrides, base model and quotas, before any money is spent."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec import structs

from tunedrop import recipe as recipes
from tunedrop import run_request
from tunedrop.availability import (
    LiveModels,
    Quotas,
    check_committed_room,
    check_deployment_room,
    check_room,
)
from tunedrop.base_models import check_base_model
from tunedrop.catalog import base_model
from tunedrop.errors import InvalidInputError, RunRefusedError
from tunedrop.evaluation.general_file import pin_general_test_set
from tunedrop.intake import DropOrder, recipe_of
from tunedrop.layout import DATASETS_PREFIX, RUN_REQUEST_SUFFIX, is_run_id
from tunedrop.objects import Objects
from tunedrop.parameters import Parameters
from tunedrop.recipe import Recipe
from tunedrop.records import RunRecords
from tunedrop.run import RUNNING, Run, Source, timestamp
from tunedrop.run_request import RunRequest
from tunedrop.serving.champions import Champions
from tunedrop.serving.promotion import PromotionDesk
from tunedrop.serving.redeployment import Redeployment, Redeployments
from tunedrop.serving.trial import has_to_commit, may_reuse, newly_deployed

_REQUEST_BYTES = 64 << 10


@dataclass(frozen=True, kw_only=True)
class Admission:
    """Opens the record of a run and refuses what cannot reach service."""

    stage: str
    region: str
    recipe_names: tuple[str, ...]
    records: RunRecords
    champions: Champions
    order: DropOrder
    datasets: Objects
    parameters: Parameters
    promotions: PromotionDesk
    redeployments: Redeployments
    models: LiveModels
    quotas: Quotas

    def admit(self, run_id: str, source: Source, execution_arn: str, now: datetime) -> Run:
        """Open the record and take the recipe's snapshot; a `RunRefusedError` says what is amiss.

        A second call finds the record of the first and admits it again.
        """
        try:
            order = self.redeployments.order_of(run_id)
            run = self._open(run_id, source, execution_arn, order, now)
            if order:
                return self._admit_again(run, order, now)
            if run.snapshot:
                return run
            recipe, request = self._read(run)
        except InvalidInputError as reason:
            raise RunRefusedError(str(reason)) from reason
        base_model_note = self._check(run, recipe)
        self.promotions.project(recipe)
        return self.records.update(
            run,
            snapshot=msgspec.to_builtins(recipe),
            files=self._files(run, request, recipe),
            record_limit=self._record_limit(recipe),
            base_model_note=base_model_note,
            note=request.note,
            again=request.again,
        )

    def _admit_again(self, run: Run, order: Redeployment, now: datetime) -> Run:
        """A run that trains nothing needs no dataset, and room for its deployment alone."""
        run = run if run.snapshot else self.redeployments.inherit(run, order, now)
        self._check_order(run)
        self._check_deployment_room(run)
        return run

    def _open(
        self,
        run_id: str,
        source: Source,
        execution_arn: str,
        order: Redeployment | None,
        now: datetime,
    ) -> Run:
        recipe = recipe_of(source.key, self.recipe_names)
        if not is_run_id(run_id):
            raise InvalidInputError(
                f'The execution\'s name "{run_id}" cannot name things in Bedrock: use letters, '
                "digits and single hyphens, at most 60 characters, and start it again."
            )
        self.records.create(
            Run(
                run_id=run_id,
                recipe=recipe,
                stage=self.stage,
                status=RUNNING,
                source=source,
                started_at=timestamp(now),
                execution_arn=execution_arn,
                dropped_at="" if order else self._dropped_at(source),
                sequencer=self.order.sequencer(run_id),
            )
        )
        return self.records.enter(run_id, "PrepareRun", now)

    def _dropped_at(self, source: Source) -> str:
        version = self.datasets.find(source.key, source.version_id)
        if version is None:
            raise InvalidInputError(
                f"{source.key} (version {source.version_id}) is not in {source.bucket} any more. "
                "Drop it again."
            )
        return timestamp(version.last_modified)

    def _read(self, run: Run) -> tuple[Recipe, RunRequest]:
        text = self.parameters.recipe(run.recipe)
        if text is None:
            raise InvalidInputError(f'The recipe "{run.recipe}" is not deployed in {self.stage}.')
        recipe = recipes.from_json(text)
        if not run.source.key.endswith(RUN_REQUEST_SUFFIX):
            return recipe, RunRequest(train=(run.source.key.rpartition("/")[2],))
        request = run_request.parse(self._text(run.source), where=run.source.key)
        return recipes.with_overrides(recipe, request.hyperparameters), request

    def _files(
        self, run: Run, request: RunRequest, recipe: Recipe
    ) -> dict[str, list[dict[str, object]]]:
        named = {
            "train": request.train,
            "validation": (request.validation,),
            "test": (request.test,),
        }
        general = pin_general_test_set(self.datasets, recipe)
        return {
            role: [self._pin(run, name) for name in names if name] for role, names in named.items()
        } | ({"general": general} if general else {})

    def _text(self, source: Source) -> str:
        content = self.datasets.read(source.key, source.version_id, limit=_REQUEST_BYTES)
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidInputError(
                f"{source.key} is not UTF-8 text (byte {error.start}). Save it as UTF-8 and drop "
                "it again."
            ) from error

    def _pin(self, run: Run, name: str) -> dict[str, object]:
        key = f"{DATASETS_PREFIX}{run.recipe}/{name}"
        pinned = run.source.version_id if key == run.source.key else ""
        version = self.datasets.find(key, pinned)
        if version is None:
            raise RunRefusedError(
                f'{run.source.key} names "{name}", but there is no {key} in {run.source.bucket}. '
                "Put the file there, or correct the name, and drop the run request again."
            )
        return {"key": key, "version_id": version.version_id, "size": version.size}

    def _check_order(self, run: Run) -> None:
        if later := self.champions.later_champion(run):
            raise RunRefusedError(
                f"The champion of {run.recipe} comes from a later drop (run {later.run_id}), "
                "which this one could not replace. Drop the dataset anew to tune with it."
            )

    def _check(self, run: Run, recipe: Recipe) -> str:
        """Refuse what cannot reach service; what is worth a note of the base model comes back."""
        self._check_order(run)
        model = base_model(recipe.base_model)
        note = check_base_model(self.models, model, recipe, self.region)
        check_room(self.models, self.quotas)
        self._check_deployment_room(structs.replace(run, snapshot=msgspec.to_builtins(recipe)))
        return note

    def _check_deployment_room(self, run: Run) -> None:
        """Room for what is deployed first and, where the recipe commits to a term, for that."""
        model, in_service = base_model(run.plan.base_model), self.champions.state(run.recipe)
        for mode, units in newly_deployed(run, self.region, in_service).items():
            check_deployment_room(self.models, self.quotas, model, mode=mode, units=units)
        if has_to_commit(run) and not may_reuse(run, in_service):
            check_committed_room(self.quotas, model, run.plan.deployment.model_units)

    def _record_limit(self, recipe: Recipe) -> int | None:
        how = base_model(recipe.base_model).customization(recipe.method)
        limit = self.quotas.value(how.limits.records_quota_code)
        return None if limit is None else int(limit)
