"""What a metric makes of the answers of each model, record by record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from tunedrop.evaluation.bootstrap import Interval, corpus_interval, paired_interval
from tunedrop.evaluation.labels import Labels, macro_f1

CUSTOM, BASE, CHAMPION = "custom", "base", "champion"


@dataclass(frozen=True, kw_only=True)
class Scores:
    """What a metric makes of each model's records, and the statistic that sums them up."""

    name: str
    by_model: Mapping[str, Sequence[Any]]
    statistic: Callable[[Sequence[Any]], float] = fmean

    def gain(self, against: str, seed: int) -> Interval:
        """The custom model's gain over another one."""
        mine, theirs = self.by_model[CUSTOM], self.by_model[against]
        if self.statistic is fmean:
            pairs = zip(mine, theirs, strict=True)
            return paired_interval([one - other for one, other in pairs], seed=seed)
        return corpus_interval(mine, theirs, self.statistic, seed=seed)


def text_scores(name: str, scored: Mapping[str, Sequence[Mapping[str, float]]]) -> Scores:
    """The scores of a metric of texts, which the answers of each model have already."""
    return Scores(
        name=name, by_model={model: [row[name] for row in rows] for model, rows in scored.items()}
    )


def label_scores(
    name: str, labels: Labels, references: Sequence[str], answers: Mapping[str, Sequence[str]]
) -> Scores:
    """The scores of a metric of labelled tasks: accuracy or macro_f1."""
    outcomes = {model: labels.outcomes(references, row) for model, row in answers.items()}
    if name == "macro_f1":
        return Scores(name=name, by_model=outcomes, statistic=macro_f1)
    hits = {model: [float(true == got) for true, got in row] for model, row in outcomes.items()}
    return Scores(name=name, by_model=hits)


def hits_at(most: int, ranks: Mapping[str, Sequence[int]]) -> Scores:
    """Recall at `most`: whether each record's own match is among so many."""
    hits = {model: [float(rank <= most) for rank in row] for model, row in ranks.items()}
    return Scores(name=f"recall_at_{most}", by_model=hits)
