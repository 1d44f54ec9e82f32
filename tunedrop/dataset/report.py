"""The result of a validation: one object for the state machine, the command line and the page."""

from typing import Any

import msgspec
from msgspec import Struct

from tunedrop.dataset.findings import Finding
from tunedrop.dataset.rules import RULES
from tunedrop.dataset.splits import SplitPlan

_SUMMARY_MAX = 950
_SHOWN = 3


class FileFacts(Struct, frozen=True, kw_only=True):
    """A file as it was read; `records` counts those that can be used, as do images and videos."""

    name: str
    role: str
    format: str | None
    records: int
    rejected: int
    bytes: int
    sha256: str
    images: int = 0
    videos: int = 0


class RecordCounts(Struct, frozen=True, kw_only=True):
    """Records on each side after the split, and those that cannot be used.

    `dropped` are those that the recipe takes out for what they say, `left_out` those for which the
    base model has no room.
    """

    train: int
    validation: int
    test: int
    rejected: int
    dropped: int = 0
    left_out: int = 0

    @property
    def total(self) -> int:
        """All that were found."""
        used = self.train + self.validation + self.test
        return used + self.rejected + self.dropped + self.left_out


class ValidationReport(Struct, frozen=True, kw_only=True):
    """Whether a dataset suits a recipe, and everything that was found.

    `tokens` is the estimate for all usable records, `training_tokens` for the training side.
    `digest` names the bytes of all files in their roles.
    """

    fit: bool
    recipe: str
    base_model: str
    records: RecordCounts
    tokens: int
    training_tokens: int
    token_method: str
    counts: dict[str, int]
    errors: int
    warnings: int
    findings: tuple[Finding, ...]
    findings_left_out: int
    files: tuple[FileFacts, ...]
    digest: str
    split: SplitPlan

    def to_json(self) -> str:
        """As `from_json` takes it."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "ValidationReport":
        """A report that `to_json` wrote."""
        return msgspec.json.decode(text, type=cls)

    def to_object(self) -> dict[str, Any]:
        """As plain JSON data."""
        return dict(msgspec.to_builtins(self))

    def summary(self, rest: str = "the validation report") -> str:
        """Sentences for people: counts, the first findings, where the rest is."""
        if not self.findings:
            return f"The dataset is fit: {self._records_in_words()}; nothing was found."
        verdict = "is fit" if self.fit else "was not accepted"
        shown = self._most_telling()
        lines = [
            f"The dataset {verdict}: {counted(self.errors, 'error')}, "
            f"{counted(self.warnings, 'warning')} in {self._records_in_words()} "
            f"({', '.join(f'{code} {count:,}' for code, count in self._by_count())})."
        ]
        hinted: set[str] = set()
        for each in shown:
            told = str(each).replace("the dataset:", "The dataset:", 1)
            hint = "" if each.code in hinted else each.hint
            lines.append(f"{told}. {hint}".rstrip())
            hinted.add(each.code)
        if self.errors + self.warnings > len(shown):
            lines.append(f"All findings are in {rest}.")
        return _cut(lines)

    def _records_in_words(self) -> str:
        return counted(self.records.total, "record")

    def _by_count(self) -> list[tuple[str, int]]:
        return sorted(self.counts.items(), key=lambda item: -item[1])[:5]

    def _most_telling(self) -> list[Finding]:
        errors = [each for each in self.findings if each.severity == "error"]
        return (errors or list(self.findings))[:_SHOWN]


def severities(counts: dict[str, int]) -> tuple[int, int]:
    """How many of the counted findings are errors, and how many warnings."""
    errors = sum(count for code, count in counts.items() if RULES[code].severity == "error")
    return errors, sum(counts.values()) - errors


def counted(count: int, noun: str) -> str:
    """A number with its noun: `1 error`, `2 errors`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _cut(lines: list[str]) -> str:
    text = " ".join(lines)
    return text if len(text) <= _SUMMARY_MAX else f"{text[:_SUMMARY_MAX]}…"
