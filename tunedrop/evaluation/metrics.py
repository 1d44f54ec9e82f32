"""How near an answer is to its reference: each metric gives 0 to 1, higher is better."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from tunedrop.errors import InvalidInputError

Metric = Callable[[str, str], float]

# Chinese and Japanese are written without spaces: there, each character is a word.
_CHARACTER_WORDS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_CHARACTER_WORDS}]|[^\W_{_CHARACTER_WORDS}]+")


def words(text: str) -> list[str]:
    """The lower-case runs of letters and digits in a text, of any script."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def rouge_l(reference: str, answer: str) -> float:
    """ROUGE-L F1: the longest common subsequence of words against the length of both texts.

    With L its length, precision P = L / words of the answer and recall R = L / words of the
    reference, it is 2PR / (P + R) = 2L / (words of both); 0 where either text has no word.

    Source: Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004), section 3, with
    beta = 1. On English it equals `rougeL` of the package rouge-score without stemming, which
    knows no other script.
    """
    expected, given = words(reference), words(answer)
    if not expected or not given:
        return 0.0
    return 2 * common_subsequence_length(expected, given) / (len(expected) + len(given))


def exact_match(reference: str, answer: str) -> float:
    """1 if both texts are equal but for space around and runs of space within, else 0."""
    return float(_plain(reference) == _plain(answer))


METRICS: Mapping[str, Metric] = {"rouge_l": rouge_l, "exact_match": exact_match}


def metric(name: str) -> Metric:
    """The metric of this name; an unknown one is an `InvalidInputError` that lists the known."""
    try:
        return METRICS[name]
    except KeyError:
        raise InvalidInputError(
            f'There is no metric "{name}"; known metrics: {", ".join(sorted(METRICS))}.'
        ) from None


def common_subsequence_length(left: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest common subsequence, one bit per word of `left`.

    Bit-parallel after Hyyro, "Bit-Parallel LCS-length Computation Revisited" (2004): each zero bit
    that remains in `row` is a word of the subsequence.
    """
    places: dict[str, int] = {}
    for at, word in enumerate(left):
        places[word] = places.get(word, 0) | 1 << at
    every = (1 << len(left)) - 1
    row = every
    for word in right:
        matches = row & places.get(word, 0)
        row = ((row + matches) | (row - matches)) & every
    return len(left) - row.bit_count()


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
