"""The answers of models to the records of a test set, asked side by side."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from tunedrop.errors import ServiceBusyError

RecordT = TypeVar("RecordT")
RecordT_contra = TypeVar("RecordT_contra", contravariant=True)


class Inference(Protocol[RecordT_contra]):
    """A model's answer to the prompt of a record; `ServiceBusyError` means: ask again later."""

    def converse(self, model_id: str, record: RecordT_contra) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast and how long to ask.

    `remaining` gives the seconds left. No call begins with fewer than `reserve` of them, which
    must cover the longest call and what follows the asking. `random` gives 0 to 1.
    """

    remaining: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    reserve: float = 120.0
    threads: int = 8
    first_wait: float = 1.0
    longest_wait: float = 30.0

    def has_time(self) -> bool:
        """Whether one more call may begin."""
        return self.remaining() > self.reserve

    def back_off(self, attempt: int) -> bool:
        """Sleep with full jitter before the next attempt (from 0), if time is left for it."""
        wait = self.random() * min(self.longest_wait, self.first_wait * 2**attempt)
        if self.remaining() - wait <= self.reserve:
            return False
        self.sleep(wait)
        return True


@dataclass(frozen=True, kw_only=True)
class Answers:
    """By name of the model, one answer per record; None where time ran out first."""

    by_model: Mapping[str, tuple[str | None, ...]]
    records: int

    @property
    def complete(self) -> tuple[int, ...]:
        """The positions of the records that every model answered."""
        rows = zip(*self.by_model.values(), strict=True)
        return tuple(at for at, row in enumerate(rows) if None not in row)

    def sentence(self) -> str:
        """How many records were asked, and why not all."""
        answered = len(self.complete)
        if answered == self.records:
            return f"All {self.records} test records were asked."
        return (
            f"{answered} of {self.records} test records were asked: time ran out, as happens "
            "when AWS throttles a model; raise its requests per minute, or use a smaller test set."
        )


def ask(
    inference: Inference[RecordT],
    models: Mapping[str, str],
    records: Sequence[RecordT],
    pace: Pace,
) -> Answers:
    """Ask every model (id by name) for every record.

    Record by record through all models, so that when time runs out each record that was asked is
    a full comparison. Raises what `inference` raises, and `ServiceBusyError` if throttling left
    not one record that all models answered.
    """
    asking = _Asking(inference, models, records, pace)
    with ThreadPoolExecutor(max_workers=pace.threads, thread_name_prefix="ask") as pool:
        workers = [pool.submit(asking.work) for _ in range(pace.threads)]
    for worker in workers:
        worker.result()
    answers = asking.answers()
    if records and asking.last_refusal and not answers.complete:
        raise ServiceBusyError(
            f"AWS throttled every question to the models in the time there was: "
            f"{asking.last_refusal}"
        ) from asking.last_refusal
    return answers


@dataclass
class _Asking(Generic[RecordT]):
    """The questions that are left, shared by the threads of one `ask`."""

    inference: Inference[RecordT]
    models: Mapping[str, str]
    records: Sequence[RecordT]
    pace: Pace
    given: dict[tuple[str, int], str] = field(default_factory=dict)
    last_refusal: ServiceBusyError | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.left: Iterator[tuple[int, str]] = (
            (at, name) for at in range(len(self.records)) for name in self.models
        )

    def work(self) -> None:
        """Answer questions until none or no time is left; an error stops every thread."""
        try:
            while question := self._next():
                self._answer(*question)
        except BaseException:
            self.stopped.set()
            raise

    def answers(self) -> Answers:
        everyone = range(len(self.records))
        by_model = {
            name: tuple(self.given.get((name, at)) for at in everyone) for name in self.models
        }
        return Answers(by_model=by_model, records=len(self.records))

    def _next(self) -> tuple[int, str] | None:
        if self.stopped.is_set() or not self.pace.has_time():
            return None
        with self.lock:
            return next(self.left, None)

    def _answer(self, at: int, name: str) -> None:
        attempt = 0
        while not self.stopped.is_set():
            try:
                self.given[name, at] = self.inference.converse(self.models[name], self.records[at])
            except ServiceBusyError as error:
                self.last_refusal = error
                if not self.pace.back_off(attempt):
                    return
                attempt += 1
            else:
                return
