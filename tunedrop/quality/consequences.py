"""Findings of the quality checks as the recipe makes them: how bad, and what came of them."""

from collections.abc import Collection, Iterator

from msgspec import structs

from tunedrop.dataset.findings import Finding
from tunedrop.dataset.handling import protection, treatments
from tunedrop.dataset.report import counted
from tunedrop.quality.judging import KNOWN, LEAKAGE, LEFT_OUT, Judging
from tunedrop.quality.report import QualityReport
from tunedrop.quality.rules import QUALITY_RULES
from tunedrop.recipe import Data, Protection


def consequences(
    report: QualityReport, judging: Judging, data: Data
) -> Iterator[tuple[Finding, int]]:
    """Each finding, errors first, with the number of records that it speaks of."""
    settled = set(judging.settled())
    kept = [
        (_without_hint(told) if each.code in settled else told, report.counts.get(each.code, 1))
        for each in report.findings
        if (told := _told(each, judging, data, settled))
    ]
    out = [
        (_about_all(code, message.format(records=counted(count, "record"))), count)
        for code, message in _MESSAGES.items()
        if (count := judging.dropped[code])
    ]
    yield from sorted([*kept, *out], key=lambda each: each[0].severity)


def _without_hint(finding: Finding) -> Finding:
    """What is settled asks nothing more of anybody."""
    return structs.replace(finding, hint="")


_MESSAGES = {
    KNOWN: "{records} of the test set were trained on by the champion, or nearly so; left out",
    LEFT_OUT: "{records} are left out of what is trained on and validated with",
}


def _about_all(code: str, message: str) -> Finding:
    rule = QUALITY_RULES[code]
    return Finding(
        code=code, severity=rule.severity, file="the dataset", message=message, hint=rule.hint
    )


def _told(
    finding: Finding, judging: Judging, data: Data, settled: Collection[str]
) -> Finding | None:
    code = finding.code
    if handled := protection(data, code):
        return _protected(finding, handled)
    if code == LEAKAGE:
        message = f"{finding.message}; taken out of what is tested with"
        return structs.replace(finding, severity="warning", message=message)
    treatment = treatments(data).get(code)
    if treatment is None:
        return finding
    if code in judging.exceeded:
        bears = f"{treatment.key} bears {treatment.most:.0%} of all records"
        return structs.replace(finding, severity="error", message=f"{finding.message}; {bears}")
    others = "what other rules drop leaves none" if code in settled else ""
    came = f"dropped, as {treatment.key} asks" if judging.dropped[code] else others
    return structs.replace(finding, message=f"{finding.message}; {came}") if came else finding


def _protected(finding: Finding, handled: Protection) -> Finding | None:
    if handled == "keep":
        return None
    if handled == "redact":
        message = f"{finding.message}; placeholders take their place"
        return structs.replace(finding, severity="warning", message=message)
    severity = finding.severity if handled == "reject" else "warning"
    return structs.replace(finding, severity=severity)
