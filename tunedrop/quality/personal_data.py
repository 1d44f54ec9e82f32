"""Everything confidential in a text: personal data and secrets, with their places."""

import re
from collections.abc import Iterator
from enum import IntFlag

from tunedrop.quality.contact_data import CARD, EMAIL, IBAN, IPS, PHONES
from tunedrop.quality.finding_data import Detector, Found, windows, without_overlaps
from tunedrop.quality.national_ids import NATIONAL_IDS
from tunedrop.quality.postal_addresses import POSTAL_ADDRESSES
from tunedrop.quality.secrets import ASSIGNED, PRIVATE_KEY, TOKENS, URL_PASSWORD


class Sign(IntFlag):
    """What in a text calls for a closer look; `quality.signs` sees them in whole blocks."""

    AT = 1
    DIGITS = 2
    DOTTED = 4
    COLONS = 8
    STREET = 16
    LONG_RUN = 32
    SECRET_WORD = 64
    DASHES = 128


EVERY_SIGN = ~Sign(0)
SECRET_KINDS = frozenset(each.kind for each in (*TOKENS, PRIVATE_KEY, URL_PASSWORD, ASSIGNED))
PERSONAL_KINDS = frozenset(
    each.kind for each in (EMAIL, *PHONES, CARD, IBAN, *IPS, *NATIONAL_IDS, *POSTAL_ADDRESSES)
)

_AT = re.compile("@")
_NUMBER = re.compile(r"[0-9][0-9 ().,/-]{2,}")
_HOUSE_NUMBER = re.compile(r"[0-9]{1,7}")
_RUN = re.compile(r"[A-Za-z0-9_/+-]{16,}")
_SECRET_WORD = re.compile(r"[PSTKpstk](?i:ass|wd|ecret|oken|ey)")
_NUMBERS = (*PHONES, CARD, IBAN, *NATIONAL_IDS)
# How far a datum reaches before and behind what gives it away; a window cuts none in two.
_REACH: tuple[tuple[Sign, re.Pattern[str], int, int, tuple[Detector, ...]], ...] = (
    (Sign.AT, _AT, 300, 300, (EMAIL, URL_PASSWORD)),
    (Sign.DIGITS, _NUMBER, 48, 48, _NUMBERS),
    (Sign.STREET, _HOUSE_NUMBER, 80, 160, POSTAL_ADDRESSES),
    (Sign.LONG_RUN, _RUN, 64, 128, TOKENS),
    (Sign.SECRET_WORD, _SECRET_WORD, 16, 256, (ASSIGNED,)),
)


def find(text: str, signs: Sign = EVERY_SIGN) -> list[Found]:
    """Personal data and secrets in text order, none overlapping another.

    `signs` says what to look for at all; the signs of a text are known where it was in a block.
    """
    return without_overlaps(_all(text, signs))


def _all(text: str, signs: Sign) -> Iterator[Found]:
    for sign, anchor, before, after, detectors in _REACH:
        if sign in signs:
            for start, end in windows(anchor, text, before, after):
                for detector in detectors:
                    yield from detector.find(text, start, end)
    for sign, others in (
        (Sign.DOTTED, IPS[:1]),
        (Sign.COLONS, IPS[1:]),
        (Sign.DASHES, (PRIVATE_KEY,)),
    ):
        if sign in signs:
            for detector in others:
                yield from detector.find(text)
