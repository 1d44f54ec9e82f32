"""The ARNs that a call is about, from the names, ids and ARNs that it gives."""

from collections.abc import Mapping, Sequence

from localcloud.bedrock.catalog import FoundationModel
from localcloud.bedrock.cloud import Call
from localcloud.bedrock.state import AnyNamed, CustomModel, Serving, find
from localcloud.place import ACCOUNT

_NAMED_AFTER_THEIR_BASE = ("custom-model", "model-customization-job")


def job_arn(call: Call, identifier: str) -> str:
    """The ARN of a customization job."""
    return _arn(call, call.state.jobs, identifier, "model-customization-job")


def custom_model_arn(call: Call, identifier: str) -> str:
    """The ARN of a custom model, or of the foundation model that the identifier names instead."""
    if call.cloud.catalog.by_training_id(identifier) or "foundation-model/" in identifier:
        return foundation_model_arn(call, identifier)
    return _arn(call, call.state.models, identifier, "custom-model")


def throughput_arn(call: Call, identifier: str) -> str:
    """The ARN of a provisioned throughput."""
    return _arn(call, call.state.throughputs, identifier, "provisioned-model")


def deployment_arn(call: Call, identifier: str) -> str:
    """The ARN of a custom model deployment."""
    return _arn(call, call.state.deployments, identifier, "custom-model-deployment")


def foundation_model_arn(call: Call, identifier: str) -> str:
    """The ARN of a foundation model."""
    if identifier.startswith("arn:"):
        return identifier
    return f"arn:aws:bedrock:{call.region}::foundation-model/{identifier}"


def base_model_arn(call: Call) -> str:
    """The ARN of what a job customizes: a foundation model or an earlier custom model."""
    identifier: str = call.parameters["baseModelIdentifier"]
    earlier = find(call.state.models, identifier)
    return earlier.arn if earlier else foundation_model_arn(call, identifier)


def new_arn(call: Call, kind: str) -> str:
    """An ARN such as that of the resource which the call is to create."""
    base = call.cloud.catalog.by_training_id(call.parameters.get("baseModelIdentifier", ""))
    of_base = f"{base.id}/" if base and kind in _NAMED_AFTER_THEIR_BASE else ""
    return f"arn:aws:bedrock:{call.region}:{ACCOUNT}:{kind}/{of_base}{'0' * 12}"


def invoked_model(call: Call) -> CustomModel | FoundationModel | None:
    """What is served under the ARN of the call; None for base models."""
    identifier = call.parameters["modelId"]
    served: Serving | None = call.state.throughputs.get(identifier)
    served = served or call.state.deployments.get(identifier)
    return served.model if served else None


def invoked_arns(call: Call) -> Sequence[str]:
    """What the caller must be allowed to invoke: behind a profile, the model in each Region."""
    identifier: str = call.parameters["modelId"]
    model = call.cloud.catalog.by_inference_id(identifier)
    if model is None or ":provisioned-model/" in identifier:
        return [
            identifier if identifier.startswith("arn:") else foundation_model_arn(call, identifier)
        ]
    asked = identifier.rpartition("/")[2]
    if asked == model.inference.model_id:
        return [foundation_model_arn(call, identifier)]
    profile = f"arn:aws:bedrock:{call.region}:{ACCOUNT}:inference-profile/{asked}"
    return [profile] + [
        f"arn:aws:bedrock:{region}::foundation-model/{model.inference.model_id}"
        for region in model.inference.regions
    ]


def _arn(call: Call, resources: Mapping[str, AnyNamed], identifier: str, kind: str) -> str:
    found = find(resources, identifier)
    if found is not None:
        return found.arn
    if identifier.startswith("arn:"):
        return identifier
    return f"arn:aws:bedrock:{call.region}:{ACCOUNT}:{kind}/{identifier}"
