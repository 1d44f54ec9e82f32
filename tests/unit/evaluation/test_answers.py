"""Asking models: all questions, in the time there is, through throttling."""

import threading
from collections.abc import Callable

import pytest

from tunedrop.errors import ServiceBusyError
from tunedrop.evaluation.answers import Asker, Pace, QuestionRefusedError, Reply
from tunedrop.gateway import INFERENCE_CONFIG

MODELS = ("arn:custom", "us.base")


class Clock:
    """Time that passes only by calls and sleeps."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds
        self.slept: list[float] = []
        self.lock = threading.Lock()

    def remaining(self) -> float:
        return self.left

    def now(self) -> float:
        return -self.left

    def spend(self, seconds: float) -> None:
        with self.lock:
            self.left -= seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.spend(seconds)


class Model:
    """Answers `<model>:<question>` after doing whatever a test wants first."""

    def __init__(self, before: Callable[[str, str], None] = lambda model, question: None) -> None:
        self.before = before
        self.calls: list[tuple[str, str]] = []

    def answer(self, model_id: str, question: str) -> Reply:
        self.calls.append((model_id, question))
        self.before(model_id, question)
        return Reply(text=f"{model_id}:{question}")


def asker(model: Model, clock: Clock, *, reserve: float = 60, threads: int = 1) -> Asker[str]:
    pace = Pace(
        remaining=clock.remaining,
        clock=clock.now,
        sleep=clock.sleep,
        random=lambda: 1.0,
        reserve=reserve,
        threads=threads,
    )
    return Asker(model, pace)


def ask(
    model: Model,
    questions: str,
    clock: Clock | None = None,
    models: tuple[str, ...] = MODELS,
    threads: int = 1,
) -> dict[tuple[str, int], Reply]:
    """Ask one-letter questions."""
    numbered = dict(enumerate(questions))
    asking = asker(model, clock or Clock(900), threads=threads)
    return asking.ask(numbered, dict.fromkeys(numbered, models))


def throttling(times: int, model_id: str = "") -> Callable[[str, str], None]:
    left = [ServiceBusyError("4 requests per minute")] * times

    def throttle(model: str, question: str) -> None:
        if left and model_id in model:
            raise left.pop()

    return throttle


def test_every_model_answers_every_question() -> None:
    replies = ask(Model(), "abcdefghij" * 5, threads=8)
    assert len(replies) == 100
    assert replies["arn:custom", 1] == Reply(text="arn:custom:b")


def test_only_the_models_that_a_question_is_for_are_asked() -> None:
    model = Model()
    asker(model, Clock(900)).ask({0: "a", 1: "b"}, {0: ("arn:custom",), 1: ()})
    assert model.calls == [("arn:custom", "a")]


def test_calls_run_side_by_side_but_no_more_than_allowed() -> None:
    meeting = threading.Barrier(4, timeout=5)
    together = Model(lambda model, question: meeting.wait() and None)
    assert len(ask(together, "a" * 8, models=("m",), threads=4)) == 8


def test_no_call_begins_within_the_reserve_and_what_was_asked_is_a_comparison() -> None:
    clock = Clock(100)
    model = Model(lambda model, question: clock.spend(10))
    replies = ask(model, "abcd", clock)
    assert [question for _, question in model.calls] == ["a", "a", "b", "b"]
    assert len(replies) == 4


def test_throttling_moves_questions_apart_twice_as_far_each_time_under_a_ceiling() -> None:
    clock = Clock(10_000)
    assert ask(Model(throttling(8)), "a", clock, models=("m",)) == {("m", 0): Reply(text="m:a")}
    assert clock.slept == [1, 2, 4, 8, 16, 32, 60, 60]


def test_answers_bring_questions_together_again() -> None:
    clock = Clock(10_000)
    ask(Model(throttling(3)), "a" * 60, clock, models=("m",))
    assert clock.slept[2] == 4
    assert clock.slept[3:] == sorted(clock.slept[3:], reverse=True)
    assert clock.slept[-1] < 0.1


def test_one_throttle_of_many_at_once_counts_once() -> None:
    clock, meeting, first = Clock(10_000), threading.Barrier(4, timeout=5), set("abcd")

    def all_throttled(model: str, question: str) -> None:
        if question in first:
            first.remove(question)
            meeting.wait()
            raise ServiceBusyError("busy")

    ask(Model(all_throttled), "abcd", clock, models=("m",), threads=4)
    assert clock.slept[0] == 1


def test_the_pace_found_holds_for_the_next_questions() -> None:
    clock = Clock(10_000)
    asking = asker(Model(throttling(3)), clock)
    asking.ask({0: "a"}, {0: ("m",)})
    slept = len(clock.slept)
    asking.ask({1: "b"}, {1: ("m",)})
    assert len(clock.slept) == slept + 1


def test_a_throttled_model_does_not_slow_the_others() -> None:
    clock = Clock(10_000)
    ask(Model(throttling(2, "custom")), "a", clock)
    assert clock.slept == [1, 2]


def test_questions_that_time_runs_out_for_have_no_reply() -> None:
    replies = ask(Model(throttling(10**6, "custom")), "ab", Clock(100))
    assert set(replies) <= {("us.base", 0), ("us.base", 1)}


def test_a_refused_question_is_set_aside_with_the_models_words() -> None:
    def refuse(model: str, question: str) -> None:
        if question == "b":
            raise QuestionRefusedError("Input is too long")

    replies = ask(Model(refuse), "abc", models=("m",))
    assert replies["m", 1] == Reply(refusal="Input is too long")
    assert replies["m", 2] == Reply(text="m:c")


def test_any_other_error_stops_the_asking_and_is_raised() -> None:
    def break_down(model: str, question: str) -> None:
        raise PermissionError("no access to the model")

    model = Model(break_down)
    with pytest.raises(PermissionError, match="no access"):
        ask(model, "a" * 1000, threads=2)
    assert len(model.calls) <= 2


def test_no_questions_are_no_work() -> None:
    assert ask(Model(), "") == {}


def test_the_reserve_covers_the_longest_call_and_half_a_minute_more() -> None:
    config = INFERENCE_CONFIG
    assert config.retries["total_max_attempts"] == 1
    usual = Pace(remaining=lambda: 0, clock=lambda: 0, sleep=lambda _: None, random=lambda: 0)
    assert usual.reserve >= config.connect_timeout + config.read_timeout + 30
    assert config.max_pool_connections >= usual.threads
