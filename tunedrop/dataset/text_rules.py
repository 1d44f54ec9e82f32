"""Rules for texts: empty, reserved, or damaged on the way."""

import re
from collections.abc import Iterator, Sequence

from tunedrop.dataset.findings import Fault

# Tab, newline and carriage return are white space; U+007F counts as the others do.
CONTROL_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

# UTF-8 that was read as Latin-1 or cp1252. Every pattern is what common letters, quotes and
# emoji turn into; what a text can hold for good reason, such as a capital before a closing
# quotation mark, is left out.
_CONTINUED = "\x80-\x9f\xa1-\xaa\xac-\xba\xbc-\xbf\u20ac\u0192\u2020\u2021\u02c6\u2030\u0160\u0152"
_CONTINUED += "\u017d\u2022\u02dc\u2122\u0161\u0153\u017e\u0178"
_MOJIBAKE = re.compile(
    f"\xc3[{_CONTINUED}]|\xc2[\xa0-\xaa\xac-\xba\xbc-\xbf]|\xd0[{_CONTINUED}][\xd0\xd1]|"
    "\xe2[\u20ac\x80-\x9f]|\xe2\u201a\xac|\xe2\u201e\xa2|\xf0[\u0178\x9f]|\xef\xbb\xbf|\xef\xbf\xbd"
)
_LOST = "\ufffd"
_RAW = re.compile(rb"\xc3(?:[\x82\x83\x90]|\xa2[\xc2\xe2\\]|\xb0[\xc2\xc5\\]|\xaf[\xc2\\])")
_ESCAPED = re.compile(rb"\\u(?:00(?:c[23]|d0|e2|ef|f0)(?=[\\\x80-\xff])|fffd)", re.IGNORECASE)


def text_faults(text: str, field: str, reserved: Sequence[str], model: str) -> Iterator[Fault]:
    """Every rule that a text breaks; `reserved` are the strings that the model keeps for itself."""
    if not text or text.isspace():
        kind = "white space alone" if text else "empty"
        yield Fault(code="empty-text", message=f"the text is {kind}", field=field)
    for each in reserved:
        if each in text:
            message = f"the text holds {each!r}, which {model} keeps for itself"
            yield Fault(code="reserved-string", message=message, field=field)
    if found := CONTROL_CHARACTER.search(text):
        message = f"the text holds the control character U+{ord(found[0]):04X}"
        yield Fault(code="control-character", message=message, field=field)
    if not text.isascii() and (message := _damage(text)):
        yield Fault(code="mojibake", message=message, field=field)


def may_hold_mojibake(block: bytes, *, escapes: bool = True) -> bool:
    """Whether a text in lines of JSON may be damaged; True is no proof, False is.

    Without `escapes` no character of the block is escaped by its number.
    """
    if escapes and _ESCAPED.search(block):
        return True
    # Looking for one byte is many times faster than looking for several.
    lost = b"\xef" in block and _LOST.encode() in block
    return lost or (b"\xc3" in block and _RAW.search(block) is not None)


def _damage(text: str) -> str:
    if _LOST in text:
        return "the text holds U+FFFD, which stands where a character was lost"
    if found := _MOJIBAKE.search(text):
        codes = " ".join(f"U+{ord(character):04X}" for character in found[0])
        return f"the text holds UTF-8 that was read in another encoding ({codes})"
    return ""
