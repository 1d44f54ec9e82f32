"""Rules about what a base model takes of a record that is well-formed."""

from tunedrop.dataset.rules.rule import Rule

TARGET_RULES = (
    Rule(
        "other-kind",
        "error",
        "The record is of another kind than the base model learns from.",
        "Write records of the kind that the message names, or choose a base model and a method "
        "that take these: `tunedrop models` lists them.",
    ),
    Rule(
        "system-prompt-moved",
        "warning",
        "The base model's format has no system prompt.",
        "Nothing to do: it is written in front of the prompt, with an empty line between.",
    ),
    Rule(
        "several-turns",
        "error",
        "The base model's format holds one prompt and one completion.",
        "Split the conversation into records, or choose a base model that takes conversations.",
    ),
    Rule(
        "reasoning-not-taken",
        "error",
        "The record holds reasoning, which the base model is not trained on.",
        "Remove the reasoning, or choose a base model that takes it.",
    ),
    Rule(
        "reserved-string",
        "error",
        "A text holds a string that the base model keeps for itself; the job would fail.",
        "Reword it.",
    ),
    Rule(
        "too-many-tokens",
        "error",
        "The record is longer than the base model takes (an estimate).",
        "Shorten it, or split it into several records.",
    ),
    Rule(
        "may-exceed-tokens",
        "warning",
        "The record may be longer than the base model takes (a cautious estimate).",
        "Shorten it to be sure.",
    ),
    Rule(
        "caption-too-short",
        "error",
        "The caption has fewer characters than the base model takes.",
        "Say what the image shows.",
    ),
    Rule(
        "caption-too-long",
        "error",
        "The caption has more characters than the base model takes.",
        "Shorten it.",
    ),
)
