"""The words for a comparison of models."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from tunedrop.evaluation.bootstrap import Interval

_SMALL_TEST_SET = 30
_SHOWN_FROM = 0.0005
NAMES = {"custom": "the custom model", "base": "the base model", "champion": "the champion"}
_CONTESTS = {
    "won": "beats {opponent}",
    "tied": "cannot be told apart from {opponent}",
    "lost": "is worse than {opponent}",
}


class _Goals(Protocol):
    @property
    def metrics(self) -> Mapping[Any, float]: ...
    @property
    def beat(self) -> str | None: ...
    @property
    def on_tie(self) -> str: ...


class _Measured(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def means(self) -> Mapping[str, float]: ...
    @property
    def against(self) -> str: ...
    @property
    def gain(self) -> Interval: ...
    @property
    def minimum(self) -> float | None: ...
    @property
    def decides(self) -> bool: ...
    @property
    def shortfall(self) -> float: ...


def counted(number: int, noun: str) -> str:
    """`1 record`, `2 records`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def verdict_of(
    measured: Sequence[_Measured], contest: str, goals: _Goals, *, records: int, fewest: int
) -> str:
    """The decision in sentences, with the numbers that made it."""
    if not measured:
        return _nothing_to_compare(goals)
    deciding = [each for each in measured if each.decides]
    short = [each for each in measured if each.shortfall]
    sentences = [
        f"On {counted(records, 'test record')} the custom model "
        f"{_CONTESTS[contest].format(opponent=NAMES[deciding[0].against])}: "
        f"{'; '.join(map(_numbers, deciding))}.",
        *([_FIRST_MODEL] if goals.beat == "champion" and deciding[0].against == "base" else []),
        *map(_below_minimum, short),
        *_size_of_test_set(records, deciding, fewest),
        *_decision(contest, goals, bool(short)),
    ]
    return " ".join(sentences)


def not_labelled(names: Sequence[str]) -> str:
    """Why metrics of labelled tasks that the recipe names could not be measured."""
    return (
        f"The recipe asks for {' and '.join(names)} (evaluation.metrics), but the completions of "
        "the test set are too many or too long to be labels: name rouge_l, chrf or exact_match "
        "instead, or drop a labelled dataset."
    )


_FIRST_MODEL = "There is no champion to compare it with, so the base model is what it has to beat."


def _nothing_to_compare(goals: _Goals) -> str:
    nothing = "There is no test record that every model answered, so the models were not compared."
    if not goals.metrics and goals.beat is None:
        return nothing
    return (
        f"{nothing} The recipe asks for a comparison (evaluation.metrics or evaluation.beat): "
        "give a test set (data.test_share, or a file named by a run request)."
    )


def _numbers(measured: _Measured) -> str:
    mine, theirs = measured.means["custom"], measured.means[measured.against]
    gain = measured.gain
    return (
        f"{measured.name} {mine:.3f} against {theirs:.3f} "
        f"({gain.mean:+.3f}, 95% interval {gain.low:+.3f} to {gain.high:+.3f})"
    )


def _below_minimum(measured: _Measured) -> str:
    return (
        f"{measured.name} {measured.means['custom']:.3f} is {measured.shortfall:.3f} below the "
        f"recipe's minimum of {measured.minimum:g} (evaluation.metrics)."
    )


def _size_of_test_set(records: int, deciding: Sequence[_Measured], fewest: int) -> list[str]:
    if records < fewest:
        return [f"That is too few to tell models apart: it takes at least {fewest} test records."]
    if records < _SMALL_TEST_SET:
        widest = max((each.gain.high - each.gain.low) / 2 for each in deciding)
        small = "The test set is small"
        unseen = f": differences below {widest:.3f} cannot be seen with it"
        return [f"{small}{unseen if widest >= _SHOWN_FROM else ''}."]
    return []


def _decision(contest: str, goals: _Goals, is_short: bool) -> list[str]:
    remedies = "Try more or more varied records, other hyperparameters, or another base model."
    if is_short or (goals.beat and contest == "lost"):
        return [remedies]
    if goals.beat is None:
        return ["The recipe asks for no model to be beaten."]
    if contest == "won":
        return []
    if goals.on_tie == "promote":
        return ["The recipe promotes on a tie (evaluation.on_tie: promote)."]
    return [
        "The recipe keeps what is in service on a tie (evaluation.on_tie: keep). Try a larger test "
        f"set, which narrows the interval, or a better dataset: {remedies[4:]}"
    ]
