"""Text as the learner reads it: words, sentences, stems."""

import re
from functools import lru_cache
from zlib import crc32

# Scripts written without spaces are read character by character.
_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\sa-z])|(?<=[。！？])|\n+")  # noqa: RUF001
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|Prof|No|vs|e\.g|i\.e)\.$")
_ENDINGS = ("ingly", "edly", "ings", "ing", "ies", "ied", "ed", "es", "s", "ly", "'s", "’s")  # noqa: RUF001
_SHORTEST_STEM = 3


def words(text: str) -> list[str]:
    """Words in lower case, in order."""
    return [match.lower() for match in _WORD.findall(text)]


def spans(text: str) -> list[tuple[int, int]]:
    """Where each word of `words` stands in the text."""
    return [match.span() for match in _WORD.finditer(text)]


def sentences(text: str) -> list[str]:
    """Sentences or lines, stripped, without the empty ones."""
    found: list[str] = []
    for piece in _SENTENCE_END.split(text):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]} {piece.strip()}"
        elif piece.strip():
            found.append(piece.strip())
    return found


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its commonest English endings."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def bucket(feature: str, buckets: int) -> int:
    """A stable hash: the same in every process."""
    return crc32(feature.encode()) % buckets


@lru_cache(maxsize=50_000)
def stem_bucket(word: str, buckets: int) -> int:
    """The bucket of a word's stem."""
    return bucket(stem(word), buckets)
