"""Foundation models: get and list, with their lifecycle."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from localcloud.bedrock.catalog import FoundationModel
from localcloud.bedrock.cloud import Answer, Call, without_none
from localcloud.bedrock.errors import invalid_model
from localcloud.bedrock.state import now

_LISTED_CUSTOMIZATIONS = ("FINE_TUNING", "CONTINUED_PRE_TRAINING", "DISTILLATION")


def get(call: Call) -> Answer:
    """GetFoundationModel, under the training id or the inference id."""
    plain = call.parameters["modelIdentifier"].rpartition("foundation-model/")[2]
    for summary in _summaries(call):
        if summary["modelId"] == plain:
            return {"modelDetails": summary}
    raise invalid_model()


def listed(call: Call) -> Answer:
    """ListFoundationModels: models past their end of life are gone."""
    given = call.parameters
    return {
        "modelSummaries": [
            summary
            for summary in _summaries(call)
            if given.get("byProvider", summary["providerName"]) == summary["providerName"]
            and _has(summary["customizationsSupported"], given.get("byCustomizationType"))
            and _has(summary["outputModalities"], given.get("byOutputModality"))
            and _has(summary["inferenceTypesSupported"], given.get("byInferenceType"))
        ]
    }


def _has(values: list[str], wanted: str | None) -> bool:
    return wanted is None or wanted in values


def _summaries(call: Call) -> Iterator[dict[str, Any]]:
    catalog = call.cloud.catalog
    for model in catalog.models:
        if catalog.lifecycle(model, now().date()) == "END_OF_LIFE":
            continue
        is_one = model.id == model.inference.model_id
        offered = catalog.is_offered(model, call.region)
        asked = call.region in model.inference.regions or catalog.keep_retired
        if asked and not (is_one and offered):
            yield _summary(call, model, model.inference.model_id, [], ["ON_DEMAND"])
        if offered:
            customizations = [
                each.customization_type
                for each in model.customizations
                if each.customization_type in _LISTED_CUSTOMIZATIONS
            ]
            types = ["ON_DEMAND"] * is_one + ["PROVISIONED"] * model.serving.provisioned
            yield _summary(call, model, model.id, customizations, types)


def _summary(
    call: Call,
    model: FoundationModel,
    model_id: str,
    customizations: list[str],
    inference_types: list[str],
) -> dict[str, Any]:
    return {
        "modelArn": f"arn:aws:bedrock:{call.region}::foundation-model/{model_id}",
        "modelId": model_id,
        "modelName": model.name[:20],
        "providerName": model.provider,
        "inputModalities": [each.upper() for each in model.input_modalities],
        "outputModalities": [each.upper() for each in model.output_modalities],
        "responseStreamingSupported": True,
        "customizationsSupported": customizations,
        "inferenceTypesSupported": inference_types,
        "modelLifecycle": _lifecycle(call, model),
    }


def _lifecycle(call: Call, model: FoundationModel) -> dict[str, Any]:
    if call.cloud.catalog.keep_retired:
        return {"status": "ACTIVE"}
    return without_none(
        {
            "status": call.cloud.catalog.lifecycle(model, now().date()),
            "legacyTime": _moment(model.lifecycle.legacy_date),
            "endOfLifeTime": _moment(model.lifecycle.end_of_life_date),
        }
    )


def _moment(day: str | None) -> datetime | None:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
