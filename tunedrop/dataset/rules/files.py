"""Rules about files and their lines."""

from tunedrop.dataset.rules.rule import Rule

FILE_RULES = (
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
        "carriage-returns",
        "error",
        "Lines end with a carriage return alone, so that the file is one line.",
        "Write newlines, with `tr '\\r' '\\n' < file > file.jsonl`.",
    ),
    Rule(
        "line-too-long",
        "error",
        "The line is longer than any record that a base model takes.",
        "Write one record per line; split long texts into several records.",
    ),
    Rule(
        "invalid-json",
        "error",
        "The line is not JSON.",
        "Write each record as JSON on a line of its own; a JSON library does it without indent.",
    ),
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
        "Name the fields as the format that the base model takes; docs/datasets.md shows them all.",
    ),
    Rule(
        "mixed-format",
        "error",
        "The record is in another format than the records before it.",
        "Use one format per file.",
    ),
)
