"""The decision on a deployment: what its answers win, what it refused, what it forgot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tunedrop.evaluation.exam import Exam
from tunedrop.evaluation.general import GeneralCheck, check_general
from tunedrop.evaluation.scores import BASE, CUSTOM
from tunedrop.evaluation.sheet import Sheet
from tunedrop.run import Run


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Whether the model may serve, and why.

    `section` belongs into the run record; `details` show what is in the dataset, and do not.
    """

    records: int
    accepted: bool
    verdict: str
    section: Mapping[str, Any]
    details: Mapping[str, Any] = field(default_factory=dict)


def judge(run: Run, exam: Exam, sheet: Sheet, general: Sheet | None, *, seed: int) -> Judgement:
    """Judge the answers to the test set and, where there is one, to the general test set."""
    goals = run.plan.evaluation
    comparison = exam.judge(sheet, goals, seed)
    refused = sheet.too_many_refused()
    check = _general(general, goals.general_loss, seed) if general else None
    found = [refused or comparison.verdict, *filter(None, [sheet.unheard])]
    if not comparison.records and (sheet.leaked or sheet.set_aside):
        found.append(sheet.record()["asked"])
    verdict = " ".join([*found, *([check.verdict] if check else [])])
    return Judgement(
        records=comparison.records,
        accepted=comparison.accepted and not refused and (check is None or check.accepted),
        verdict=verdict,
        section={
            **comparison.record(),
            **sheet.record(),
            **({"general": check.record()} if check else {}),
            "verdict": verdict,
        },
        details=comparison.details,
    )


def _general(sheet: Sheet, allowed: float, seed: int) -> GeneralCheck:
    rows = sheet.complete
    return check_general(
        [row.record.completion for row in rows],
        [row.text(CUSTOM) or "" for row in rows],
        [row.text(BASE) or "" for row in rows],
        allowed=allowed,
        seed=seed,
    )
