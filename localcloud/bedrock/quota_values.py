"""The quotas of the emulated account: their codes, their values, and what was changed."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from localcloud.bedrock.catalog import Catalog, FoundationModel
from localcloud.bedrock.errors import invalid

# A new account has no model units at all; somebody trying provisioned throughput needs a few.
_MODEL_UNITS = 4


@dataclass(frozen=True, kw_only=True)
class Quota:
    """One quota; without a code Service Quotas does not list it."""

    key: str
    name: str
    code: str | None
    default: float
    adjustable: bool


class QuotaValues:
    """Values by key: a name of ours for the account's quotas, the code for those of a model."""

    def __init__(self, catalog: Catalog) -> None:
        self.all = {quota.key: quota for quota in _quotas(catalog)}
        self._changed: dict[str, float] = {}
        self._lock = threading.Lock()

    def value(self, key: str) -> float:
        """The value that applies now."""
        with self._lock:
            return self._changed.get(key, self.all[key].default)

    def change(self, key_or_code: str, value: float) -> None:
        """Set a quota by its key or code; an unknown one is refused with the known ones."""
        for quota in self.all.values():
            if key_or_code in (quota.key, quota.code):
                with self._lock:
                    self._changed[quota.key] = value
                return
        raise invalid(f'Unknown quota "{key_or_code}"; known: {", ".join(sorted(self.all))}')

    def changes(self) -> Mapping[str, float]:
        """The quotas that differ from their defaults."""
        with self._lock:
            return dict(self._changed)

    def reset(self) -> None:
        """Back to the defaults."""
        with self._lock:
            self._changed.clear()


SCHEDULED_JOBS = "scheduled_jobs"
CUSTOM_MODELS = "custom_models"
DEPLOYMENTS = "deployments"
DEPLOYMENTS_IN_PROGRESS = "deployments_in_progress"
NO_COMMITMENT_UNITS = "no_commitment_model_units"


def _quotas(catalog: Catalog) -> list[Quota]:
    account = catalog.account_quotas
    found = [
        Quota(
            key=key,
            name=quota.name,
            code=quota.code,
            default=_MODEL_UNITS if key == NO_COMMITMENT_UNITS else quota.default,
            adjustable=quota.adjustable,
        )
        for key in (
            SCHEDULED_JOBS,
            CUSTOM_MODELS,
            DEPLOYMENTS,
            DEPLOYMENTS_IN_PROGRESS,
            NO_COMMITMENT_UNITS,
        )
        for quota in (getattr(account, key),)
    ]
    return found + [quota for model in catalog.models for quota in _of_model(model)]


def _of_model(model: FoundationModel) -> list[Quota]:
    found = []
    if model.serving.model_units_quota_code:
        found.append(
            Quota(
                key=model.serving.model_units_quota_code,
                name=f"Model units per provisioned model for {model.name}",
                code=model.serving.model_units_quota_code,
                default=_MODEL_UNITS,
                adjustable=True,
            )
        )
    for each in model.customizations:
        if each.limits.records_quota_code and each.limits.max_records_in_all:
            found.append(
                Quota(
                    key=each.limits.records_quota_code,
                    name=f"Sum of training and validation records for a {model.name} "
                    f"{each.customization_type.replace('_', ' ').capitalize()} job",
                    code=each.limits.records_quota_code,
                    default=each.limits.max_records_in_all,
                    adjustable=True,
                )
            )
    return found
