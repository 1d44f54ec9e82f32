"""Formatting, timeline and chart of the report."""

import pytest

from tunedrop.report import formatting
from tunedrop.report.chart import loss_chart
from tunedrop.report.interval import intervals
from tunedrop.report.sentences import outcomes, words_for
from tunedrop.report.timeline import steps, whole_duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0 s"),
        (1.64, "1.6 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (3_600, "1 h"),
        (7_500, "2 h 5 min"),
        (273_600, "3 d 4 h"),
        (None, "unknown"),
    ],
)
def test_durations_are_told_in_two_units(seconds: float | None, words: str) -> None:
    assert formatting.duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1234.5, "$1,234.50"),
        (0.0012, "$0.0012"),
        (0, "$0.00"),
        (None, "unknown"),
        ("", "unknown"),
    ],
)
def test_dollars(value: object, words: str) -> None:
    assert formatting.dollars(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2026-11-02T10:11:12Z", "2 Nov 2026, 10:11:12 UTC"),
        ("2026-11-02T12:11:12.500+02:00", "2 Nov 2026, 10:11:12 UTC"),
        ("2026-11-02T10:11:12", "2 Nov 2026, 10:11:12 UTC"),
        ("yesterday", "yesterday"),
    ],
)
def test_times_are_told_in_utc(value: str, words: str) -> None:
    assert formatting.time_of_day(value) == words


TIMELINE = {
    "UploadDataset": "2026-11-22T10:00:40Z",
    "PrepareRun": "2026-11-22T10:00:00Z",
    "ValidateDataset": "2026-11-22T10:00:10Z",
}


def test_states_follow_each_other_with_what_they_took() -> None:
    shown = steps({"timeline": TIMELINE, "ended_at": "2026-11-22T10:01:40Z"})
    assert [(step.state, step.took) for step in shown] == [
        ("PrepareRun", "10 s"),
        ("ValidateDataset", "30 s"),
        ("UploadDataset", "1 min"),
    ]
    assert [(step.left, step.width) for step in shown] == [(0, 10), (10, 30), (40, 60)]


def test_the_last_state_of_a_run_under_way_has_no_duration() -> None:
    shown = steps({"timeline": TIMELINE})
    assert shown[-1].took == ""
    assert all(step.left >= 0 and step.left + step.width <= 100 for step in shown)


def test_states_are_drawn_wide_enough_to_be_seen() -> None:
    shown = steps({"timeline": TIMELINE, "ended_at": "2026-11-25T10:00:00Z"})
    assert min(step.width for step in shown) > 0.5


def test_times_that_are_none_are_left_out() -> None:
    assert steps({"timeline": {"PrepareRun": "soon"}}) == ()
    assert whole_duration({"started_at": "2026-11-22T10:00:00Z"}) == ""


def test_a_chart_spans_its_losses_and_its_limit() -> None:
    losses = {"training": [[10, 1, 2.0], [20, 2, 1.0]], "validation": [[20, 2, 1.5]]}
    chart = loss_chart(losses, limit=3.0)
    assert chart is not None
    assert (chart.ticks[0].label, chart.ticks[-1].label) == ("1", "3")
    assert chart.limit_y == 0
    assert [curve.lines for curve in chart.curves] == ["M0.0 150.0L1000.0 300.0", "M1000.0 225.0"]
    assert (chart.first_step, chart.last_step) == ("10", "20")


def test_a_gap_breaks_the_line() -> None:
    chart = loss_chart({"training": [[1, 1, 1.0], [2, 1, None], [3, 1, 2.0]]})
    assert chart is not None
    assert chart.curves[0].lines.count("M") == 2
    assert chart.diverged_x == 500


@pytest.mark.parametrize("losses", [{}, {"training": []}, {"training": [[1, 1, None]]}])
def test_no_losses_no_chart(losses: dict[str, list[list[float | None]]]) -> None:
    assert loss_chart(losses) is None


@pytest.mark.parametrize("loss", [0.0, 1.0, 2.5, 1e-9, 1e6])
def test_a_level_curve_can_be_drawn(loss: float) -> None:
    chart = loss_chart({"training": [[1, 1, loss], [2, 1, loss]]})
    assert chart is not None
    assert all(0 <= tick.percent <= 100 for tick in chart.ticks)


def test_intervals_share_one_scale() -> None:
    wide, narrow, none = intervals(
        {
            "a": {"gain": 0.5, "low": 0.0, "high": 1.0},
            "b": {"gain": -0.5, "low": -0.55, "high": -0.45},
            "c": {},
        }
    )
    assert (wide.left, narrow.middle) == (50, pytest.approx(27.27))
    assert wide.width == pytest.approx(10 * narrow.width, rel=0.01)
    assert not none.is_drawn


def test_every_outcome_says_what_to_do_and_where_to_read_on() -> None:
    for words in outcomes():
        assert words.title and words.meaning and words.next_step
        is_green = words.outcome in {"RunSucceeded", "RunUnchanged"}
        assert words.runbook_heading == ("" if is_green else words.outcome)
        assert words.next_step.count("`") % 2 == 0


def test_every_business_error_has_words() -> None:
    from tunedrop.errors import BusinessError

    for error in BusinessError.__subclasses__():
        assert "does not know" not in words_for(error.outcome).meaning
