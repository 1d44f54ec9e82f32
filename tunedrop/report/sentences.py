"""The words for outcomes and states, in one place."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "neutral", "attention", "bad"]

RUNBOOK = "docs/operating.md"


def sentence(text: str) -> str:
    """The text with the full stop that it may lack, so that another sentence can follow."""
    return text if text.rstrip().endswith((".", "!", "?")) else f"{text.rstrip()}."


@dataclass(frozen=True, kw_only=True)
class OutcomeWords:
    """How people are told of an outcome.

    `next_step` has places for {run_id}, {recipe} and {file}; commands stand between backticks.
    """

    outcome: str
    title: str
    meaning: str
    next_step: str
    tone: Tone

    @property
    def runbook_heading(self) -> str:
        """The heading of the runbook that says more; an outcome that ends green has none."""
        return "" if self.outcome in _GREEN else self.outcome


_GREEN = frozenset({"RunSucceeded", "RunUnchanged", ""})
_RERUN = "`tunedrop rerun {run_id}`"

_ALL = (
    OutcomeWords(
        outcome="RunSucceeded",
        title="The custom model is in service",
        meaning="The dataset became a custom model, which applications of the recipe now use.",
        next_step="Nothing has to be done: applications that read the recipe's model parameter "
        "get the new model.",
        tone="good",
    ),
    OutcomeWords(
        outcome="RunUnchanged",
        title="This dataset was tuned before",
        meaning="The same bytes went through the same recipe in an earlier run, so nothing was "
        "done and nothing was spent.",
        next_step="Nothing has to be done. To train on the same bytes again all the same, drop a "
        "run request with again: true.",
        tone="neutral",
    ),
    OutcomeWords(
        outcome="RunRefused",
        title="The run could not begin",
        meaning="The recipe, its overrides, the base model, the Region or a quota stood in the "
        "way. Nothing was created in Bedrock.",
        next_step=f"Settle what the cause names, then run {_RERUN}. If it is something in a run "
        "request, correct that file and drop it again.",
        tone="bad",
    ),
    OutcomeWords(
        outcome="DatasetRejected",
        title="The dataset was rejected",
        meaning="The dataset does not suit the base model or the recipe. Nothing was created in "
        "Bedrock.",
        next_step="Correct the records, check the file with `tunedrop check {file} "
        "--recipe {recipe}`, and drop it again.",
        tone="bad",
    ),
    OutcomeWords(
        outcome="BudgetExceeded",
        title="The run would exceed its budget",
        meaning="Training would cost more than the recipe allows, or its price is unknown. "
        "Nothing was created in Bedrock.",
        next_step="Train on fewer records or epochs, or raise the recipe's budget (or set its "
        f"prices), then run {_RERUN}.",
        tone="attention",
    ),
    OutcomeWords(
        outcome="CustomizationJobFailed",
        title="The customization job failed",
        meaning="Bedrock ended the customization job without a model.",
        next_step=f"Settle what Bedrock's own words in the cause name, then run {_RERUN}.",
        tone="bad",
    ),
    OutcomeWords(
        outcome="ModelRejected",
        title="The custom model was rejected",
        meaning="The custom model did not reach what the recipe asks of it, and was taken down. "
        "What was in service before still is.",
        next_step="Improve the dataset or the hyperparameters as the cause suggests, and drop the "
        "dataset again.",
        tone="attention",
    ),
    OutcomeWords(
        outcome="DeploymentDeclined",
        title="The deployment was declined",
        meaning="A person declined the deployment, or nobody answered in time. What was in "
        "service before still is.",
        next_step=f"Agree with the person who decides, then run {_RERUN}.",
        tone="attention",
    ),
    OutcomeWords(
        outcome="DeploymentFailed",
        title="The custom model could not be put into service",
        meaning="Bedrock failed the deployment, or had no capacity or quota for it within the "
        "recipe's patience. What was in service before still is.",
        next_step="Settle what the cause names, a quota for instance, then run "
        "`tunedrop promote {run_id}`: the model is kept, and is not trained again.",
        tone="bad",
    ),
    OutcomeWords(
        outcome="RunCancelled",
        title="The run was cancelled",
        meaning="A person cancelled the run.",
        next_step=f"Nothing has to be done. To run it after all, use {_RERUN}.",
        tone="neutral",
    ),
    OutcomeWords(
        outcome="CleanUpFailed",
        title="Something may still cost money",
        meaning="The run ended, and something that bills could not be taken down.",
        next_step="Delete what is listed under Still billing by hand. The hourly sweep goes on "
        "trying.",
        tone="bad",
    ),
    OutcomeWords(
        outcome="ServiceFailed",
        title="The service failed",
        meaning="Tunedrop or AWS failed; the dataset is not to blame.",
        next_step=f"The on-call engineer was told. Once it is settled, run {_RERUN}.",
        tone="bad",
    ),
)
_BY_OUTCOME = {words.outcome: words for words in _ALL}

UNDER_WAY = OutcomeWords(
    outcome="",
    title="The run is under way",
    meaning="The run has not ended yet.",
    next_step="Follow it with `tunedrop watch {run_id}`.",
    tone="neutral",
)
TRAINED = OutcomeWords(
    outcome="RunSucceeded",
    title="The custom model is trained",
    meaning="The dataset became a custom model. The recipe asks for no deployment.",
    next_step="Nothing has to be done: the custom model's ARN is under Lineage.",
    tone="good",
)

STATE_WORDS = {
    "PrepareRun": "Prepare the run",
    "ValidateDataset": "Validate the dataset",
    "UploadDataset": "Upload the dataset",
    "CreateCustomizationJob": "Create the customization job",
    "WaitForJobSlot": "Wait for a job slot",
    "WaitForCustomizationJob": "Train the custom model",
    "EvaluateModel": "Judge the losses",
    "ApproveDeployment": "Wait for approval",
    "ApproveCommitment": "Wait for approval of the commitment",
    "ProvisionThroughput": "Provision throughput",
    "SwapThroughput": "Swap the model into the champion's throughput",
    "WaitForWindow": "Wait for the recipe's window",
    "DeployOnDemand": "Deploy on demand",
    "WaitForCapacity": "Wait for capacity",
    "WaitForDeployment": "Wait for the deployment",
    "TestDeployment": "Test the deployment",
    "PromoteModel": "Promote the model",
    "CleanUp": "Clean up",
    "RecordOutcome": "Record the outcome",
}


def outcomes() -> tuple[OutcomeWords, ...]:
    """The words of every outcome."""
    return _ALL


def words_for(outcome: str | None, *, is_promoted: bool = True) -> OutcomeWords:
    """The words of an outcome; without one, those of a run under way.

    An outcome that this version does not know is told by its name.
    """
    if not outcome:
        return UNDER_WAY
    if outcome == "RunSucceeded" and not is_promoted:
        return TRAINED
    return _BY_OUTCOME.get(outcome) or OutcomeWords(
        outcome=outcome,
        title=f"The run ended as {outcome}",
        meaning="This version of Tunedrop does not know the outcome.",
        next_step=f"Read the cause, then run {_RERUN}.",
        tone="attention",
    )
