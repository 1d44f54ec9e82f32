"""Short, masked pieces of records, for the terminal of `tunedrop check` and nothing else."""

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from tunedrop.dataset.accounts import unescaped
from tunedrop.dataset.findings import Finding
from tunedrop.dataset.lines import SourceFile, blocks
from tunedrop.quality.redaction import masked_text

# A file is not read to the end for the sake of an excerpt.
_LOOKED_AT_BYTES = 64 << 20
_PIECE = 40
# Room behind the piece for the longest datum that may begin in it.
_MASKED = 512
_MAIL = re.compile(r"\S+@\S+")
_DIGIT = re.compile(r"\d")
_STEP = re.compile(r"[^.\[\]]+")

# File, line, field.
Place = tuple[str, int, str | None]


def excerpts(source: SourceFile, found: Sequence[Finding]) -> Mapping[Place, str]:
    """A piece of the record for each of these findings, which are all about this file."""
    wanted: dict[int, list[str | None]] = {}
    for each in found:
        if each.line is not None:
            wanted.setdefault(each.line, []).append(each.field)
    return {
        (source.name, number, field): piece(line, field)
        for number, line in _lines(source, max(wanted, default=0))
        for field in wanted.get(number, ())
    }


def piece(line: bytes, field: str | None) -> str:
    """What stands in the field of a record, or how the line begins; cut and masked.

    Of confidential data the shape is shown, of all else the digits are hidden.
    """
    text = _text_of(line, field) or unescaped(line.decode("utf-8-sig", errors="replace"))
    beginning = " ".join(masked_text(text[:_MASKED]).split())
    masked = _DIGIT.sub("#", _MAIL.sub("...@...", beginning))
    shown = "".join(each if each.isprintable() else "?" for each in masked)
    return shown if len(shown) <= _PIECE else f"{shown[:_PIECE]}..."


def _lines(source: SourceFile, last: int) -> Iterator[tuple[int, bytes]]:
    for block in blocks(_beginning(source)):
        if block.first_line > last:
            return
        if not block.overlong:
            yield from block.each_line()


def _beginning(source: SourceFile) -> Iterator[bytes]:
    left = _LOOKED_AT_BYTES
    for chunk in source.chunks():
        yield chunk
        left -= len(chunk)
        if left <= 0:
            return


def _text_of(line: bytes, field: str | None) -> str | None:
    """The text in a field such as `messages[0].content`; None where there is none."""
    try:
        value = msgspec.json.decode(line)
        for step in _STEP.findall(field or ""):
            value = value[int(step) if isinstance(value, list) else step]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, LookupError, ValueError):
        return None
    except TypeError:
        return None
    return value if isinstance(value, str) and value.strip() else None
