"""How personal data and secrets are looked for: a pattern, and what a match must fulfil."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

Strength = Literal["blocking", "hint"]
Judge = Callable[[re.Match[str]], Strength | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A datum at its place in a text. The datum itself is not kept."""

    kind: str
    strength: Strength
    start: int
    end: int


_ESCAPES = re.compile(r"\\[nrt]")
_LOOKALIKES = {
    **dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000\u200b\u200c\u200d\u2060\ufeff", " "),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
}


def plain(text: str) -> str:
    """A text of the same length with plain spaces and hyphens, and spaces for escaped white space.

    Texts that quote JSON or code have a backslash and a letter where a line ends.
    """
    if "\\" in text:
        text = _ESCAPES.sub("  ", text)
    if not text.isascii():
        for sign, usual in _LOOKALIKES.items():
            text = text.replace(sign, usual)
    return text


def surely(_match: re.Match[str]) -> Strength:
    """The pattern is proof enough."""
    return "blocking"


@dataclass(frozen=True, kw_only=True, slots=True)
class Detector:
    """Finds one kind of datum; group "datum" is what counts where the pattern holds more."""

    kind: str
    pattern: re.Pattern[str]
    judge: Judge = surely

    def find(self, text: str, start: int = 0, end: int | None = None) -> Iterable[Found]:
        """Everything of its kind between two places."""
        stop = len(text) if end is None else end
        for match in self.pattern.finditer(text, start, stop):
            if strength := self.judge(match):
                yield self._found(match, strength)

    def find_at(self, text: str, start: int) -> Iterable[Found]:
        """The datum that begins at a place, if any does."""
        match = self.pattern.match(text, start)
        strength = match and self.judge(match)
        return (self._found(match, strength),) if match and strength else ()

    def _found(self, match: re.Match[str], strength: Strength) -> Found:
        start, end = match.span("datum" if "datum" in self.pattern.groupindex else 0)
        return Found(kind=self.kind, strength=strength, start=start, end=end)


def joined_windows(
    spans: Iterable[tuple[int, int]], before: int, after: int, size: int
) -> list[tuple[int, int]]:
    """The surroundings of spans in ascending order, joined where they touch."""
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        start, end = max(0, first - before), min(size, last + after)
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def preceded_by(match: re.Match[str], words: re.Pattern[str], within: int = 40) -> bool:
    """Whether one of some words stands shortly before a match."""
    return words.search(match.string, max(0, match.start() - within), match.start()) is not None


def digits_of(match: re.Match[str]) -> str:
    """The digits of a match alone."""
    return "".join(filter(str.isdigit, match[0]))


def without_overlaps(found: Iterable[Found]) -> list[Found]:
    """In text order; of those that overlap the surer one, then the longer one stays."""
    kept: list[Found] = []
    order = list(found)
    if len(order) <= 1:
        return order
    order.sort(key=lambda f: (f.strength != "blocking", f.start - f.end, f.start))
    for each in order:
        if all(each.end <= other.start or other.end <= each.start for other in kept):
            kept.append(each)
    return sorted(kept, key=lambda f: f.start)
