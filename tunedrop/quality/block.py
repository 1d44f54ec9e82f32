"""A block of records as arrays: the bytes of its texts, its words as hashes, who owns which."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from tunedrop.quality.finding_data import plain

Bytes = NDArray[np.uint8]
Hashes = NDArray[np.uint64]
Sketch = NDArray[np.uint32]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

FIELD_END = "\x1f"
_TAIL = bytes(32)
_LOWERED_TO_TWO = ("\u0130", "i")
_WORD_BYTES = 8
_FEW_FOREIGN = 1.05
_DELETE, _BEYOND_ASCII, _TOP_TWO = 0x7F, 0x80, 0xC0
_SIGNS_OF_TWO_BYTES, _THREE_BYTES, _FOUR_BYTES = 0xC2, 0xE0, 0xF0
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_ODD = tuple(
    np.uint64(each)
    for each in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93, 0xFF51AFD7ED558CCD)
)
_HALF = np.uint64(32)
_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(9)], np.uint64)


def _class_of(byte: int) -> int:
    """0: between words. 1: inside a word. 2: a word by itself. 3: begins a word."""
    if byte <= ord(" ") or byte == _DELETE:
        return 0
    if byte < _BEYOND_ASCII:
        return 1 if chr(byte).isalnum() or byte == ord("_") else 2
    return 3 if byte >= _THREE_BYTES or byte == _SIGNS_OF_TWO_BYTES else 1


# Three- and four-byte characters (Chinese, Japanese, Korean, emoji, quotation marks) are words of
# their own, and so are « » ¿ ¡ and the others that share a first byte with them.
_CLASSES = bytes(_class_of(byte) for byte in range(256))


@dataclass(frozen=True, kw_only=True)
class TextBlock:
    """Records of prompt and completion, numbered from `first`."""

    first: int
    prompts: Sequence[str]
    completions: Sequence[str]

    def __len__(self) -> int:
        return len(self.prompts)

    @cached_property
    def lowered(self) -> bytes:
        """All texts, plain and in lower case, each followed by one `FIELD_END`: prompt, completion.

        Letters beyond ASCII are lowered where they are more than a few; each stays one character.
        """
        texts = [text for pair in zip(self.prompts, self.completions, strict=True) for text in pair]
        joined = FIELD_END.join(texts) + FIELD_END
        if joined.count(FIELD_END) != len(texts):
            joined = FIELD_END.join(text.replace(FIELD_END, " ") for text in texts) + FIELD_END
        joined = plain(joined)
        encoded = joined.encode("utf-8", "replace")
        if len(encoded) < _FEW_FOREIGN * len(joined):
            return encoded.lower()
        return joined.replace(*_LOWERED_TO_TWO).lower().encode("utf-8", "replace")

    @cached_property
    def bytes(self) -> Bytes:
        """`lowered` as an array."""
        return np.frombuffer(self.lowered, np.uint8)

    @cached_property
    def classes(self) -> Bytes:
        """Of each byte: outside words, inside, alone, or beginning one."""
        return np.frombuffer(self.lowered.translate(_CLASSES), np.uint8)

    @cached_property
    def field_ends(self) -> Counts:
        """Where each prompt and completion ends in `lowered`."""
        return np.flatnonzero(self.bytes == ord(FIELD_END))

    @cached_property
    def _within_characters(self) -> Counts:
        """The bytes that continue a character."""
        return np.flatnonzero(self.bytes & _TOP_TWO == _BEYOND_ASCII)

    def characters(self, places: Counts) -> Counts:
        """How many characters of the texts stand before each place in `lowered`."""
        if self.lowered.isascii():
            return places
        return places - np.searchsorted(self._within_characters, places)

    @cached_property
    def _starts_and_ends(self) -> tuple[Counts, Counts]:
        classes = self.classes
        begins = classes >= 2  # noqa: PLR2004
        begins[:1] |= classes[:1] == 1
        begins[1:] |= (classes[1:] == 1) & ((classes[:-1] & 1) == 0)
        if not self.lowered.isascii():
            behind = self._behind_words_of_their_own()
            begins[behind] |= classes[behind] == 1
        ends = np.ones(len(classes), np.bool_)
        ends[:-1] = begins[1:] | (classes[1:] == 0)
        ends &= classes != 0
        return np.flatnonzero(begins), np.flatnonzero(ends) + 1

    def _behind_words_of_their_own(self) -> Counts:
        """The byte behind each character that is a word."""
        leads = np.flatnonzero(self.classes == 3)  # noqa: PLR2004
        first = self.bytes[leads]
        return leads + 2 + (first >= _THREE_BYTES) + (first >= _FOUR_BYTES)

    @cached_property
    def starts(self) -> Counts:
        """Where each word begins in `lowered`; a punctuation mark is a word."""
        return self._starts_and_ends[0]

    @cached_property
    def lengths(self) -> Counts:
        """The bytes of each word."""
        starts, ends = self._starts_and_ends
        return ends - starts

    @cached_property
    def words(self) -> Hashes:
        """Each word as 64 bits; of very long ones the first 24 bytes, the last 8, the length."""
        data, starts, lengths = self.lowered + _TAIL, self.starts, self.lengths
        at = np.ndarray((len(data) - _WORD_BYTES,), np.dtype("<u8"), data, 0, (1,))
        hashed = np.take(at, starts) & _MASKS[np.minimum(lengths, 8)]
        hashed *= _ODD[0]
        for skip, odd in ((8, _ODD[1]), (16, _ODD[2])):
            longer = np.flatnonzero(lengths > skip)
            rest = _MASKS[np.minimum(lengths[longer] - skip, 8)]
            hashed[longer] ^= (np.take(at, starts[longer] + skip) & rest) * odd
        longer = np.flatnonzero(lengths > 24)  # noqa: PLR2004
        last = np.take(at, starts[longer] + lengths[longer] - _WORD_BYTES)
        hashed[longer] ^= last * _ODD[3]
        return mixed(hashed + lengths.astype(np.uint64))

    @cached_property
    def field_bounds(self) -> Counts:
        """Words of field i are those from bound i to bound i + 1."""
        ends = np.searchsorted(self.starts, self.field_ends)
        return np.concatenate([np.zeros(1, np.int64), ends])

    @property
    def bounds(self) -> Counts:
        """Words of record i are those from bound i to bound i + 1."""
        return self.field_bounds[::2]

    @cached_property
    def field_keys(self) -> Hashes:
        """One key per prompt and completion: the same for the same words in the same order."""
        powers, inverses = _powers(len(self.words) + 1)
        summed = np.zeros(len(self.words) + 1, np.uint64)
        np.cumsum(self.words * powers[:-1], out=summed[1:])
        bounds = self.field_bounds
        keys = (summed[bounds[1:]] - summed[bounds[:-1]]) * inverses[bounds[:-1]]
        return mixed(keys + np.diff(bounds).astype(np.uint64))

    @cached_property
    def keys(self) -> Hashes:
        """One key per record."""
        prompts, completions = self.field_keys[::2], self.field_keys[1::2]
        return mixed(prompts * _GOLDEN + completions)


def mixed(values: Hashes) -> Hashes:
    """Each value with its bits spread over all 64."""
    spread = values >> _HALF
    spread ^= values
    spread *= _GOLDEN
    spread ^= spread >> np.uint64(29)
    spread *= _ODD[0]
    spread ^= spread >> _HALF
    return spread


def distinct(keys: Counts) -> Counts:
    """In ascending order; `np.unique` hashes, which is slower than to sort numbers."""
    keys = np.sort(keys)
    fresh = np.ones(len(keys), np.bool_)
    fresh[1:] = keys[1:] != keys[:-1]
    return keys[fresh]


def word_keys(words: Sequence[str]) -> Hashes:
    """What `TextBlock.words` holds for each of some words."""
    block = TextBlock(first=0, prompts=words, completions=("",) * len(words))
    if len(block.words) != len(words):
        raise ValueError(f"{len(words)} words are given that are {len(block.words)} in a text")
    return block.words


def _powers(count: int) -> tuple[Hashes, Hashes]:
    """Powers of an odd number and of its inverse modulo 2^64, from the power 0."""
    room = 1 << max(count - 1, 1 << 16).bit_length()
    base = int(_ODD[1])
    powers, inverses = _powers_of(base, room), _powers_of(pow(base, -1, 1 << 64), room)
    return powers[:count], inverses[:count]


@lru_cache(maxsize=4)
def _powers_of(base: int, count: int) -> Hashes:
    factors = np.full(count, base, np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)
