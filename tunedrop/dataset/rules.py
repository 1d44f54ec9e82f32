"""Every rule of the validator: a stable code, how bad it is, what it means, what to do."""

from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning"]


class Rule(Struct, frozen=True):
    """An error: Bedrock would refuse it. A warning: it trains, but you would not want it."""

    code: str
    severity: Severity
    meaning: str
    hint: str


_RULES = (
    Rule("empty-file", "error", "The file holds no record.", "Write one JSON object per line."),
    Rule(
        "not-utf-8",
        "error",
        "The bytes are not UTF-8 text.",
        "Save the file as UTF-8; a compressed file must be unpacked first.",
    ),
    Rule(
        "json-array",
        "error",
        "The file is one JSON array and not one object per line.",
        "Write each element on a line of its own, with `jq -c '.[]' file.json > file.jsonl`.",
    ),
    Rule(
        "byte-order-mark",
        "warning",
        "The file begins with a byte-order mark.",
        "Nothing to do: it is left out of what is trained on.",
    ),
    Rule(
        "blank-line",
        "warning",
        "A line holds no record.",
        "Nothing to do: it is left out of what is trained on.",
    ),
    Rule(
        "windows-line-ends",
        "warning",
        "Lines end with a carriage return and a newline.",
        "Nothing to do: newlines alone are written.",
    ),
    Rule(
        "line-too-long",
        "error",
        "The line is longer than any record that a base model takes.",
        "Write one record per line; split long texts into several records.",
    ),
    Rule("invalid-json", "error", "The line is not JSON.", "Write records with a JSON library."),
    Rule(
        "truncated-line",
        "error",
        "The last line ends in the middle of a record.",
        "The file was cut off; write or upload it again.",
    ),
    Rule(
        "not-an-object",
        "error",
        "The line is JSON, but not an object.",
        "Write one JSON object per line.",
    ),
    Rule(
        "duplicate-key",
        "error",
        "An object has the same key twice.",
        "Keep one of them; readers differ in which one they take.",
    ),
    Rule(
        "not-a-number",
        "error",
        "The line holds NaN or Infinity, which JSON does not know.",
        "Leave the field out, or write text.",
    ),
    Rule(
        "broken-text",
        "error",
        "A text holds half of a surrogate pair.",
        "The text was cut inside a character; take it from its source again.",
    ),
    Rule(
        "unknown-format",
        "error",
        "The record has the fields of no known format.",
        'Write {"prompt": ..., "completion": ...} or {"messages": [...]}.',
    ),
    Rule(
        "mixed-format",
        "error",
        "The record is in another format than the records before it.",
        "Use one format per file.",
    ),
    Rule("missing-field", "error", "A field is missing.", "Add the field, or remove the record."),
    Rule("null-field", "error", "A field is null.", "Give it a value, or remove the record."),
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
        'schemaVersion is missing or not "bedrock-conversation-2024".',
        "Nothing to do: the right one is written.",
    ),
    Rule(
        "unsupported-content",
        "error",
        "A turn holds something other than text.",
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
        "turns-do-not-alternate",
        "error",
        "Two turns in a row have the same role.",
        "Join them into one turn.",
    ),
    Rule(
        "system-prompt-not-first",
        "error",
        "A system message stands behind another turn.",
        "Put one system message first.",
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
        "reserved-string",
        "error",
        "A text holds a string that the base model keeps for itself; the job would fail.",
        "Reword it.",
    ),
    Rule(
        "control-character",
        "warning",
        "A text holds control characters.",
        "Remove them; they come from a broken export as a rule.",
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
        "too-few-records",
        "error",
        "There are fewer records than the base model needs.",
        "Add records, or lower the recipe's data.validation_share and data.test_share.",
    ),
    Rule(
        "too-many-records",
        "error",
        "There are more records than the base model takes.",
        "Leave records out, or ask AWS to raise the quota that the message names.",
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

RULES: dict[str, Rule] = {rule.code: rule for rule in _RULES}
