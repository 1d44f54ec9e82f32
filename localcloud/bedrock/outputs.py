"""The files that a job leaves at its output location: losses by step, and what was read."""

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence

from localcloud.bedrock.state import Job, Learned

Points = Sequence[tuple[int, int, float]]
_REPORT_COLUMNS = (
    "fileName",
    "totalProcessedRecordCount",
    "acceptedRecordCount",
    "partiallyAcceptedRecordCount",
    "rejectedRecordCount",
)


def files(job: Job, learned: Learned, counts: dict[str, int]) -> Iterator[tuple[str, bytes]]:
    """Name below the output location, and content, of everything that the job writes.

    `counts` are the records of each input URI.
    """
    root = f"model-customization-job-{job.id}"
    for name, columns, points in _metrics(job, learned):
        yield f"{root}/{name}", metric_table(columns, points)
    for uri, count in counts.items():
        name = uri.rpartition("/")[2]
        rows = [(name, count, count, 0, 0)]
        yield f"{root}/input_status/{name}/manifest.report.csv", _table(_REPORT_COLUMNS, rows)
    names = [f"{root}/{name}" for name, _, _ in _metrics(job, learned)]
    yield f"{root}/output_manifest.json", _manifest(job, names)


def _metrics(job: Job, learned: Learned) -> Iterator[tuple[str, Sequence[str], Points]]:
    """Path, columns and losses of the metric files; none where nobody knows the family's."""
    where = job.base.metric_files
    if where is None:
        return
    yield where.training_path, where.training_columns, learned.training
    if learned.validation:
        yield where.validation_path, where.validation_columns, learned.validation


def metric_table(columns: Sequence[str], points: Points) -> bytes:
    """Step, epoch and loss as the family writes them; with a fourth column, perplexity too."""
    rows = [(step, epoch, loss, _perplexity(loss))[: len(columns)] for step, epoch, loss in points]
    return _table(columns, rows)


def _perplexity(loss: float) -> float:
    try:
        return math.exp(loss)
    except OverflowError:
        return math.inf


def _manifest(job: Job, metrics: Sequence[str]) -> bytes:
    members = dict(zip(("trainingMetrics", "validationMetrics"), metrics, strict=False))
    return json.dumps({"jobArn": job.arn, **members}).encode()


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
