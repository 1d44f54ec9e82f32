"""The hours of a day in which a model may take the champion's place for its test."""

from datetime import UTC, datetime, timedelta

import pytest

from tunedrop.recipe.window import Window


def at(hour: int, minute: int = 0, day: int = 22) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "now", "opens"),
    [
        ("02:00-05:00", at(1), at(2)),
        ("02:00-05:00", at(2), at(2)),
        ("02:00-05:00", at(4, 30), at(2)),
        ("02:00-05:00", at(4, 31), at(2, day=23)),
        ("02:00-05:00", at(6), at(2, day=23)),
        ("22:00-01:00", at(0, 15), at(22, day=21)),
        ("22:00-01:00", at(0, 45), at(22)),
        ("22:00-01:00", at(23), at(22)),
    ],
)
def test_a_window_is_begun_while_half_an_hour_is_left(
    text: str, now: datetime, opens: datetime
) -> None:
    opening, closing = Window.of(text).next(now)
    assert (opening, closing - opening) == (opens, timedelta(hours=3))


def test_a_window_of_a_whole_day_is_always_open() -> None:
    window = Window.of("06:00-06:00")
    assert window.length == timedelta(days=1)
    assert all(window.next(at(hour))[0] <= at(hour) for hour in range(24) if hour != 5)


def test_hours_are_those_of_utc() -> None:
    elsewhere = at(3).astimezone().replace(tzinfo=None).astimezone()
    assert Window.of("02:00-05:00").next(elsewhere)[0] == at(2)
