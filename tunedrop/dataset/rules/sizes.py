"""Rules about how many records and bytes a dataset has."""

from tunedrop.dataset.rules.rule import Rule

SIZE_RULES = (
    Rule(
        "too-few-records",
        "error",
        "There are fewer records than the base model needs.",
        "Add records, or lower the recipe's data.validation_share and data.test_share.",
    ),
    Rule(
        "too-many-records",
        "error",
        "There are more records than the base model takes.",
        "Let the recipe choose a part that stands for all with `data.too_many: select`, leave "
        "records out, or ask AWS to raise the quota that the message names.",
    ),
    Rule(
        "file-too-large",
        "error",
        "The file is larger than the base model takes.",
        "Leave records out.",
    ),
    Rule(
        "too-few-test-records",
        "error",
        "The recipe's evaluation needs more test records than there are.",
        "Add records, set the recipe's data.test_share higher, or name a test file in the run "
        "request.",
    ),
    Rule(
        "no-validation-records",
        "warning",
        "There are too few records for a validation set.",
        "Add records; until then the job runs without a validation loss.",
    ),
    Rule(
        "validation-not-used",
        "warning",
        "The base model takes no validation set.",
        "Nothing to do: the file is checked and left out.",
    ),
    Rule(
        "too-many-rejected",
        "error",
        "More records were rejected than the recipe's data.rejected_share allows.",
        "Mend the records that the other findings name.",
    ),
)
