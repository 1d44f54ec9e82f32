"""Every error that Tunedrop raises on purpose, on one page.

The class names are the contract with the state machine: it retries and catches them by name.
A message is a sentence for people (what, where, what was given, what is accepted, what to do)
and never quotes a record.
"""

from typing import ClassVar


class TunedropError(Exception):
    """Base of all."""


class InvalidInputError(TunedropError):
    """What somebody wrote (recipe, run request, settings, file name) cannot be accepted."""


class BusinessError(TunedropError):
    """Ends a run in the Fail state named by `outcome`."""

    outcome: ClassVar[str]


class RunRefusedError(BusinessError):
    """The run cannot begin: recipe, overrides, base model, Region or quota."""

    outcome = "RunRefused"


class DatasetRejectedError(BusinessError):
    """The dataset does not suit the base model or the recipe."""

    outcome = "DatasetRejected"


class BudgetExceededError(BusinessError):
    """The run would cost more than the recipe allows, or its cost is unknown."""

    outcome = "BudgetExceeded"


class CustomizationJobFailedError(BusinessError):
    """Bedrock ended the customization job without a model."""

    outcome = "CustomizationJobFailed"


class ModelRejectedError(BusinessError):
    """The custom model did not reach what the recipe asks of it."""

    outcome = "ModelRejected"


class ModelSupersededError(ModelRejectedError):
    """A later drop's model is in service already; this one was not refused on quality."""


class DeploymentDeclinedError(BusinessError):
    """A person declined the deployment, or nobody answered in time."""

    outcome = "DeploymentDeclined"


class DeploymentFailedError(BusinessError):
    """Bedrock could not put the custom model into service within the recipe's patience."""

    outcome = "DeploymentFailed"


class RunCancelledError(BusinessError):
    """A person cancelled the run."""

    outcome = "RunCancelled"


class CleanUpFailedError(BusinessError):
    """Something that bills could not be taken down."""

    outcome = "CleanUpFailed"


class JobSlotsFullError(TunedropError):
    """Bedrock's quota of scheduled customization jobs is full; the workflow waits."""


class CapacityUnavailableError(TunedropError):
    """No capacity, quota or turn for a deployment now; the workflow waits."""


class ApprovalNeededError(TunedropError):
    """A person has to say yes before more is bought; the workflow asks."""


class ChampionChangedError(TunedropError):
    """The gate compared with another champion than serves now; the workflow tests again."""


class ServiceBusyError(TunedropError):
    """AWS throttled a call or answered with an internal error; the workflow retries."""


class RunEndingError(TunedropError):
    """The run is being cleaned up: nothing may be created for it any more."""


class RecordMismatchError(TunedropError):
    """A run of this name exists for another object: two drops collided."""
