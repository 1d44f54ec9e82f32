"""Signs of personal data and secrets in a whole block at once, so that few texts are read."""

from functools import lru_cache

import numpy as np

from tunedrop.quality.block import Bytes, Counts, Flags, TextBlock, word_key
from tunedrop.quality.personal_data import Sign

_STREET_WORDS = ["street", "st", "avenue", "ave", "road", "rd", "boulevard", "blvd", "lane", "ln", "drive", "dr", "court", "ct", "place", "pl", "square", "sq", "terrace", "way", "parkway", "pkwy", "circle", "cir", "highway", "hwy", "close", "crescent", "gardens", "grove", "mews", "rue", "bd", "chemin", "allée", "impasse", "quai", "route", "cours", "calle", "avenida", "avda", "plaza", "paseo", "via", "viale", "piazza", "corso", "largo", "box", "straße", "strasse", "weg", "platz", "allee", "ring", "c"]
_SECRET_WORDS = ["password", "passwd", "passphrase", "pwd", "secret", "token", "key", "apikey", "api_key", "auth_key", "authkey", "access_key", "secret_key", "access_token", "auth_token", "client_secret", "api_token", "db_password"]
_STREET_ENDINGS = ("straße", "strasse", "str", "weg", "platz", "allee", "gasse", "ring", "damm",
                   "ufer", "straat", "laan", "plein", "gracht", "kade")  # fmt: skip
_STREET, _SECRET = 1, 2
_FEWEST_DIGITS, _WITHIN = 6, 16
_LONGEST_HOUSE_NUMBER = 7
_WORDS_TO_THE_NUMBER = 12
_RUN = 16


def signs(block: TextBlock) -> Counts:
    """The `Sign` flags of each record."""
    data, found = block.bytes, np.zeros(len(block), np.int64)
    digits = (data - np.uint8(ord("0"))) < 10  # noqa: PLR2004
    places = {
        Sign.AT: np.flatnonzero(data == ord("@")),
        Sign.DIGITS: _dense(digits),
        Sign.DOTTED: _dotted(data, digits),
        Sign.COLONS: _colons(data),
        Sign.LONG_RUN: _long_runs(block),
        Sign.DASHES: _dashes(block.lowered),
    }
    kinds = _keywords()[(block.words & np.uint64(0xFFFF)).astype(np.int64)]
    places[Sign.STREET] = _streets(block, kinds, digits)
    places[Sign.SECRET_WORD] = block.starts[np.flatnonzero(kinds & _SECRET)]
    for sign, positions in places.items():
        found[block.records_at(positions)] |= int(sign)
    return found


def _dense(digits: Flags) -> Counts:
    """Where the last of many digits close together stands."""
    places = np.flatnonzero(digits)
    ahead = places[_FEWEST_DIGITS - 1 :]
    return ahead[ahead - places[: len(ahead)] < _WITHIN]


def _close(places: Counts, count: int, within: int) -> Counts:
    """Where the last of `count` places lies at most `within` behind the first."""
    last = places[count - 1 :]
    return last[last - places[: len(last)] <= within]


def _dotted(data: Bytes, digits: Flags) -> Counts:
    dots = np.flatnonzero(data[1:-1] == ord(".")) + 1
    return _close(dots[digits[dots - 1] & digits[dots + 1]], 3, 8)


def _colons(data: Bytes) -> Counts:
    colons = np.flatnonzero(data == ord(":"))
    return _close(colons, 3, 11)


def _long_runs(block: TextBlock) -> Counts:
    """Where a run of letters, digits and the signs _ - / + has become long."""
    data = block.bytes
    signs_within = np.isin(data, np.frombuffer(b"-/+", np.uint8))
    outside = np.flatnonzero(((block.classes != 1) | (data >= 0x80)) & ~signs_within)  # noqa: PLR2004
    return outside[np.diff(outside, prepend=-1) > _RUN] - 1


def _dashes(data: bytes) -> Counts:
    places = []
    place = data.find(b"-----begin ")
    while place >= 0:
        places.append(place)
        place = data.find(b"-----begin ", place + 1)
    return np.array(places, np.int64)


def _streets(block: TextBlock, kinds: Bytes, digits: Flags) -> Counts:
    """Where a street's word stands near a short number, or a word with a street's ending before."""
    starts = block.starts
    numbers = np.flatnonzero(digits[starts] & (block.lengths <= _LONGEST_HOUSE_NUMBER))
    words = np.flatnonzero(kinds & _STREET)
    if len(numbers) == 0:
        return numbers
    after = np.searchsorted(numbers, words)
    behind = words - numbers[np.maximum(after - 1, 0)]
    ahead = numbers[np.minimum(after, len(numbers) - 1)] - words
    near = (np.abs(behind) <= _WORDS_TO_THE_NUMBER) | (np.abs(ahead) <= _WORDS_TO_THE_NUMBER)
    return np.concatenate([starts[words[near]], starts[_compound_streets(block, numbers)]])


def _compound_streets(block: TextBlock, numbers: Counts) -> Counts:
    """The numbers that follow a word with a street's ending, or its abbreviation and a dot."""
    found = []
    ends = block.starts + block.lengths
    for number in numbers[numbers > 0].tolist():
        last = ends[number - 1]
        if (
            block.lowered[last - 8 : last]
            .rstrip(b".")
            .decode("utf-8", "ignore")
            .endswith(_STREET_ENDINGS)
        ):
            found.append(number)
    return np.array(found, np.int64)


@lru_cache(maxsize=1)
def _keywords() -> Bytes:
    """Which words mean streets or secrets, by the low bits of their hashes."""
    table = np.zeros(1 << 16, np.uint8)
    for words, kind in ((_STREET_WORDS, _STREET), (_SECRET_WORDS, _SECRET)):
        for word in words:
            table[word_key(word) & 0xFFFF] |= kind
    return table
