"""Which customization types a base model takes jobs of, and which of those are emulated."""

from localcloud.bedrock.catalog import Customization, FoundationModel
from localcloud.bedrock.errors import invalid

# Students of distillation, as the user guide lists them; the catalog, which holds what Tunedrop
# runs, has nothing of it.
_DISTILLED = (
    "amazon.nova-micro-v1",
    "amazon.nova-lite-v1",
    "amazon.nova-pro-v1",
    "meta.llama3-1-8b-",
    "meta.llama3-1-70b-",
    "meta.llama3-2-1b-",
    "meta.llama3-2-3b-",
    "meta.llama3-3-70b-",
)


def customization_of(model: FoundationModel, kind: str) -> Customization:
    """How a job of this type customizes the model; ValidationException where none does."""
    found = model.customization(kind)
    if found is not None and found.served:
        return found
    if found is not None or (kind == "DISTILLATION" and model.id.startswith(_DISTILLED)):
        raise invalid(f"The embedded cloud does not emulate {kind} jobs; Bedrock itself runs them.")
    raise invalid(f"Customization type {kind} is not supported for model {model.id}")
