"""What Bedrock and Service Quotas say today; the live answer wins over the catalog."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from botocore.exceptions import ClientError

from tunedrop.catalog import AccountQuotas, BaseModel, account_quotas
from tunedrop.errors import RunRefusedError
from tunedrop.gateway import aws, code_of

_CUSTOM_MODEL = ":custom-model/"
_UNKNOWN_QUOTA = "NoSuchResourceException"
_OR_ON_DEMAND = ", or set deployment.mode on_demand in the recipe, which needs no model units"
# Past its end of life a model is no valid identifier any more.
_UNKNOWN_MODEL = frozenset({"ValidationException", "ResourceNotFoundException"})


class Quotas:
    """Gateway to the quotas of Bedrock in this account and Region."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def value(self, code: str | None) -> float | None:
        """The quota of this account, or None where Service Quotas lists none.

        One that was never applied to the account has AWS's default, of which the account's own
        listing may know nothing.
        """
        if code is None:
            return None
        applied = self._read(code, self._client.get_service_quota)
        if applied is not None:
            return applied
        return self._read(code, self._client.get_aws_default_service_quota)

    def _read(self, code: str, operation: Callable[..., Any]) -> float | None:
        try:
            with aws(f"read the quota {code}"):
                answer = operation(ServiceCode="bedrock", QuotaCode=code)
        except ClientError as error:
            if code_of(error) == _UNKNOWN_QUOTA:
                return None
            raise
        return float(answer["Quota"]["Value"])


class LiveModels:
    """Gateway to the base models that Bedrock offers, and to what the account holds of its own."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def trainable(self, customization_type: str) -> dict[str, str]:
        """The base models that Bedrock lists for a customization type, with their status."""
        with aws("list the foundation models"):
            answer = self._client.list_foundation_models(byCustomizationType=customization_type)
        return {
            model["modelId"]: str(model.get("modelLifecycle", {}).get("status", ""))
            for model in answer["modelSummaries"]
        }

    def lifecycle(self, model_id: str) -> dict[str, Any]:
        """Bedrock's `modelLifecycle` of a base model; empty for one that it does not know."""
        try:
            with aws(f"look up {model_id}"):
                answer = self._client.get_foundation_model(modelIdentifier=model_id)
        except ClientError as error:
            if code_of(error) in _UNKNOWN_MODEL:
                return {}
            raise
        lifecycle: dict[str, Any] = answer["modelDetails"]["modelLifecycle"]
        return lifecycle

    def custom_models(self) -> int:
        """How many custom models the account holds."""
        return sum(1 for _ in self._pages("list_custom_models", "modelSummaries"))

    def deployments(self) -> int:
        """How many custom model deployments the account holds."""
        return sum(
            1 for _ in self._pages("list_custom_model_deployments", "modelDeploymentSummaries")
        )

    def uncommitted_units(self, leaving: Collection[str]) -> int:
        """The model units that custom models hold without a commitment, but for what is leaving.

        What leaves is named by its ARN; what Bedrock failed to create holds none.
        """
        found = self._pages("list_provisioned_model_throughputs", "provisionedModelSummaries")
        return sum(
            int(each["modelUnits"])
            for each in found
            if _CUSTOM_MODEL in each["modelArn"]
            and not each.get("commitmentDuration")
            and each["status"] != "Failed"
            and each["provisionedModelArn"] not in leaving
        )

    def _pages(self, operation: str, member: str) -> Iterator[Any]:
        with aws(operation.replace("_", " ")):
            for page in self._client.get_paginator(operation).paginate():
                yield from page.get(member, ())


def check_room(live: LiveModels, quotas: Quotas) -> None:
    """Refuse a run whose model the account's quotas have no room for."""
    account = account_quotas()
    limit = quotas.value(account.custom_models.code)
    if limit is not None and live.custom_models() >= limit:
        raise RunRefusedError(
            f"The account holds its {limit:g} custom models already "
            f"(quota {account.custom_models.code}). Delete some, or request a higher quota."
        )


def check_committed_room(quotas: Quotas, model: BaseModel, units: int) -> None:
    """Refuse a run whose commitment the account's quota of model units has no room for."""
    _check_units(quotas, model, units, (model.serving.model_units_quota_code,))


def check_deployment_room(
    live: LiveModels, quotas: Quotas, model: BaseModel, *, mode: str, units: int
) -> None:
    """Refuse a run whose deployment the account's quotas have no room for."""
    account = account_quotas()
    if mode == "provisioned":
        _check_model_units(quotas, account, model, units)
    if mode == "on_demand":
        _check_deployments(live, quotas, account)


def check_free_units(
    live: LiveModels, quotas: Quotas, model: BaseModel, *, units: int, leaving: Collection[str]
) -> None:
    """Refuse a run whose throughput the account has units for, and all of them are in use."""
    code = account_quotas().no_commitment_model_units.code
    limit = quotas.value(code)
    if limit is None:
        return
    used = live.uncommitted_units(leaving)
    if limit < used + units:
        raise RunRefusedError(
            f"The recipe asks for {units} model unit(s) of {model.name} without a commitment, and "
            f"{used} of the {limit:g} that the account's quota {code} allows are in use. Request "
            f"an increase of {code} in Service Quotas, delete provisioned throughput that nobody "
            "uses, or let models take the champion's place in a window (deployment.reuse)"
            f"{_OR_ON_DEMAND if model.serving.on_demand else ''}."
        )


def _check_model_units(
    quotas: Quotas, account: AccountQuotas, model: BaseModel, units: int
) -> None:
    codes = (model.serving.model_units_quota_code, account.no_commitment_model_units.code)
    _check_units(quotas, model, units, codes)


def _check_units(
    quotas: Quotas, model: BaseModel, units: int, codes: tuple[str | None, ...]
) -> None:
    for code in codes:
        limit = quotas.value(code)
        if limit is not None and limit < units:
            raise RunRefusedError(
                f"The recipe asks for {units} model unit(s) of {model.name}, and the account's "
                f"quota {code} allows {limit:g}. Request an increase of {code} in Service Quotas"
                f"{_OR_ON_DEMAND if model.serving.on_demand else ''}."
            )


def _check_deployments(live: LiveModels, quotas: Quotas, account: AccountQuotas) -> None:
    limit = quotas.value(account.deployments.code)
    if limit is not None and live.deployments() >= limit:
        raise RunRefusedError(
            f"The account holds its {limit:g} custom model deployments already "
            f"(quota {account.deployments.code}). Delete some, or request a higher quota."
        )
