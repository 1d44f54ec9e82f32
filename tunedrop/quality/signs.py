"""Signs of personal data and secrets in a whole block at once, so that little text is read."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np

from tunedrop.quality.block import Bytes, Counts, Flags, TextBlock, word_keys
from tunedrop.quality.personal_data import Sign, Spot

_STREET_WORDS = """
    street st avenue ave road rd boulevard blvd lane ln drive dr court ct place pl square sq
    terrace way parkway pkwy circle cir highway hwy close crescent gardens grove mews rue bd
    chemin allée impasse quai route cours calle avenida avda plaza paseo via viale piazza corso
    largo box straße strasse weg platz allee ring c
"""
_WORDS_FOR_SECRETS = """
    password passwd passphrase pwd secret token key apikey api_key auth_key authkey access_key
    secret_key access_token auth_token client_secret api_token db_password authorization
"""
_SEPARATORS = ": = is"
_STREET_ENDINGS = """
    straße strasse str weg platz allee gasse ring damm ufer straat laan plein gracht kade
"""
_STREET, _SECRET, _SEPARATOR = 1, 2, 4
_MANY, _WITHIN = 9, 17
_FEW, _CLOSE = 6, 12
_CELL = 16
_LONGEST_HOUSE_NUMBER = 7
_WORDS_TO_THE_NUMBER = 8
_RUN, _FULL = 16, 0x01010101
_IN_RUNS = b"-/+"
# A fixed beginning and few letters behind it: one such key in thirty has no digit.
_FIRST_LETTERS = np.frombuffer(
    b"akiaasiaabiaaccask_lsk_trk_lrk_tghp_gho_ghu_ghs_ghr_aizanpm_glpa", "<u4"
)
_THREE_LETTERS, _HUGGING_FACE = 0xFFFFFF, int.from_bytes(b"hf_", "little")


def spots(block: TextBlock) -> Iterator[tuple[int, list[Spot]]]:
    """For each prompt and completion that bears signs its place in the block, and where they are.

    Fields are numbered prompt, completion, prompt, ...; places are characters of the text.
    """
    found = [(int(sign), *spans) for sign, spans in _places(block).items()]
    signs = np.concatenate([np.full(len(starts), sign) for sign, starts, _ in found])
    starts, ends = (np.concatenate([each[column] for each in found]) for column in (1, 2))
    order = np.lexsort((starts, signs))
    signs, starts, ends = signs[order], starts[order], ends[order]
    fields = np.searchsorted(block.field_ends, starts)
    begins = np.concatenate([np.zeros(1, np.int64), block.field_ends + 1])
    begins, starts, ends = (block.characters(each) for each in (begins, starts, ends))
    begins = begins[fields]
    rows = (each.tolist() for each in (fields, signs, starts - begins, ends - begins))
    by_field: dict[int, list[Spot]] = {}
    for field, sign, start, end in zip(*rows, strict=True):
        by_field.setdefault(field, []).append((sign, start, end))
    yield from sorted(by_field.items())


def _places(block: TextBlock) -> Mapping[Sign, tuple[Counts, Counts]]:
    data = block.bytes
    is_digit = data - np.uint8(ord("0")) < 10  # noqa: PLR2004
    digits = np.flatnonzero(is_digit)
    kinds = _keywords()[(block.words & np.uint64(0xFFFF)).astype(np.int64)]
    at_once = {
        Sign.AT: np.flatnonzero(data == ord("@")),
        Sign.DIGITS: _one_per_cell(_close(digits, _MANY, _WITHIN)),
        Sign.FEW_DIGITS: _one_per_cell(_close(digits, _FEW, _CLOSE)),
        Sign.DOTTED: _one_per_cell(_dotted(data, is_digit)),
        Sign.COLONS: _one_per_cell(_close(np.flatnonzero(data == ord(":")), 3, 12)),
        Sign.STREET: _streets(block, kinds, is_digit),
        Sign.SECRET_WORD: _secret_words(block, kinds),
        Sign.DASHES: _dashes(block.lowered),
    }
    places = {sign: (where, where + 1) for sign, where in at_once.items()}
    places[Sign.LONG_RUN] = _long_runs(block, digits)
    return places


def _close(places: Counts, count: int, within: int) -> Counts:
    """The last of each `count` places that lie within so many bytes."""
    last = places[count - 1 :]
    crowded: Counts = last[last - places[: len(last)] < within]
    return crowded


def _one_per_cell(places: Counts) -> Counts:
    """Places that crowd together, thinned to one in sixteen bytes; windows reach over that."""
    cells = places // _CELL
    thinned: Counts = places[np.diff(cells, prepend=-1) != 0]
    return thinned


def _dotted(data: Bytes, is_digit: Flags) -> Counts:
    dots = np.flatnonzero(data[1:-1] == ord(".")) + 1
    return _close(dots[is_digit[dots - 1] & is_digit[dots + 1]], 3, 9)


def _long_runs(block: TextBlock, digits: Counts) -> tuple[Counts, Counts]:
    """Where long runs of letters, digits and _ - / + begin and end, if they may be a token.

    Those hold a digit, unless they are as short as the keys whose first letters tell them, or
    follow a digit and a colon.
    """
    starts, ends = _runs(block)
    long_ones = ends - starts >= _RUN
    starts, ends = starts[long_ones], ends[long_ones]
    telling = np.searchsorted(digits, starts) < np.searchsorted(digits, ends)
    first = np.frombuffer(block.lowered + bytes(4), np.uint8)[starts[:, None] + np.arange(4)]
    letters = np.ascontiguousarray(first).view("<u4").ravel()
    telling |= np.isin(letters, _FIRST_LETTERS) | (letters & _THREE_LETTERS == _HUGGING_FACE)
    is_colon = block.bytes[starts - 1] == ord(":")
    telling |= is_colon & (block.bytes[starts - 2] - np.uint8(ord("0")) < 10)  # noqa: PLR2004
    return starts[telling], ends[telling]


def _runs(block: TextBlock) -> tuple[Counts, Counts]:
    """All runs that fill three of the block's fours of bytes, and so every long one."""
    inside = (block.classes == 1) & (block.bytes < 0x80)  # noqa: PLR2004
    for sign in _IN_RUNS:
        inside |= block.bytes == sign
    inside = np.concatenate([inside, np.zeros(8 - len(inside) % 4, np.bool_)])
    full = np.concatenate([[False], inside.view("<u4") == _FULL, [False]])
    edges = np.flatnonzero(full[1:] != full[:-1]).reshape(-1, 2)
    edges = 4 * edges[edges[:, 1] - edges[:, 0] >= 3]  # noqa: PLR2004
    starts, ends = edges[:, 0], edges[:, 1]
    for _ in range(3):
        starts = starts - (inside[starts - 1] & (starts > 0))
        ends = ends + inside[ends]
    return starts, ends


