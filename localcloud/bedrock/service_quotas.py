"""Service Quotas for Bedrock: get and list."""

from typing import Any

from localcloud.bedrock.cloud import Answer, Call
from localcloud.bedrock.errors import ServiceError
from localcloud.bedrock.listing import cut
from localcloud.bedrock.quota_values import Quota
from localcloud.place import ACCOUNT

SERVICE_CODE = "bedrock"


def get(call: Call) -> Answer:
    """GetServiceQuota."""
    quota = _asked_for(call)
    return {"Quota": _details(call, quota, call.cloud.quotas.value(quota.key))}


def get_default(call: Call) -> Answer:
    """GetAWSDefaultServiceQuota: what an account has that asked for nothing else."""
    quota = _asked_for(call)
    return {"Quota": _details(call, quota, quota.default)}


def _asked_for(call: Call) -> Quota:
    for quota in _listed_quotas(call):
        if quota.code == call.parameters["QuotaCode"]:
            return quota
    raise ServiceError(
        "NoSuchResourceException", "The request failed because the specified quota does not exist."
    )


def listed(call: Call) -> Answer:
    """ListServiceQuotas."""
    wanted = call.parameters.get("QuotaCode")
    quotas = [each for each in _listed_quotas(call) if wanted in (None, each.code)]
    shown, following = cut(
        quotas, call.parameters.get("MaxResults"), call.parameters.get("NextToken")
    )
    values = call.cloud.quotas
    answer: dict[str, Any] = {
        "Quotas": [_details(call, each, values.value(each.key)) for each in shown]
    }
    return answer | ({"NextToken": following} if following else {})


def _listed_quotas(call: Call) -> list[Quota]:
    if call.parameters["ServiceCode"] != SERVICE_CODE:
        raise ServiceError(
            "NoSuchResourceException",
            f"The embedded cloud knows the quotas of {SERVICE_CODE} only, not of "
            f"{call.parameters['ServiceCode']}.",
        )
    quotas = (quota for quota in call.cloud.quotas.all.values() if quota.code)
    return sorted(quotas, key=lambda quota: quota.code or "")


def _details(call: Call, quota: Quota, value: float) -> dict[str, Any]:
    arn = f"arn:aws:servicequotas:{call.region}:{ACCOUNT}:{SERVICE_CODE}/{quota.code}"
    return {
        "ServiceCode": SERVICE_CODE,
        "ServiceName": "Amazon Bedrock",
        "QuotaArn": arn,
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": float(value),
        "Unit": "None",
        "Adjustable": quota.adjustable,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }
