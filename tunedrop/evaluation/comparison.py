"""Whether the custom model wins what its recipe asks of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal, Protocol

from tunedrop.errors import ModelRejectedError
from tunedrop.evaluation.bootstrap import Interval, paired_interval
from tunedrop.evaluation.metrics import metric
from tunedrop.evaluation.verdicts import verdict_of
from tunedrop.recipe.model import FEWEST_PAIRS

CUSTOM, BASE, CHAMPION = "custom", "base", "champion"
MEASURED_ALWAYS = ("rouge_l", "exact_match")
DECIDES_BY_DEFAULT = ("rouge_l",)

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
    """The models side by side on the records that all of them answered, and the decision."""

    records: int
    metrics: tuple[MetricComparison, ...]
    accepted: bool
    verdict: str

    def record(self) -> dict[str, Any]:
        """The `evaluation` section of the run record."""
        by_name = {measured.name: measured.record() for measured in self.metrics}
        return {"records": self.records, "metrics": by_name, "verdict": self.verdict}

    def require_accepted(self) -> None:
        """Raise `ModelRejectedError` with the verdict if the recipe's ask is not met."""
        if not self.accepted:
            raise ModelRejectedError(self.verdict)


def compare(
    references: Sequence[str],
    answers: Mapping[str, Sequence[str | None]],
    goals: EvaluationGoals,
    *,
    seed: int,
) -> Comparison:
    """Score answers of `custom`, `base` and, if there is one, `champion`, and decide.

    Only records that every model answered (no None) count, so that the pairs are fair. Where the
    recipe says `beat: champion` and there is none yet, the base model is what applications use,
    and so what is to be beaten. Metrics that the recipe names decide, else ROUGE-L: the custom
    model wins if it is surely better at one and surely worse at none.
    """
    kept = _complete(references, answers)
    measured = tuple(
        _measure(name, _scores(name, references, answers, kept), goals, seed)
        for name in (_names(goals) if kept else ())
    )
    contest = _contest(measured)
    return Comparison(
        records=len(kept),
        metrics=measured,
        accepted=_is_accepted(measured, contest, goals),
        verdict=verdict_of(measured, contest, goals, records=len(kept), fewest=FEWEST_PAIRS),
    )


def _names(goals: EvaluationGoals) -> list[str]:
    return list(dict.fromkeys([*goals.metrics, *MEASURED_ALWAYS]))


def _complete(references: Sequence[str], answers: Mapping[str, Sequence[str | None]]) -> list[int]:
    rows = zip(references, *answers.values(), strict=True)
    return [at for at, row in enumerate(rows) if None not in row]


def _scores(
    name: str,
    references: Sequence[str],
    answers: Mapping[str, Sequence[str | None]],
    kept: Sequence[int],
) -> dict[str, list[float]]:
    score = metric(name)
    return {
        model: [score(references[at], given[at] or "") for at in kept]
        for model, given in answers.items()
    }


def _measure(
    name: str, scores: Mapping[str, Sequence[float]], goals: EvaluationGoals, seed: int
) -> MetricComparison:
    against = CHAMPION if goals.beat == CHAMPION and CHAMPION in scores else BASE
    pairs = zip(scores[CUSTOM], scores[against], strict=True)
    gain = paired_interval([mine - theirs for mine, theirs in pairs], seed=seed)
    return MetricComparison(
        name=name,
        means={model: fmean(values) for model, values in scores.items()},
        against=against,
        gain=gain,
        minimum=goals.metrics.get(name),
        decides=name in (goals.metrics or DECIDES_BY_DEFAULT),
        contest=_outcome(gain, len(scores[CUSTOM])),
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
