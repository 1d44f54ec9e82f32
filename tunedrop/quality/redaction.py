"""Redaction: confidential data give way to typed placeholders, the same datum always to the same.

Placeholders are numbered per kind in the order in which data first occur, `[EMAIL_1]`,
`[EMAIL_2]`: the number says nothing about the datum, so that nobody can try out phone numbers
against it, as against a hash; the same files in the same order give the same numbers.
"""

import re
from collections.abc import Callable
from hashlib import blake2b

from tunedrop.quality.finding_data import Found, plain
from tunedrop.quality.personal_data import SECRET_KINDS, find

_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]{1,30}_[1-9]\d{0,8}\]")
_FORMATTING = re.compile(r"[\s()./-]+")


class Vault:
    """Which datum has which placeholder within one dataset; of the data it keeps digests only."""

    def __init__(self) -> None:
        self._placeholders: dict[bytes, str] = {}
        self._counts: dict[str, int] = {}

    def placeholder(self, kind: str, datum: str) -> str:
        """The datum's, however it is formatted."""
        key = blake2b(_plain(kind, datum).encode(), digest_size=16, person=kind.encode()[:16])
        if key.digest() not in self._placeholders:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            name = kind.upper().replace("-", "_")
            self._placeholders[key.digest()] = f"[{name}_{self._counts[kind]}]"
        return self._placeholders[key.digest()]

    @property
    def counts(self) -> dict[str, int]:
        """How many different data of each kind were replaced."""
        return dict(sorted(self._counts.items()))


def redact(
    text: str,
    vault: Vault,
    found: list[Found] | None = None,
    *,
    takes: Callable[[str], bool] = lambda _kind: True,
) -> str:
    """The text with a placeholder for everything confidential, sure or not; redacting it again
    changes nothing.

    `found` is what `find` says of this very text, where that is known. Kinds that `takes` does not
    take stay.
    """
    pieces, reached = [], 0
    everything = find(text) if found is None else found
    for each in _outside_placeholders(text, [f for f in everything if takes(f.kind)]):
        pieces += [text[reached : each.start], vault.placeholder(each.kind, _datum(text, each))]
        reached = each.end
    redacted = "".join([*pieces, text[reached:]])
    return redacted if redacted == text else redact(redacted, vault, takes=takes)


def masked(text: str, found: Found) -> str:
    """The shape of a datum: letters as a, digits as 9, of long ones the beginning."""
    shape = "".join(
        "9" if c.isdigit() else "a" if c.isalpha() else c for c in _datum(text, found)[:24]
    )
    return shape + ("…" if found.end - found.start > len(shape) else "")


def _datum(text: str, found: Found) -> str:
    return text[found.start : found.end]


def _plain(kind: str, datum: str) -> str:
    """Without formatting, where the kind has any; secrets mean every sign of theirs."""
    if kind in SECRET_KINDS:
        return datum
    return datum.casefold() if kind == "email" else _FORMATTING.sub("", plain(datum)).casefold()


def _outside_placeholders(text: str, found: list[Found]) -> list[Found]:
    """Without what begins or ends in a placeholder."""
    taken = [match.span() for match in _PLACEHOLDER.finditer(text)]
    return [f for f in found if all(f.end <= start or end <= f.start for start, end in taken)]