def _secret_words(block: TextBlock, kinds: Bytes) -> Counts:
    """Words for secrets with a sign of assignment among the three words behind."""
    ahead = np.zeros(len(kinds) + 3, np.uint8)
    ahead[: len(kinds)] = kinds & _SEPARATOR
    assigned = (kinds & _SECRET != 0) & ((ahead[1:-2] | ahead[2:-1] | ahead[3:]) != 0)
    return block.starts[np.flatnonzero(assigned)]


def _dashes(data: bytes) -> Counts:
    places = []
    place = data.find(b"-----begin ")
    while place >= 0:
        places.append(place)
        place = data.find(b"-----begin ", place + 1)
    return np.array(places, np.int64)


def _streets(block: TextBlock, kinds: Bytes, is_digit: Flags) -> Counts:
    """Street words near a short number, and numbers behind a word with a street's ending."""
    starts = block.starts
    numbers = np.flatnonzero(is_digit[starts] & (block.lengths <= _LONGEST_HOUSE_NUMBER))
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
    data, after = block.lowered, numbers[numbers > 0]
    ends = (block.starts + block.lengths)[after - 1]
    last = block.bytes[ends - 1]
    possible = np.flatnonzero(np.isin(last, _LAST_BYTES) & (block.starts[after] - ends <= 1))
    endings = tuple(each.encode() for each in _STREET_ENDINGS.split())
    found = [
        place
        for place in possible.tolist()
        if data[max(0, ends[place] - 9) : ends[place]].rstrip(b".").endswith(endings)
    ]
    return after[np.array(found, np.int64)]


_LAST_BYTES = np.array(
    sorted({each.encode()[-1] for each in _STREET_ENDINGS.split()} | {ord(".")}), np.uint8
)


@lru_cache(maxsize=1)
def _keywords() -> Bytes:
    """Which words mean streets, secrets or assignments, by the low bits of their hashes."""
    table = np.zeros(1 << 16, np.uint8)
    groups = ((_STREET_WORDS, _STREET), (_WORDS_FOR_SECRETS, _SECRET), (_SEPARATORS, _SEPARATOR))
    for words, kind in groups:
        slots = (word_keys(words.split()) & np.uint64(0xFFFF)).astype(np.int64)
        table[slots] |= kind
    return table
