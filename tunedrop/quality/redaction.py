"""Redaction: confidential data give way to typed placeholders, the same datum always to the same.

Placeholders are numbered per kind in the order in which data first occur, `[EMAIL_1]`,
`[EMAIL_2]`: the number says nothing about the datum, so that nobody can try out phone numbers
against it, as against a hash; the same files in the same order give the same numbers.
"""

import re
from collections.abc import Collection, Sequence
from itertools import accumulate, chain

from tunedrop.quality.finding_data import Found, without_overlaps
from tunedrop.quality.personal_data import SECRET_KINDS, find
from tunedrop.quality.repeats import Repeats

_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]{1,30}_[1-9]\d{0,8}\]")
_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*')
_ESCAPE = re.compile(r"(\\u[0-9a-fA-F]{4}|\\.)")


class Vault:
    """Which datum has which placeholder within one dataset; of the data it keeps digests only.

    It takes what the rules are about, "personal-data", "secret" or both.
    """

    def __init__(
        self, rules: Collection[str] = ("personal-data", "secret"), repeats: Repeats | None = None
    ) -> None:
        self._rules = rules
        self._repeats = repeats or Repeats()
        self._placeholders: dict[bytes, str] = {}
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def placeholder(self, kind: str, datum: str) -> str:
        """The datum's, however it is formatted, by the kind that it was first found as."""
        key, kind = self._repeats.learn(kind, datum)
        if key not in self._placeholders:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._placeholders[key] = self._unused(kind)
        return self._placeholders[key]

    def reserve(self, text: str) -> None:
        """Give to no datum the placeholders that already stand in a text."""
        self._taken.update(_PLACEHOLDER.findall(text))

    @property
    def looks_for_any(self) -> bool:
        """Whether there is a datum that may stand where nothing tells it."""
        return self._repeats.any

    def renumbered(self) -> "Vault":
        """One that knows the same data and has replaced none of them yet."""
        vault = Vault(self._rules, self._repeats)
        vault._taken = self._taken
        return vault

    def found(self, text: str, *, anew: bool = True) -> list[Found]:
        """What is to be replaced in a text; where it need not be searched, what is known alone."""
        new = [each for each in find(text) if self._takes(each.kind)] if anew else []
        found = without_overlaps([*new, *self._repeats.find(text)])
        return _outside_placeholders(text, found) if found else found

    def _takes(self, kind: str) -> bool:
        return ("secret" if kind in SECRET_KINDS else "personal-data") in self._rules

    def _unused(self, kind: str) -> str:
        name = kind.upper().replace("-", "_")
        while True:
            self._last[kind] = self._last.get(kind, 0) + 1
            placeholder = f"[{name}_{self._last[kind]}]"
            if placeholder not in self._taken:
                return placeholder

    @property
    def counts(self) -> dict[str, int]:
        """How many different data of each kind were replaced."""
        return dict(sorted(self._counts.items()))


def redact(text: str, vault: Vault, *, anew: bool = True) -> str:
    """The text with a placeholder for everything confidential, sure or not; redacting it again
    changes nothing.
    """
    [redacted] = redact_together([text], [""], vault, anew=anew)
    return redacted


def redact_together(
    texts: Sequence[str], before: Sequence[str], vault: Vault, *, anew: bool = True
) -> list[str]:
    """The same of texts that are read as one, so that a word in one tells a datum in the next;
    `before` is what stands before each of them, and stays.

    Unless they are read `anew`, only data that the vault knows are replaced.
    """
    redacted = list(texts)
    while any(redacted):
        whole, places = _joined(redacted, before)
        found = [
            (each, vault.placeholder(each.kind, _datum(whole, each)))
            for each in vault.found(whole, anew=anew)
        ]
        last, redacted = redacted, [_replaced(whole, *place, found) for place in places]
        if redacted == last:
            break
    return redacted


def redact_json(text: str, vault: Vault, *, anew: bool = True) -> str:
    """The same of a JSON text, which stays one: what is replaced is a string, or in one."""
    texts, before, numbers, reached = list[str](), [""], set[int](), 0
    for scalar in _SCALAR.finditer(text):
        is_string = scalar[0].startswith('"')
        start, end = scalar.start() + is_string, scalar.end() - is_string
        if not is_string:
            numbers.add(len(texts))
        runs = _ESCAPE.split(text[start:end])
        before[-1] += text[reached:start]
        before += [*runs[1::2], ""]
        texts += runs[::2]
        reached = end
    rest = before.pop() + text[reached:]
    redacted = redact_together(texts, before, vault, anew=anew)
    for place in numbers:
        if redacted[place] != texts[place]:
            redacted[place] = f'"{redacted[place]}"'
    return "".join(chain.from_iterable(zip(before, redacted, strict=True))) + rest


def masked_text(text: str) -> str:
    """The text with the shapes alone of everything confidential in it."""
    found = [(each, masked(text, each)) for each in find(text)]
    return _replaced(text, 0, len(text), found)


def masked(text: str, found: Found) -> str:
    """The shape of a datum: letters as a, digits as 9, of long ones the beginning."""
    shape = "".join(
        "9" if c.isdigit() else "a" if c.isalpha() else c for c in _datum(text, found)[:24]
    )
    return shape + ("…" if found.end - found.start > len(shape) else "")


def _datum(text: str, found: Found) -> str:
    return text[found.start : found.end]


def _joined(texts: Sequence[str], before: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The texts as one, and where each of them is in it."""
    ends = list(accumulate(len(b) + len(t) for b, t in zip(before, texts, strict=True)))
    places = [(end - len(text), end) for end, text in zip(ends, texts, strict=True)]
    return "".join(chain.from_iterable(zip(before, texts, strict=True))), places


def _replaced(text: str, start: int, end: int, found: Sequence[tuple[Found, str]]) -> str:
    """The text between two places; of a datum that reaches over them its part gives way."""
    pieces = []
    for each, placeholder in found:
        if each.start < end and start < each.end:
            pieces += [text[start : each.start], placeholder]
            start = min(each.end, end)
    return "".join([*pieces, text[start:end]])


def _outside_placeholders(text: str, found: list[Found]) -> list[Found]:
    """Without what begins or ends in a placeholder; one may stand within a datum."""
    taken = [match.span() for match in _PLACEHOLDER.finditer(text)]
    return [
        f
        for f in found
        if not any(start <= f.start < end or start < f.end <= end for start, end in taken)
    ]
