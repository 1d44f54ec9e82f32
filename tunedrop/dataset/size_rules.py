"""Rules for the dataset as a whole: how many records and bytes each side may have."""

from collections.abc import Iterator, Mapping, Sequence

from tunedrop.dataset.findings import Fault
from tunedrop.dataset.report import FileFacts, RecordCounts, counted
from tunedrop.dataset.splits import Side
from tunedrop.dataset.target import Target
from tunedrop.recipe import Recipe


def size_faults(
    records: RecordCounts,
    files: Mapping[Side, Sequence[FileFacts]],
    recipe: Recipe,
    target: Target,
    record_limit: int | None,
    *,
    test_known: int = 0,
) -> Iterator[Fault]:
    """Everything that counts and sizes break; a dataset without records has worse to tell.

    `test_known` of the test records have a prompt that is trained on, and will not be asked.
    """
    yield from _too_large(files, target)
    if records.train + records.validation + records.test + records.dropped == 0:
        return
    yield from _mixed(files)
    yield from _too_few(records, target)
    yield from _too_many(records, target, record_limit)
    yield from _validation_faults(records, files, recipe, target)
    fewest, asked = recipe.evaluation.fewest_test_records, records.test - test_known
    if asked < fewest:
        known = f" without {test_known:,} with a prompt that is trained on, too"
        message = (
            f"{_are(asked)} left for the test set{known if test_known else ''}; "
            f"{_asks(recipe)} needs {fewest} to tell anything"
        )
        yield Fault(code="too-few-test-records", message=message)
    if not is_tolerated(records, recipe) and recipe.data.rejected_share:
        message = (
            f"{records.rejected:,} of {records.total:,} records were rejected; the recipe's "
            f"data.rejected_share allows {recipe.data.rejected_share:g}"
        )
        yield Fault(code="too-many-rejected", message=message)


def is_tolerated(records: RecordCounts, recipe: Recipe) -> bool:
    """Whether the recipe lets the rejected records be set aside."""
    return records.rejected <= recipe.data.rejected_share * records.total


def fitting(
    target: Target, record_limit: int | None, train: int, validation: int
) -> tuple[int, int]:
    """How many of the records to train on and to validate with the base model takes.

    Both shrink in proportion; no side shrinks below its fewest where the other can give way.
    """
    limits, total = target.limits, train + validation
    most = _records_in_all(target, record_limit)
    in_all = total if most is None else min(total, most)
    trained = _at_most(limits.max_training_records, train)
    together = min(in_all, trained * total // max(train, 1))
    fewest = min(validation, limits.min_validation_records)
    validated = max(fewest, together * validation // max(total, 1))
    validated = min(validated, max(0, in_all - min(train, limits.min_training_records)))
    validated = _at_most(limits.max_validation_records, validated)
    return min(trained, in_all - validated), validated


def _at_most(limit: int | None, count: int) -> int:
    return count if limit is None else min(limit, count)


def _records_in_all(target: Target, record_limit: int | None) -> int | None:
    return target.limits.max_records_in_all if record_limit is None else record_limit


def _too_few(records: RecordCounts, target: Target) -> Iterator[Fault]:
    minimum = target.limits.min_training_records
    if records.train >= minimum:
        return
    taken = ""
    if records.test or records.validation:
        taken = f" once {records.validation:,} validate and {records.test:,} test"
    message = (
        f"{_are(records.train)} left to train on{taken}; {target.model_name} needs {minimum:,}"
    )
    yield Fault(code="too-few-records", message=message)


def _are(count: int) -> str:
    return "1 record is" if count == 1 else f"{count:,} records are"


def _too_many(records: RecordCounts, target: Target, record_limit: int | None) -> Iterator[Fault]:
    limits, name = target.limits, target.model_name
    sums = (
        ("training", records.train, limits.max_training_records),
        ("validation", records.validation, limits.max_validation_records),
    )
    for kind, count, most in sums:
        if most is not None and count > most:
            message = f"there are {count:,} {kind} records; {name} takes {most:,}"
            yield Fault(code="too-many-records", message=message)
    most = _records_in_all(target, record_limit)
    total = records.train + records.validation
    if most is not None and total > most:
        quota = f" (quota {limits.records_quota_code})" if limits.records_quota_code else ""
        message = f"training and validation have {total:,} records; {name} takes {most:,}{quota}"
        yield Fault(code="too-many-records", message=message)


def _validation_faults(
    records: RecordCounts,
    files: Mapping[Side, Sequence[FileFacts]],
    recipe: Recipe,
    target: Target,
) -> Iterator[Fault]:
    named = bool(files.get("validation"))
    if not target.customization.validation_set.supported:
        if named:
            message = f"{target.model_name} takes no validation set; the file is left out"
            yield Fault(code="validation-not-used", message=message)
        return
    minimum = target.limits.min_validation_records
    if named and records.validation < minimum:
        message = (
            f"the validation file has {records.validation:,} records; {target.model_name} needs "
            f"{minimum:,}"
        )
        yield Fault(code="too-few-records", message=message)
    if not named and recipe.data.validation_share and not records.validation:
        message = f"too few records for a validation set of at least {minimum:,}"
        yield Fault(code="no-validation-records", message=message)


def _too_large(files: Mapping[Side, Sequence[FileFacts]], target: Target) -> Iterator[Fault]:
    limits = target.limits
    for role, most in (
        ("training", limits.max_training_file_bytes),
        ("validation", limits.max_validation_file_bytes),
    ):
        side: Side = "train" if role == "training" else "validation"
        size = sum(each.bytes for each in files.get(side, ()))
        if most is not None and size > most:
            message = f"the {role} files have {size:,} bytes; {target.model_name} takes {most:,}"
            yield Fault(code="file-too-large", message=message)


def _mixed(files: Mapping[Side, Sequence[FileFacts]]) -> Iterator[Fault]:
    read = [facts for side in files.values() for facts in side]
    images, videos = sum(each.images for each in read), sum(each.videos for each in read)
    if images and videos:
        message = (
            f"the records name {counted(images, 'image')} and {counted(videos, 'video')}; "
            "a dataset may hold one kind"
        )
        yield Fault(code="mixed-media", message=message)


def _asks(recipe: Recipe) -> str:
    return "evaluation.beat" if recipe.evaluation.beat else "evaluation.metrics"
