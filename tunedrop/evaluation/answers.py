"""Asking models: many questions side by side, in the time there is, as fast as AWS lets."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import field as held
from typing import Generic, Protocol, TypeVar

from msgspec import Struct, field

from tunedrop.errors import ServiceBusyError, TunedropError

QuestionT = TypeVar("QuestionT")
QuestionT_contra = TypeVar("QuestionT_contra", contravariant=True)

_FASTER = 0.9
_NO_GAP = 0.05


class QuestionRefusedError(TunedropError):
    """A model takes no question of this kind or length; others may still be asked."""


class Reply(Struct, frozen=True, omit_defaults=True):
    """What a model said to a question: its answer, or why it would not take the question.

    `scores` hold by metric what the answer is worth, where each answer has a worth of its own. The
    tokens are those that Bedrock counted and bills; None where it said nothing of them.
    """

    text: str | None = None
    refusal: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    scores: dict[str, float] = field(default_factory=dict)


class Inference(Protocol[QuestionT_contra]):
    """A model's answer; `ServiceBusyError`: ask again later, `QuestionRefusedError`: do not."""

    def answer(self, model_id: str, question: QuestionT_contra) -> Reply: ...


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast and how long to ask.

    `remaining` gives the seconds left, `clock` seconds that pass, `random` 0 to 1. No call begins
    with fewer than `reserve` seconds left, which must cover the longest call and what follows it.
    """

    remaining: Callable[[], float]
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    reserve: float = 120.0
    threads: int = 16
    first_gap: float = 1.0
    longest_gap: float = 60.0

    def has_time(self, wait: float = 0.0) -> bool:
        """Whether one more call may begin after so long a wait."""
        return self.remaining() - wait > self.reserve


class Asker(Generic[QuestionT]):
    """Asks models; remembers between two lots of questions how fast each model may be asked."""

    def __init__(self, inference: Inference[QuestionT], pace: Pace) -> None:
        self._inference = inference
        self._pace = pace
        self._gates: dict[str, _Gate] = {}
        self.last_throttle: ServiceBusyError | None = None

    def ask(
        self, questions: Mapping[int, QuestionT], models: Mapping[int, tuple[str, ...]]
    ) -> dict[tuple[str, int], Reply]:
        """Replies by model id and number of the question; those that time ran out for are missing.

        `models` are the ids to ask each question. Question by question through all its models, so
        that when time runs out each question that was asked is a full comparison. Raises what the
        inference raises, but for throttling and refusals.
        """
        for model_id in {each for row in models.values() for each in row}:
            self._gates.setdefault(model_id, _Gate(self._pace))
        left = ((number, model_id) for number in questions for model_id in models[number])
        round_ = _Round(left=left)
        with ThreadPoolExecutor(self._pace.threads, thread_name_prefix="ask") as pool:
            workers = [
                pool.submit(self._work, round_, questions) for _ in range(self._pace.threads)
            ]
        for worker in workers:
            worker.result()
        return round_.given

    def _work(self, round_: "_Round", questions: Mapping[int, QuestionT]) -> None:
        """Answer questions until none or no time is left; an error stops every thread."""
        try:
            while self._pace.has_time() and (asked := round_.next()):
                number, model_id = asked
                reply = self._reply(round_, model_id, questions[number])
                if reply is not None:
                    round_.given[model_id, number] = reply
        except BaseException:
            round_.stopped.set()
            raise

    def _reply(self, round_: "_Round", model_id: str, question: QuestionT) -> Reply | None:
        gate = self._gates[model_id]
        while not round_.stopped.is_set() and gate.pass_through():
            try:
                reply = self._inference.answer(model_id, question)
            except ServiceBusyError as error:
                self.last_throttle = error
                gate.slower()
            except QuestionRefusedError as error:
                return Reply(refusal=str(error))
            else:
                gate.faster()
                return reply
        return None


@dataclass
class _Round:
    """The questions that are left and the replies so far, shared by the threads of one `ask`."""

    left: Iterator[tuple[int, str]]
    given: dict[tuple[str, int], Reply] = held(default_factory=dict)
    stopped: threading.Event = held(default_factory=threading.Event)
    lock: threading.Lock = held(default_factory=threading.Lock)

    def next(self) -> tuple[int, str] | None:
        if self.stopped.is_set():
            return None
        with self.lock:
            return next(self.left, None)


class _Gate:
    """Keeps the questions to one model apart: twice as far after a throttle, closer with answers.

    The quota of an account is not known beforehand (new ones have 4 requests per minute where the
    documented default is 2,000), so it is found as TCP finds the speed of a line.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._lock = threading.Lock()
        self._gap = 0.0
        self._free_at = self._slowed_at = float("-inf")

    def pass_through(self) -> bool:
        """Wait for the turn of one question; False if there is no time left for it."""
        with self._lock:
            now = self._pace.clock()
            wait = max(0.0, self._free_at - now)
            if not self._pace.has_time(wait):
                return False
            self._free_at = now + wait + self._gap
        if wait:
            self._pace.sleep(wait)
        return True

    def slower(self) -> None:
        """A question was throttled; those that were under way with it count once."""
        with self._lock:
            now, pace = self._pace.clock(), self._pace
            if self._gap and now - self._slowed_at < self._gap:
                return
            self._gap = min(pace.longest_gap, max(pace.first_gap, 2 * self._gap))
            self._slowed_at = now
            self._free_at = max(self._free_at, now + self._gap * (0.5 + pace.random() / 2))

    def faster(self) -> None:
        """A question was answered."""
        with self._lock:
            self._gap = self._gap * _FASTER if self._gap > _NO_GAP else 0.0
