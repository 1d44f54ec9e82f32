"""Accounts of the records that are not trained on: lines of rejected.jsonl."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from tunedrop.dataset.decisions import Decision
from tunedrop.dataset.findings import Finding
from tunedrop.dataset.handling import looks_for_confidential_data
from tunedrop.quality.personal_data import find
from tunedrop.quality.rules import QUALITY_RULES
from tunedrop.recipe import Data

_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|([/"nrt]))')
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


def rejection(
    raw: bytes, found: Sequence[Finding], data: Data, *, is_confidential: bool = False
) -> bytes:
    """Of a line that holds no usable record.

    One that is confidential, or seems so where the recipe asks about such data, is not repeated.
    """
    reasons = [{"code": each.code, "field": each.field, "message": each.message} for each in found]
    withheld = is_confidential or (looks_for_confidential_data(data) and _is_confidential(raw))
    return _account(found[0].file, found[0].line, reasons, None if withheld else raw)


def omission(
    raw: bytes, decision: Decision, file: str, line: int, partner: Mapping[str, str | int] | None
) -> bytes:
    """Of a usable record that is left out for what it says; `partner` is where the other stands."""
    meaning = QUALITY_RULES[decision.code].meaning
    reason: dict[str, object] = {"code": decision.code, "field": None, "message": meaning}
    if partner is not None:
        reason["partner"] = partner
    return _account(file, line, [reason], None if decision.is_confidential else raw)


def _account(file: str, line: int | None, reasons: object, raw: bytes | None) -> bytes:
    account = {"file": file, "line": line, "reasons": reasons}
    if raw is not None:
        account["record"] = raw.decode(errors="replace")
    return msgspec.json.encode(account) + b"\n"


def _is_confidential(raw: bytes) -> bool:
    """Whether anything is found in a line, as it stands or behind JSON's escapes."""
    text = raw.decode(errors="replace")
    return bool(find(text) or find(unescaped(text)))


def unescaped(text: str) -> str:
    """A text of JSON, whole or broken, with the signs that its escapes stand for."""
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _ESCAPED.get(match[2], match[2])
