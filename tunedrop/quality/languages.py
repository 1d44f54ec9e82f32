"""Languages by their script and their most frequent words; short texts stay undecided."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tunedrop.quality.block import Counts, Hashes, TextBlock, word_keys

_STOP_WORDS = {
    "en": "the and of to is in that it for was with on as are this be have not you he she "
    "they we from or by what which his her there been has had would will do",
    "de": "der die das und ist nicht ein eine zu den mit von auf für im dem sich auch es an "
    "wie wird sind ich sie er wir bei einen hat kann noch nur",
    "fr": "le la les et est des une un du en que qui dans pour pas sur au avec ce il elle "
    "nous vous par plus sont ne cette je mais ou",
    "es": "el la los las y es una un de que en por con para no se del al lo su más como pero "
    "este está son hay yo muy",
    "it": "il la di che è un una per non con sono del della le gli nel si da dei anche come "
    "più ma questo io alla lo ha",
    "pt": "o a os as e é um uma de que em por com para não se do da no na dos mais como mas "
    "foi ao eu você são",
    "nl": "de het een en van is dat niet op te in voor met zijn aan er ook als maar om bij "
    "naar wordt ik je hij door deze",
    "sv": "och att det som en på är av för med den till inte om ett men jag har de var så kan från",
    "da": "og at det som en på er af for med den til ikke om et men jeg har de var så kan fra der",
    "pl": "w i na z się nie do to jest że o jak po co dla od ale czy przez są tym być ma jego już",
    "tr": "ve bir bu da de için ile ne çok daha gibi olan olarak ben sen var en kadar sonra "
    "ama o mi",
    "id": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena "
    "ada bisa oleh atau adalah kami",
    "ru": "и в не на что я с он как это по но она к у же за бы из мы вы для от так все",  # noqa: RUF001
}
LANGUAGES = tuple(_STOP_WORDS)
# By the first byte of a character in UTF-8.
_SCRIPTS = {
    "el": (0xCE, 0xCF),
    "ru": (0xD0, 0xD1),
    "he": (0xD7,),
    "ar": (0xD8, 0xD9),
    "hi": (0xE0,),
    "ja": (0xE3,),
    "zh": (0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9),
    "ko": (0xEA, 0xEB, 0xEC, 0xED),
}
CODES = (*LANGUAGES, *(each for each in _SCRIPTS if each not in LANGUAGES))
UNDECIDED = -1

_LANES = 8
_LANE_BITS = 8
# As many as a lane counts; what a text is in shows in its beginning.
_WORDS_LOOKED_AT = 255
_LANE = np.uint64((1 << _LANE_BITS) - 1)
_FEWEST_WORDS = 4
_LEAD = 1.3
_SCRIPT_SHARE = 0.15

Languages = NDArray[np.int8]


def languages(block: TextBlock) -> Languages:
    """The language of each prompt and completion as its place in `CODES`."""
    counts = _stop_words(block)
    best = counts.argmax(axis=1)
    ranked = np.partition(counts, -2, axis=1)
    top, second = ranked[:, -1], ranked[:, -2]
    decided = (top >= _FEWEST_WORDS) & (top >= _LEAD * second)
    found = np.where(decided, best, UNDECIDED).astype(np.int8)
    if not block.lowered.isascii():
        _decide_by_script(block, found)
    return found


def _stop_words(block: TextBlock) -> Counts:
    """A row per field, a column per language; eight bits per count, several in one number."""
    rows = len(block.field_ends)
    slots = (block.words & np.uint64(0xFFFF)).astype(np.int64)
    counts = np.zeros((rows, len(LANGUAGES)), np.int64)
    summed = np.zeros(len(slots) + 1, np.uint64)
    begins = block.field_bounds[:-1]
    ends = np.minimum(block.field_bounds[1:], begins + _WORDS_LOOKED_AT)
    for first, table in zip(range(0, len(LANGUAGES), _LANES), _tables(), strict=True):
        np.cumsum(table[slots], out=summed[1:])
        packed = summed[ends] - summed[begins]
        for lane in range(min(_LANES, len(LANGUAGES) - first)):
            shifted = packed >> np.uint64(lane * _LANE_BITS)
            counts[:, first + lane] = (shifted & _LANE).astype(np.int64)
    return counts


@lru_cache(maxsize=1)
def _tables() -> list[Hashes]:
    tables = [np.zeros(1 << 16, np.uint64) for _ in range(0, len(LANGUAGES), _LANES)]
    for number, (_, words) in enumerate(_STOP_WORDS.items()):
        one = np.uint64(1 << (number % _LANES * _LANE_BITS))
        slots = (word_keys(words.split()) & np.uint64(0xFFFF)).astype(np.int64)
        tables[number // _LANES][slots] |= one
    return tables


def _decide_by_script(block: TextBlock, found: Languages) -> None:
    """Scripts of other alphabets tell more than words do, where they are much of the text."""
    starts = np.flatnonzero(block.bytes >= 0xC3)  # noqa: PLR2004
    fields = np.searchsorted(block.field_ends, starts)
    sizes = np.diff(block.field_ends, prepend=-1)
    leads = block.bytes[starts]
    shares = {}
    for code, first_bytes in _SCRIPTS.items():
        of_script = fields[np.isin(leads, first_bytes)]
        width = 3 if first_bytes[0] >= 0xE0 else 2  # noqa: PLR2004
        shares[code] = np.bincount(of_script, minlength=len(sizes)) * width / sizes
    for code, share in shares.items():
        found[share >= _SCRIPT_SHARE] = CODES.index(code)
    found[(shares["zh"] + shares["ja"] >= _SCRIPT_SHARE) & (shares["ja"] > 0.05)] = (  # noqa: PLR2004
        CODES.index("ja")
    )
