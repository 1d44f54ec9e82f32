"""Rules about what stands in a record."""

from tunedrop.dataset.rules.rule import Rule

RECORD_RULES = (
    Rule("missing-field", "error", "A field is missing.", "Add the field, or remove the record."),
    Rule("null-field", "error", "A field is null.", "Give it a value, or remove the record."),
    Rule(
        "null-optional-field",
        "warning",
        "A field that may be absent is null.",
        "Nothing to do: it is left out of what is trained on.",
    ),
    Rule(
        "wrong-type",
        "error",
        "A field holds another kind of value than it must.",
        "Write the kind of value that the message names.",
    ),
    Rule(
        "unknown-field",
        "warning",
        "A field belongs to no format.",
        "Nothing to do: it is left out of what is trained on.",
    ),
    Rule(
        "schema-version",
        "warning",
        'The schemaVersion is missing or not "bedrock-conversation-2024".',
        "Nothing to do: the right one is written.",
    ),
    Rule(
        "unsupported-content",
        "error",
        "A record holds what no base model is trained on here: tools, documents, inline media.",
        "Remove the record, or write what it holds as text.",
    ),
    Rule(
        "joined-texts",
        "warning",
        "A turn holds several texts.",
        "Nothing to do: they are joined by a newline.",
    ),
    Rule(
        "empty-text",
        "error",
        "A text is empty or holds nothing but white space.",
        "Fill it in, or remove the record.",
    ),
    Rule(
        "no-turns",
        "error",
        "The record has no turns.",
        "Give it a user turn and an assistant turn, or remove it.",
    ),
    Rule(
        "unknown-role",
        "error",
        "A turn has a role that its format does not know.",
        "Use the roles that the message names.",
    ),
    Rule(
        "first-turn-not-user",
        "error",
        "The first turn is not the user's.",
        "Begin with a user turn.",
    ),
    Rule(
        "last-turn-not-assistant",
        "error",
        "The last turn is not the assistant's.",
        "End with an assistant turn: it is what the model learns to write.",
    ),
    Rule(
        "last-turn-not-user",
        "error",
        "The last turn of a reinforcement prompt is not the user's.",
        "End with a user turn: the model writes the answer, and the grader holds it against "
        "reference_answer.",
    ),
    Rule(
        "turns-do-not-alternate",
        "error",
        "Two turns in a row have the same role.",
        "Join them into one turn.",
    ),
    Rule(
        "system-prompt-not-first",
        "error",
        "A system prompt stands where its format has none.",
        "Put one system prompt where the message says.",
    ),
    Rule(
        "reasoning-in-user-turn",
        "error",
        "A user turn holds reasoning; only the assistant reasons.",
        "Remove the reasoning, or write it into the assistant turn that it led to.",
    ),
    Rule(
        "reasoning-without-answer",
        "warning",
        "An assistant turn holds reasoning and no text.",
        "Add the answer that the reasoning leads to, or the model learns to give none.",
    ),
    Rule(
        "control-character",
        "warning",
        "A text holds control characters.",
        "Remove them; they come from a broken export as a rule.",
    ),
    Rule(
        "mojibake",
        "warning",
        "A text was damaged when it was read in another encoding than it was written in.",
        "Take it from its source again, as UTF-8; the model would learn to write the damage.",
    ),
)
