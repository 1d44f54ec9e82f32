"""From verdicts to findings and the report; examples are few, however large the dataset."""

from collections.abc import Callable

from msgspec import structs

from tunedrop.dataset.findings import Finding
from tunedrop.dataset.report import counted
from tunedrop.dataset.splits import Side
from tunedrop.quality.block import Counts
from tunedrop.quality.coverage import DatasetSummary, SetCoverage, coverage, distinct_share, drift
from tunedrop.quality.labels import Labels
from tunedrop.quality.measured import Measured
from tunedrop.quality.personal_data import find
from tunedrop.quality.report import DuplicateFacts, Group, LabelFacts, LeakFacts, QualityReport
from tunedrop.quality.rules import QUALITY_RULES
from tunedrop.quality.verdicts import Verdicts

Place = Callable[[int], str]
SIDES: tuple[Side, ...] = ("train", "validation", "test")

_EXAMPLES = 5
_NAMED_RECORDS = 3
_GROUPS = 20
_MEMBERS = 10
_LABELS = 100
_NAMED = 20
_UNCOVERED_SHARE = 0.5
_WHOLE = "the dataset"
_SAID = {
    "exact-duplicate": "say the same as an earlier one",
    "near-duplicate": "say nearly the same as an earlier one",
    "contradiction": "share a prompt that has several completions",
    "same-completion": "have one and the same completion",
    "common-prompt": "share a prompt with more than a fifth of them all",
    "trivial-completion": "have a completion that says next to nothing",
    "truncated-completion": "have a completion that breaks off",
    "boilerplate": "consist for the most part of what many others say, too",
    "wrong-language": "are in another language than nearly all others",
    "answer-in-prompt": "hold the whole completion in the prompt",
    "personal-data": "hold personal data",
    "possible-personal-data": "may hold personal data",
    "secret": "hold a key, a token or a password",
    "possible-secret": "may hold a key, a token or a password",
    "label-noise": "have another label than the records most like them",
    "leakage": "are to validate or test with, while they or their prompts are trained on",
}


def reported(
    measured: Measured, verdicts: Verdicts, place: Place, before: DatasetSummary | None
) -> QualityReport:
    """Everything in one object."""
    labels = measured.labels
    summary = measured.meter.summary(_shown_counts(labels) if labels else {})
    groups = verdicts.duplicates
    tested = coverage(measured.sketches, measured.tested, measured.trained)
    facts = _label_facts(labels, verdicts, measured) if labels else None
    other = (*_label_findings(facts), *_coverage_findings(tested))
    findings = [*_record_findings(verdicts, place), *other]
    report = QualityReport(
        records={name: int((measured.sides == n).sum()) for n, name in enumerate(SIDES)},
        characters=measured.characters,
        effective_records=len(measured) - len(groups.exact) - len(groups.near),
        distinct_share=round(distinct_share(measured.sketches), 4),
        compression_ratio=round(measured.meter.compression_ratio, 2),
        same_completion_share=round(verdicts.same_completion_share, 4),
        counts={code: len(found) for code, found in verdicts.records.items() if len(found)},
        findings=tuple(sorted(findings, key=lambda each: each.severity)),
        examples={code: _few(found) for code, found in verdicts.records.items() if len(found)},
        duplicates=_duplicate_facts(verdicts),
        contradictions=tuple(_group(group) for group in verdicts.contradictions[:_GROUPS]),
        confidential=measured.confidential.counts(),
        leaks=_leak_facts(verdicts),
        labels=facts,
        coverage=tested,
        summary=summary,
        drift=drift(before, summary) if before else None,
    )
    return structs.replace(report, places={each: place(each) for each in report.named_records})


def _finding(code: str, message: str) -> Finding:
    rule = QUALITY_RULES[code]
    return Finding(code=code, severity=rule.severity, file=_WHOLE, message=message, hint=rule.hint)


def _record_findings(verdicts: Verdicts, place: Place) -> list[Finding]:
    findings = []
    for code, records in verdicts.records.items():
        if len(records):
            named = ", ".join(place(record) for record in _few(records)[:_NAMED_RECORDS])
            more = ", …" if len(records) > _NAMED_RECORDS else ""
            message = f"records that {_SAID[code]}: {len(records):,} ({named}{more})"
            findings.append(_finding(code, message))
    return findings


