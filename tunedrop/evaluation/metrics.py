"""How near an answer is to its reference: each metric gives 0 to 1, higher is better.

Own code, checked in tests against rouge-score and sacrebleu: these bring nltk, lxml, regex, absl
and numpy (over 20 MB of wheels) into the Lambda asset for two definitions of a dozen lines.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

Metric = Callable[[str, str], float]

_LONGEST_NGRAM = 6
_RECALL_WEIGHT = 4
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


def chrf(reference: str, answer: str) -> float:
    """chrF: the F score, beta 2, of the runs of 1 to 6 characters that both texts share.

    Source: Popovic, "chrF: character n-gram F-score for automatic MT evaluation" (2015); equals
    the sentence score of the package sacrebleu. White space does not count.
    """
    expected, given = _letters(reference), _letters(answer)
    orders = range(1, min(len(expected), len(given), _LONGEST_NGRAM) + 1)
    if not orders:
        return 0.0
    precision = recall = 0.0
    for size in orders:
        mine, theirs = _ngrams(given, size), _ngrams(expected, size)
        shared = (mine & theirs).total()
        precision += shared / (len(given) - size + 1)
        recall += shared / (len(expected) - size + 1)
    if not precision:
        return 0.0
    weighted = (1 + _RECALL_WEIGHT) * precision * recall / (_RECALL_WEIGHT * precision + recall)
    return weighted / len(orders)


def exact_match(reference: str, answer: str) -> float:
    """1 if both texts are equal but for space around and runs of space within, else 0."""
    return float(plain(reference) == plain(answer))


TEXT_METRICS: Mapping[str, Metric] = {
    "rouge_l": rouge_l,
    "chrf": chrf,
    "exact_match": exact_match,
}


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


def plain(text: str) -> str:
    """A text in composed letters, with single spaces and none around."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _letters(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


def _ngrams(text: str, size: int) -> Counter[str]:
    return Counter(text[at : at + size] for at in range(len(text) - size + 1))
