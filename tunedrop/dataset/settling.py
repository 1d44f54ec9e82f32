"""How many records each side has: by their keys alone, or as a curator settled it."""

from collections.abc import Mapping, Sequence

from tunedrop.dataset.curator import Settled
from tunedrop.dataset.lines import SourceFile
from tunedrop.dataset.report import RecordCounts
from tunedrop.dataset.size_rules import fitting
from tunedrop.dataset.splits import Shares, Side, SplitCounter, SplitPlan
from tunedrop.dataset.tallies import FileTally
from tunedrop.dataset.target import Target
from tunedrop.recipe import Recipe

Tallies = Mapping[Side, Sequence[FileTally]]


def shares_of(recipe: Recipe, target: Target, files: Mapping[Side, Sequence[SourceFile]]) -> Shares:
    """The recipe's shares; none is taken for a side that has files of its own."""
    validated = target.customization.validation_set.supported and not files.get("validation")
    return Shares(
        test_share=0.0 if files.get("test") else recipe.data.test_share,
        min_test=recipe.evaluation.fewest_test_records,
        validation_share=recipe.data.validation_share if validated else 0.0,
        min_validation=target.limits.min_validation_records,
        max_validation=target.limits.max_validation_records,
    )


def settled_by_keys(
    counter: SplitCounter,
    tallies: Tallies,
    recipe: Recipe,
    target: Target,
    record_limit: int | None,
) -> tuple[RecordCounts, SplitPlan]:
    """Each record by itself."""
    counts = {role: sum(each.records for each in read) for role, read in tallies.items()}
    split = counter.split(counts["train"], target.limits.min_training_records)
    supported = target.customization.validation_set.supported
    validated = split.validation + (counts["validation"] if supported else 0)
    train, validation = split.train, validated
    if recipe.data.too_many == "select":
        train, validation = fitting(target, record_limit, train, validation)
    records = RecordCounts(
        train=train,
        validation=validation,
        test=split.test + counts["test"],
        rejected=_rejected(tallies),
        left_out=split.train + validated - train - validation,
    )
    return records, split.plan


def settled_by_curator(settled: Settled, tallies: Tallies) -> RecordCounts:
    """Each record among all others."""
    return RecordCounts(
        train=settled.train,
        validation=settled.validation,
        test=settled.test,
        rejected=_rejected(tallies) + settled.rejected,
        dropped=settled.dropped,
        left_out=settled.left_out,
    )


def _rejected(tallies: Tallies) -> int:
    return sum(each.rejected for read in tallies.values() for each in read)