def _label_findings(facts: LabelFacts | None) -> list[Finding]:
    if facts is None:
        return []
    findings = []
    if facts.dominant is not None:
        findings.append(_finding("label-imbalance", "one label has four fifths of the records"))
    if facts.rare:
        verb = "has" if len(facts.rare) == 1 else "have"
        few = f"{counted(len(facts.rare), 'label')} of {facts.count} {verb}"
        findings.append(_finding("rare-label", f"{few} fewer than 10 records"))
    if facts.similar:
        verb = "differs" if len(facts.similar) == 1 else "differ"
        pairs = f"{counted(len(facts.similar), 'pair')} of labels {verb}"
        findings.append(_finding("similar-labels", f"{pairs} in spelling only"))
    return findings


def _coverage_findings(tested: SetCoverage | None) -> list[Finding]:
    if tested is None or tested.share >= _UNCOVERED_SHARE * tested.usual:
        return []
    share = f"{tested.share / tested.usual:.0%}"
    message = f"the test set's word pairs occur in training {share} as often as usual"
    return [_finding("uncovered-test-set", message)]


def _few(records: Counts) -> tuple[int, ...]:
    return tuple(records[:_EXAMPLES].tolist())


def _group(members: list[int], similarity: float | None = None) -> Group:
    return Group(
        size=len(members),
        members=tuple(members[:_MEMBERS]),
        example=(members[0], members[1]),
        similarity=similarity,
    )


def _duplicate_facts(verdicts: Verdicts) -> DuplicateFacts:
    found = verdicts.duplicates
    groups = found.groups()
    largest = tuple(_group(each, found.similarity(*each[:2])) for each in groups[:_GROUPS])
    return DuplicateFacts(
        exact=len(found.exact), near=len(found.near), groups=len(groups), largest=largest
    )


def _leak_facts(verdicts: Verdicts) -> LeakFacts:
    found = sorted(verdicts.leaks, key=lambda leak: -(leak.similarity or 0.0))
    exact = sum(leak.similarity == 1.0 for leak in found)
    prompts = sum(leak.similarity is None for leak in found)
    return LeakFacts(
        exact=exact,
        near=len(found) - exact - prompts,
        prompts=prompts,
        examples=tuple((leak.tested, leak.trained, leak.similarity) for leak in found[:_GROUPS]),
    )


def _label_facts(labels: Labels, verdicts: Verdicts, measured: Measured) -> LabelFacts:
    counts = _shown_counts(labels)
    listed = tuple(counts.items())[:_LABELS]
    places = {name: place for place, (name, _) in enumerate(listed)}
    noise = verdicts.noise
    suspects, suggested = (noise.records.tolist(), noise.suggested.tolist()) if noise else ([], [])
    place_of = {label: places.get(_shown(labels.name(label)), -1) for label in set(suggested)}
    noisy = list(zip(suspects, map(place_of.__getitem__, suggested), strict=True))
    dominant = labels.dominant()
    return LabelFacts(
        count=len(labels.counts),
        labels=listed,
        left_out=len(counts) - len(listed),
        dominant=None if dominant is None else _shown(dominant),
        rare=tuple(map(_shown, labels.rare()[:_NAMED])),
        similar=tuple((_shown(one), _shown(two)) for one, two in labels.similar()[:_NAMED]),
        agreement=labels.agreement(measured.prompts),
        disagreeing=len(labels.disagreeing(measured.prompts)),
        noisy=len(noisy),
        noise=tuple(noisy[:_NAMED]),
    )


def _shown_counts(labels: Labels) -> dict[str, int]:
    shown: dict[str, int] = {}
    for name, count in labels.counts.most_common():
        shown[_shown(name)] = shown.get(_shown(name), 0) + count
    return shown


def _shown(label: str) -> str:
    """A label as it may stand in reports: one that holds personal data or secrets may not."""
    return "(confidential)" if find(label) else label
