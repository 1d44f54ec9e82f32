"""Everything confidential in a text: personal data and secrets, with their places."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import compress

from tunedrop.quality.contact_data import CARD, EMAIL, IBAN, IPS, PHONES
from tunedrop.quality.finding_data import Detector, Found, joined_windows, plain, without_overlaps
from tunedrop.quality.national_ids import NATIONAL_IDS
from tunedrop.quality.postal_addresses import POSTAL_ADDRESSES
from tunedrop.quality.secrets import (
    ASSIGNED,
    AUTHORIZATION,
    PRIVATE_KEY,
    TOKEN_STARTS,
    TOKENS,
    URL_PASSWORD,
)


class Sign(IntEnum):
    """What in a text calls for a closer look; `quality.signs` sees them in whole blocks."""

    AT = 0
    DIGITS = 1
    FEW_DIGITS = 2
    DOTTED = 3
    COLONS = 4
    STREET = 5
    LONG_RUN = 6
    SECRET_WORD = 7
    DASHES = 8


Spot = tuple[int, int, int]

SECRET_KINDS = frozenset(
    each.kind for each in (*TOKENS, PRIVATE_KEY, URL_PASSWORD, AUTHORIZATION, ASSIGNED)
)
PERSONAL_KINDS = frozenset(
    each.kind for each in (EMAIL, *PHONES, CARD, IBAN, *IPS, *NATIONAL_IDS, *POSTAL_ADDRESSES)
)

_OF_FEW_DIGITS = ("uk-nino", "es-dni", "es-nie", "it-codice-fiscale")
_FEW_DIGITS = tuple(each for each in NATIONAL_IDS if each.kind in _OF_FEW_DIGITS)
_MANY_DIGITS = tuple(each for each in NATIONAL_IDS if each.kind not in _OF_FEW_DIGITS)
_NOTHING_NEEDED = re.compile("")
_LONG_NUMBERS = (CARD, *_MANY_DIGITS, *PHONES[:-2], PHONES[-1])
# Nine digits with no more between them than numbers are written with; a group for each detector
# tells whether its datum may begin here.
_LONG_NUMBER = re.compile(
    r"[0-9+(](?<!\w[0-9+(])(?=[+(AB]?[ \t().+/-]{0,3}(?:[0-9][AB]?[ \t().+/-]{0,3}){8})"
    + "".join(f"(?:(?<=(?=({each.pattern.pattern})).))?" for each in _LONG_NUMBERS)
)
_ACCOUNT = re.compile(r"(?<!\w)[A-Za-z]{2}[0-9]{2}[ -]?[A-Za-z0-9]{4}")
_SHORT_NUMBER = re.compile(
    r"(?<!\w)(?:[A-Za-z]{2}(?: ?[0-9]{2}){3} ?[A-Da-d](?!\w)|[2-9][0-9]{2}[-. ]?[0-9]{4}(?!\w)"
    r"|[0-9]{8}[ -]?[A-Z]|[XYZ][ -]?[0-9]{7}[ -]?[A-Z]|[A-Z]{3} ?[A-Z]{3} ?[0-9]{2}[A-Z])"
)


@dataclass(frozen=True, kw_only=True)
class _Search:
    """What a sign calls for: how far a datum may reach around it, and who looks for it there.

    `anchor` finds the sign in a text that was in no block. `needed` must occur in the window;
    `begin` tells where data may begin in it, if not anywhere; its groups, if any, whose.
    """

    anchor: re.Pattern[str]
    before: int
    after: int
    detectors: tuple[Detector, ...]
    needed: re.Pattern[str] = _NOTHING_NEEDED
    begin: re.Pattern[str] | None = None


def _search(
    anchor: str,
    before: int,
    after: int,
    *detectors: Detector,
    needed: re.Pattern[str] = _NOTHING_NEEDED,
    begin: re.Pattern[str] | None = None,
) -> _Search:
    return _Search(
        anchor=re.compile(anchor),
        before=before,
        after=after,
        detectors=detectors,
        needed=needed,
        begin=begin,
    )


_NAMES_OF_ASSIGNED = (
    r"[PSTApsta](?i:ass(?:word|wd|phrase)|wd|ecret|oken|pi[_-]?key|uth[_-]?key|uthorization)"
)
_BEGIN_OF_ASSIGNED = re.compile(_NAMES_OF_ASSIGNED)
_MANY = r"[0-9](?:[^0-9]{0,3}[0-9]){8,}"
_SEARCHES: dict[int, tuple[_Search, ...]] = {
    Sign.AT: (
        _search("@", 70, 200, EMAIL),
        _search("@", 160, 200, URL_PASSWORD, needed=re.compile("://")),
    ),
    Sign.DIGITS: (
        _search(_MANY, 56, 56, *_LONG_NUMBERS, begin=_LONG_NUMBER),
        _search(_MANY, 56, 56, IBAN, needed=_ACCOUNT),
    ),
    Sign.FEW_DIGITS: (
        _search(
            r"[0-9](?:[^0-9]{0,3}[0-9]){5,}",
            32,
            32,
            PHONES[-2],
            *_FEW_DIGITS,
            needed=_SHORT_NUMBER,
        ),
    ),
    Sign.DOTTED: (_search(r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]", 24, 40, IPS[0]),),
    Sign.COLONS: (_search(":", 56, 72, IPS[1]),),
    Sign.STREET: (_search(r"[0-9]{1,7}", 120, 160, *POSTAL_ADDRESSES),),
    Sign.LONG_RUN: (_search(r"[A-Za-z0-9_/+-]{16,}", 64, 100, *TOKENS, needed=TOKEN_STARTS),),
    Sign.SECRET_WORD: (
        _search(_NAMES_OF_ASSIGNED, 12, 24, AUTHORIZATION, ASSIGNED, begin=_BEGIN_OF_ASSIGNED),
    ),
    Sign.DASHES: (_search("-----BEGIN ", 0, 1 << 20, PRIVATE_KEY),),
}


def find(text: str) -> list[Found]:
    """Personal data and secrets in text order, none overlapping another."""
    text = plain(text)
    return without_overlaps(
        found
        for searches in _SEARCHES.values()
        for search in searches
        for found in _looked_at(text, search, (m.span() for m in search.anchor.finditer(text)))
    )


def find_near(text: str, spots: Sequence[Spot]) -> list[Found]:
    """The same for a text whose signs are known: each with its first character and its end."""
    text = plain(text)
    by_sign: dict[int, list[tuple[int, int]]] = {}
    for sign, start, end in spots:
        by_sign.setdefault(sign, []).append((start, end))
    return without_overlaps(
        found
        for sign, spans in by_sign.items()
        for search in _SEARCHES[sign]
        for found in _looked_at(text, search, spans)
    )


def detectors() -> list[Detector]:
    """All of them."""
    return [each for group in _SEARCHES.values() for search in group for each in search.detectors]


def _looked_at(text: str, search: _Search, spans: Iterable[tuple[int, int]]) -> Iterator[Found]:
    for start, end in joined_windows(spans, search.before, search.after, len(text)):
        if search.begin is not None:
            for begin in search.begin.finditer(text, start, end):
                shapes = begin.groups()
                likely = compress(search.detectors, shapes) if shapes else search.detectors
                for detector in likely:
                    yield from detector.find_at(text, begin.start())
        elif search.needed is _NOTHING_NEEDED or search.needed.search(text, start, end):
            for detector in search.detectors:
                yield from detector.find(text, start, end)
