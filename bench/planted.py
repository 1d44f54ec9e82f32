"""Cases planted in real text, and how many of them are found."""

import random
import re
from collections.abc import Sequence
from itertools import pairwise

from bench.real_text import Pair
from tunedrop.quality.finding_data import plain

_WORD = re.compile(r"\w+|[^\w\s]")


def near_copies(pairs: Sequence[Pair], seed: int = 1) -> tuple[list[Pair], list[tuple[int, int]]]:
    """The pairs, and behind them copies of half of them with words changed, at 0.5 to 1.0.

    Also which record is a copy of which.
    """
    chance = random.Random(seed)
    words = sorted({word for prompt, _ in pairs for word in prompt.split()})
    found, copies = list(pairs), []
    for number in range(0, len(pairs), 2):
        prompt, completion = pairs[number]
        share = chance.random() * 0.2
        copies.append((number, len(found)))
        found.append((_changed(prompt, share, words, chance), completion))
    return found, copies


def _changed(text: str, share: float, words: Sequence[str], chance: random.Random) -> str:
    """Some words left out, doubled by another or replaced, one by one or in runs."""
    kept: list[str] = []
    given = text.split(" ")
    while given:
        run = chance.choice((1, 1, 2, 5))
        part, given = given[:run], given[run:]
        if chance.random() < share:
            part = chance.choice(([], [*part, chance.choice(words)], chance.choices(words, k=run)))
        kept += part
    return " ".join(kept)


def mislabelled(rows: Sequence[Pair], chance: random.Random) -> tuple[list[Pair], set[int]]:
    """Labelled texts in another order, a tenth with the label of others; and which these are."""
    shuffled = chance.sample(rows, len(rows))
    wrong = set(chance.sample(range(len(rows)), len(rows) // 10))
    names = sorted({label for _, label in rows})
    labels = [
        chance.choice([other for other in names if other != label]) if number in wrong else label
        for number, (_, label) in enumerate(shuffled)
    ]
    return [(text, label) for (text, _), label in zip(shuffled, labels, strict=True)], wrong


def jaccard(one: Pair, other: Pair) -> float:
    """The similarity of two records' pairs of neighbouring words, reckoned the plain way."""
    first, second = (_word_pairs(each) for each in (one, other))
    return len(first & second) / max(len(first | second), 1)


def _word_pairs(pair: Pair) -> set[tuple[str, str]]:
    words = _WORD.findall(plain(" ".join(pair)).lower())
    return set(pairwise(words))


_WAYS = (
    "{}",
    "{}",
    "{},",
    "({})",
    '"{}"',
    "`{}`.",
    "| {} |",
    "\n{}\n",
    "\n- {}",
    "value={};",
    '{{\\"value\\": \\"{}\\"}}',
    "\\n{}\\n",
    "«{}»",
    "… {} —",
)


def planted(text: str, datum: str, chance: random.Random) -> str:
    """A text with a datum between two of its words, set off in one of many ways."""
    words = text.split(" ")
    place = chance.randint(0, len(words))
    return " ".join([*words[:place], chance.choice(_WAYS).format(datum), *words[place:]])
