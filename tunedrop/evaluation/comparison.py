"""Whether the custom model wins what its recipe asks of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from tunedrop.evaluation.bootstrap import Interval
from tunedrop.evaluation.labels import Labels, confusion
from tunedrop.evaluation.metrics import TEXT_METRICS
from tunedrop.evaluation.scores import (
    BASE,
    CHAMPION,
    CUSTOM,
    Scores,
    hits_at,
    label_scores,
    text_scores,
)
from tunedrop.evaluation.verdicts import not_labelled, verdict_of
from tunedrop.recipe.model import FEWEST_PAIRS

LABEL_METRICS = ("accuracy", "macro_f1")
RANKS = (1, 5, 10)

Contest = Literal["won", "tied", "lost"]


class EvaluationGoals(Protocol):
    """What a recipe's `evaluation` section asks of a model's answers."""

    @property
    def metrics(self) -> Mapping[Any, float]: ...
    @property
    def beat(self) -> str | None: ...
    @property
    def on_tie(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class MetricComparison:
    """One metric: the mean of each model, and the gain over the opponent with its interval."""

    name: str
    means: Mapping[str, float]
    against: str
    gain: Interval
    minimum: float | None
    decides: bool
    contest: Contest

    @property
    def shortfall(self) -> float:
        """How far the custom model stays below the recipe's minimum, at least 0."""
        return max(0.0, (self.minimum or 0.0) - self.means[CUSTOM])

    def record(self) -> dict[str, Any]:
        """The metric's part of the run record."""
        bounds = {"gain": self.gain.mean, "low": self.gain.low, "high": self.gain.high}
        minimum = {} if self.minimum is None else {"minimum": self.minimum}
        return {**self.means, **bounds, **minimum, "against": self.against}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The models side by side on the records that all of them answered, and the decision.

    `details` (a confusion matrix) go beside the answers and never into the run record.
    """

    records: int
    accepted: bool
    verdict: str
    metrics: tuple[MetricComparison, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """The `evaluation` section of the run record."""
        by_name = {measured.name: measured.record() for measured in self.metrics}
        return {"records": self.records, "metrics": by_name, "verdict": self.verdict}


def compare(
    references: Sequence[str],
    answers: Mapping[str, Sequence[str]],
    goals: EvaluationGoals,
    *,
    scored: Mapping[str, Sequence[Mapping[str, float]]],
    seed: int,
    labelled: bool = False,
) -> Comparison:
    """Compare answers of `custom`, `base` and, if there is one, `champion`, and decide.

    `scored` hold what each answer is worth by the metrics of texts. Where the task is `labelled`
    and its references are labels, accuracy and macro-F1 are measured and decide; else ROUGE-L,
    chrF and exact match are measured, and ROUGE-L decides.
    """
    asks_for_labels = labelled or not set(goals.metrics).isdisjoint(LABEL_METRICS)
    labels = Labels.of(references) if asks_for_labels else None
    usual = LABEL_METRICS if labels and labelled else tuple(TEXT_METRICS)
    names = dict.fromkeys([*goals.metrics, *usual]) if references else {}
    scores = [
        *(text_scores(name, scored) for name in names if name in TEXT_METRICS),
        *(
            label_scores(n, labels, references, answers)
            for n in names
            if labels and n in LABEL_METRICS
        ),
    ]
    details = (
        {"confusion": confusion(labels.outcomes(references, answers[CUSTOM]))} if labels else {}
    )
    by_default = LABEL_METRICS if labels and labelled else ("rouge_l",)
    return decide(scores, goals, seed=seed, by_default=by_default, details=details)


def compare_ranks(
    ranks: Mapping[str, Sequence[int]], goals: EvaluationGoals, *, seed: int
) -> Comparison:
    """Compare embeddings by the rank that each record's own image has for its text, from 1.

    Recall at 1, 5 and 10 are measured; where the recipe names no metric, recall at 1 decides.
    """
    scores = [hits_at(most, ranks) for most in (RANKS if ranks[CUSTOM] else ())]
    return decide(scores, goals, seed=seed, by_default=("recall_at_1",))


def decide(
    scores: Sequence[Scores],
    goals: EvaluationGoals,
    *,
    seed: int,
    by_default: Sequence[str],
    details: Mapping[str, Any] | None = None,
) -> Comparison:
    """The decision over what was measured.

    Where the recipe says `beat: champion` and there is none yet, the base model is what
    applications use, and so what is to be beaten. Metrics that the recipe names decide, else those
    by default: the custom model wins if it is surely better at one and surely worse at none.
    """
    names = {each.name for each in scores}
    deciding = names & set(goals.metrics) or set(by_default)
    measured = tuple(_measure(each, goals, seed, decides=each.name in deciding) for each in scores)
    records = len(scores[0].by_model[CUSTOM]) if scores else 0
    contest = _contest(measured)
    verdict = verdict_of(measured, contest, goals, records=records, fewest=FEWEST_PAIRS)
    missing = sorted(set(goals.metrics) - names) if measured else []
    return Comparison(
        records=records,
        metrics=measured,
        accepted=not missing and _is_accepted(measured, contest, goals),
        verdict=f"{verdict} {not_labelled(missing)}" if missing else verdict,
        details=details or {},
    )


def _measure(
    scores: Scores, goals: EvaluationGoals, seed: int, *, decides: bool
) -> MetricComparison:
    against = CHAMPION if goals.beat == CHAMPION and CHAMPION in scores.by_model else BASE
    gain = scores.gain(against, seed)
    return MetricComparison(
        name=scores.name,
        means={model: scores.statistic(rows) for model, rows in scores.by_model.items()},
        against=against,
        gain=gain,
        minimum=goals.metrics.get(scores.name),
        decides=decides,
        contest=_outcome(gain, len(scores.by_model[CUSTOM])),
    )


def _outcome(gain: Interval, pairs: int) -> Contest:
    if pairs >= FEWEST_PAIRS and gain.low > 0:
        return "won"
    return "lost" if pairs >= FEWEST_PAIRS and gain.high < 0 else "tied"


def _contest(measured: Sequence[MetricComparison]) -> Contest:
    outcomes = {each.contest for each in measured if each.decides}
    if "lost" in outcomes:
        return "lost"
    return "won" if "won" in outcomes else "tied"


def _is_accepted(
    measured: Sequence[MetricComparison], contest: Contest, goals: EvaluationGoals
) -> bool:
    if not measured:
        return not goals.metrics and goals.beat is None
    if any(each.shortfall for each in measured):
        return False
    return (
        goals.beat is None or contest == "won" or (contest == "tied" and goals.on_tie == "promote")
    )
