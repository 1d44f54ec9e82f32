"""Metric files as Bedrock writes them, family by family."""

import math
from collections.abc import Sequence

import pytest

from tunedrop.catalog import BaseModel, all_models
from tunedrop.training import metric_files
from tunedrop.training.curves import Point, down_sampled

JOB = "training/support/run-1/model-customization-job-abc123def456"
TRAINING = f"{JOB}/training_artifacts/step_wise_training_metrics.csv"
VALIDATION = {
    "claude": f"{JOB}/validation_artifacts/post_fine_tuning_validation/validation_metrics.csv",
    "nova": (
        f"{JOB}/validation_artifacts/post_fine_tuning_validation/validation/validation_metrics.csv"
    ),
    "llama": f"{JOB}/validation_artifacts/validation_metrics.csv",
}


def losses(points: Sequence[Point]) -> list[float]:
    return [point.loss for point in points]


@pytest.mark.parametrize("family", sorted(VALIDATION))
def test_curves_are_found_wherever_the_family_puts_them(family: str) -> None:
    curves = metric_files.read(
        {
            TRAINING: b"step_number,epoch_number,training_loss\n1,1,2.5\n2,1,2.25\n",
            VALIDATION[family]: b"step_number,epoch_number,validation_loss\n2,1,2.4\n",
            f"{JOB}/input_status/manifest.report.csv": b"fileName,totalProcessedRecordCount\na,1\n",
            f"{JOB}/.write_access_check_file.temp": b"",
        }
    )
    assert losses(curves.training) == [2.5, 2.25]
    assert curves.validation == (Point(step=2, epoch=1, loss=2.4),)
    assert curves.notes == ()


def test_headings_are_matched_in_any_case_and_order() -> None:
    body = b"Perplexity, Training_Loss ,Epoch_Number,Step_Number\n12.2,2.5,0.5,10\n"
    (point,) = metric_files.read({TRAINING: body}).training
    assert point == Point(step=10, epoch=0.5, loss=2.5, perplexity=12.2)


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbfstep_number,epoch_number,training_loss\n1,1,2.5\n2,1,2.0\n",
        b"step_number,epoch_number,training_loss\r\n1,1,2.5\r\n2,1,2.0\r\n",
        b"\n\nstep_number,epoch_number,training_loss\n\n1,1,2.5\n , ,\n2,1,2.0",
        b'"step_number","epoch_number","training_loss"\n"1","1","2.5"\n"2","1","2.0"\n',
    ],
)
def test_byte_order_marks_line_ends_blank_lines_and_quotes_do_not_matter(body: bytes) -> None:
    points = metric_files.read({TRAINING: body}).training
    assert [(point.step, point.epoch, point.loss) for point in points] == [(1, 1, 2.5), (2, 1, 2.0)]


@pytest.mark.parametrize("cell", ["NaN", "nan", "inf", "Infinity"])
def test_a_diverged_loss_is_read_as_such_and_stored_as_none(cell: str) -> None:
    curves = metric_files.read({TRAINING: f"step,training_loss\n1,{cell}\n".encode()})
    assert not math.isfinite(curves.training[0].loss)
    assert curves.stored()["training"] == [[1, None, None]]


def test_rows_without_a_number_are_left_out_and_steps_counted_where_there_are_none() -> None:
    points = metric_files.read({TRAINING: b"loss\n2.5\nn/a\n2.0\n"}).training
    assert [(point.step, point.loss) for point in points] == [(1, 2.5), (3, 2.0)]


def test_step_zero_stays_step_zero() -> None:
    assert metric_files.read({TRAINING: b"step_number,loss\n0,2.5\n"}).training[0].step == 0


def test_missing_files_are_said_plainly() -> None:
    assert metric_files.read({}).notes == (
        "Bedrock wrote no training losses.",
        "Bedrock wrote no validation losses.",
    )


def test_a_file_without_losses_is_named_with_what_it_has() -> None:
    curves = metric_files.read({TRAINING: b"step,reward\n1,0.5\n"})
    assert curves.notes[0] == (
        'step_wise_training_metrics.csv has no column ending in "loss", only: step, reward.'
    )


def test_files_of_an_earlier_attempt_are_left_out() -> None:
    other = TRAINING.replace("abc123def456", "zzzzzzzzzzzz")
    files = {TRAINING: b"step,loss\n1,1.0\n", other: b"step,loss\n1,9.0\n2,9.0\n"}
    assert losses(metric_files.read(files, job_id="abc123def456").training) == [1.0]


def test_rows_are_put_in_the_order_of_epochs_and_steps() -> None:
    body = b"step,epoch,loss\n2,2,1.0\n1,2,1.5\n2,1,2.0\n1,1,2.5\n"
    assert losses(metric_files.read({TRAINING: body}).training) == [2.5, 2.0, 1.5, 1.0]


def test_long_curves_are_stored_with_their_ends_and_spikes() -> None:
    points = [Point(step=step, epoch=1, loss=1.0) for step in range(10_000)]
    points[5_000] = Point(step=5_000, epoch=1, loss=9.0)
    points[7_000] = Point(step=7_000, epoch=1, loss=0.1)
    kept = down_sampled(points)
    steps = [point.step for point in kept]
    assert len(kept) <= 200
    assert steps == sorted(set(steps))
    assert {0, 5_000, 7_000, 9_999} <= set(steps)


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 333])
def test_no_curve_is_stored_with_more_than_200_points(count: int) -> None:
    points = [Point(step=step, epoch=1, loss=1 / (step + 1)) for step in range(count)]
    kept = down_sampled(points)
    assert min(count, 198) <= len(kept) <= min(count, 200)


@pytest.mark.parametrize("heading", ["step", "Steps", "Step_Number", "StepCount", "step_count"])
def test_steps_of_image_models_are_read_without_epochs(heading: str) -> None:
    body = f"{heading},Loss\n10,0.5\n20,0.25\n".encode()
    points = metric_files.read({TRAINING: body}).training
    assert points == (Point(step=10, epoch=None, loss=0.5), Point(step=20, epoch=None, loss=0.25))


def test_a_file_of_both_losses_is_read_for_the_one_of_its_kind() -> None:
    body = b"step_number,training_loss,validation_loss\n1,2.5,2.4\n"
    curves = metric_files.read({TRAINING: body, VALIDATION["llama"]: body})
    assert (losses(curves.training), losses(curves.validation)) == ([2.5], [2.4])


@pytest.mark.parametrize(
    "model", [each for each in all_models() if each.metric_files], ids=lambda model: model.id
)
def test_the_files_of_every_model_of_the_catalog_are_read(model: BaseModel) -> None:
    files = model.metric_files
    assert files is not None
    named = (
        (files.training_path, files.training_columns),
        (files.validation_path, files.validation_columns),
    )
    written = {
        f"{JOB}/{path}": f"{','.join(columns)}\n{','.join('1' * len(columns))}\n".encode()
        for path, columns in named
        if path
    }
    assert all(metric_files.is_metric_file(key) for key in written)
    curves = metric_files.read(written)
    assert losses(curves.training) == [1.0]
    assert len(curves.validation) == bool(files.validation_path)
    has_perplexity = "perplexity" in [each.lower() for each in files.training_columns]
    assert (curves.training[0].perplexity is not None) == has_perplexity
