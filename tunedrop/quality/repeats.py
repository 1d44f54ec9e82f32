"""Data that were found once, found again where nothing but their own signs tells them.

A word before it makes a number a citizen's and a text a password; elsewhere the same stands alone.
What is short or a plain word is not looked for, because texts hold it for other reasons, too.
"""

import re
from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice

from tunedrop.quality.finding_data import Found, plain
from tunedrop.quality.personal_data import SECRET_KINDS

FEWEST_DIGITS, FEWEST_SIGNS = 9, 7

_FORMATTING = re.compile(r"[\s()./-]+")
_DIGITS, _WORDS = re.compile(r"[0-9]+"), re.compile(r"[A-Za-z0-9]+")
_NUMBERS = re.compile(rf"[0-9](?:[ ().+/-]{{0,3}}[0-9]){{{FEWEST_DIGITS - 1},}}")
_AROUND = ".,:;!?"
# As code is named: what is assigned to a token is often a function.
_NAME = re.compile(r"[A-Za-z]+(?:[_.][A-Za-z0-9]+)+")
_UNFORMATTED = frozenset({"email", "ip-address"})


class Repeats:
    """Knows data by their digests; of those that it looks for also how long they are, and a hash of
    their longest word.
    """

    def __init__(self) -> None:
        self._kinds: dict[bytes, str] = {}
        self._digits: set[int] = set()
        self._words: dict[int, set[tuple[int, int]]] = {}

    @property
    def any(self) -> bool:
        """Whether anything is looked for."""
        return bool(self._digits or self._words)

    def learn(self, kind: str, datum: str) -> tuple[bytes, str]:
        """What names a datum however it is written, and the kind that it was first found as."""
        bare = _bare(kind, datum)
        key = _digest(bare)
        if key not in self._kinds:
            self._kinds[key] = kind
            if _DIGITS.fullmatch(bare):
                self._digits.add(len(bare))
            elif kind in SECRET_KINDS and _is_telling(bare):
                word = max(_WORDS.finditer(bare), key=lambda each: len(each[0]))
                self._words.setdefault(hash(word[0]), set()).add((word.start(), len(bare)))
        return key, self._kinds[key]

    def find(self, text: str) -> Iterator[Found]:
        """Every place at which a known datum stands; they may overlap."""
        if self._digits:
            for run in _NUMBERS.finditer(simple := plain(text)):
                yield from self._numbers(simple, *run.span())
        if not self._words.keys().isdisjoint(map(hash, _WORDS.findall(text))):
            for word in _WORDS.finditer(text):
                for before, size in self._words.get(hash(word[0]), ()):
                    start = max(0, word.start() - before)
                    yield from self._known(text[start : start + size], start, start + size)

    def _numbers(self, text: str, start: int, end: int) -> Iterator[Found]:
        """Neighbouring groups of digits that together are a known number."""
        groups = list(_DIGITS.finditer(text, start, end))
        longest = max(self._digits)
        for first, group in enumerate(groups):
            digits = ""
            for last in islice(groups, first, None):
                digits += last[0]
                if len(digits) > longest:
                    break
                if len(digits) in self._digits and len(digits) >= FEWEST_DIGITS:
                    yield from self._known(digits, group.start(), last.end())

    def _known(self, bare: str, start: int, end: int) -> Iterator[Found]:
        if kind := self._kinds.get(_digest(bare)):
            yield Found(kind=kind, strength="hint", start=start, end=end)


def _bare(kind: str, datum: str) -> str:
    """Without formatting, where the kind has any; in secrets every sign but a last stop counts."""
    if kind in SECRET_KINDS:
        return datum.rstrip(_AROUND) or datum
    if kind in _UNFORMATTED:
        return datum.casefold()
    bare = _FORMATTING.sub("", plain(datum)).casefold()
    digits = bare.removeprefix("+")
    return digits if _DIGITS.fullmatch(digits) else bare


def _is_telling(secret: str) -> bool:
    """Whether a secret stands in a text for no other reason than being meant."""
    has_digit = any(map(str.isdigit, secret))
    return len(secret) >= FEWEST_SIGNS and has_digit and not _NAME.fullmatch(secret)


def _digest(bare: str) -> bytes:
    return blake2b(bare.encode(), digest_size=16).digest()
