"""Asking models: all records, in the time there is, through throttling."""

import threading
from collections.abc import Callable

import pytest

from tunedrop.errors import ServiceBusyError
from tunedrop.evaluation.answers import Pace, ask
from tunedrop.gateway import INFERENCE_CONFIG

MODELS = {"custom": "arn:custom", "base": "us.base"}


class Clock:
    """Time that passes only by calls and sleeps."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds
        self.slept: list[float] = []
        self.lock = threading.Lock()

    def remaining(self) -> float:
        return self.left

    def spend(self, seconds: float) -> None:
        with self.lock:
            self.left -= seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.spend(seconds)


class Model:
    """Answers `<model>:<record>` after doing whatever a test wants first."""

    def __init__(self, before: Callable[[str, str], None] = lambda model, record: None) -> None:
        self.before = before
        self.calls: list[tuple[str, str]] = []

    def converse(self, model_id: str, record: str) -> str:
        self.calls.append((model_id, record))
        self.before(model_id, record)
        return f"{model_id}:{record}"


def pace(clock: Clock, *, reserve: float = 60, threads: int = 1) -> Pace:
    return Pace(
        remaining=clock.remaining,
        sleep=clock.sleep,
        random=lambda: 1.0,
        reserve=reserve,
        threads=threads,
    )


def test_every_model_answers_every_record_in_order() -> None:
    records = [f"r{number}" for number in range(50)]
    answers = ask(Model(), MODELS, records, pace(Clock(900), threads=8))
    assert answers.by_model["custom"] == tuple(f"arn:custom:{record}" for record in records)
    assert answers.complete == tuple(range(50))
    assert answers.sentence() == "All 50 test records were asked."


def test_calls_run_side_by_side_but_no_more_than_allowed() -> None:
    meeting = threading.Barrier(4, timeout=5)
    answers = ask(
        Model(lambda model, record: meeting.wait() and None),
        {"custom": "m"},
        ["r"] * 8,
        pace(Clock(900), threads=4),
    )
    assert len(answers.complete) == 8


def test_no_call_begins_within_the_reserve() -> None:
    clock = Clock(100)
    model = Model(lambda model, record: clock.spend(10))
    answers = ask(model, MODELS, ["a", "b", "c", "d"], pace(clock))
    assert [record for _, record in model.calls] == ["a", "a", "b", "b"]
    assert answers.complete == (0, 1)
    assert answers.sentence().startswith("2 of 4 test records were asked: time ran out")


def test_throttling_is_waited_out_with_growing_waits_under_a_ceiling() -> None:
    clock = Clock(10_000)
    left = [ServiceBusyError("busy")] * 7

    def throttle(model: str, record: str) -> None:
        if left:
            raise left.pop()

    answers = ask(Model(throttle), {"custom": "m"}, ["a"], pace(clock))
    assert answers.by_model["custom"] == ("m:a",)
    assert clock.slept == [1, 2, 4, 8, 16, 30, 30]


def test_waits_are_jittered_by_the_given_randomness() -> None:
    clock = Clock(900)
    half = Pace(remaining=clock.remaining, sleep=clock.sleep, random=lambda: 0.5)
    assert half.back_off(2)
    assert clock.slept == [2.0]


def test_throttling_until_the_end_of_time_is_service_busy() -> None:
    def throttle(model: str, record: str) -> None:
        raise ServiceBusyError("4 requests per minute")

    with pytest.raises(ServiceBusyError, match=r"every question.*4 requests per minute"):
        ask(Model(throttle), MODELS, ["a", "b"], pace(Clock(100), threads=2))


def test_one_throttled_model_leaves_the_records_that_both_answered() -> None:
    clock = Clock(100)

    def throttle(model: str, record: str) -> None:
        if model == "arn:custom" and record == "b":
            raise ServiceBusyError("busy")

    answers = ask(Model(throttle), MODELS, ["a", "b"], pace(clock))
    assert answers.complete == (0,)
    assert answers.by_model["custom"] == ("arn:custom:a", None)


def test_any_other_error_stops_the_asking_and_is_raised() -> None:
    def break_down(model: str, record: str) -> None:
        raise PermissionError("no access to the model")

    model = Model(break_down)
    with pytest.raises(PermissionError, match="no access"):
        ask(model, MODELS, ["a"] * 1000, pace(Clock(900), threads=2))
    assert len(model.calls) <= 2


def test_no_records_is_no_work() -> None:
    answers = ask(Model(), MODELS, [], pace(Clock(900)))
    assert answers.complete == ()
    assert answers.by_model == {"custom": (), "base": ()}


def test_the_reserve_covers_the_longest_call_and_half_a_minute_more() -> None:
    config = INFERENCE_CONFIG
    assert config.retries["total_max_attempts"] == 1
    usual = Pace(remaining=lambda: 0, sleep=lambda _: None, random=lambda: 0)
    assert usual.reserve >= config.connect_timeout + config.read_timeout + 30
