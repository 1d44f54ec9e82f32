"""One line of a dataset, read slowly: every fault that keeps it from being a record is named."""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from tunedrop.dataset.findings import Fault

# Of one record: a line of megabytes can break a rule a million times.
_MOST_FAULTS = 1000
_PRESENTABLE = re.compile(r"[A-Za-z_][A-Za-z_-]{0,29}")
_SURROGATE = re.compile("[\ud800-\udfff]")

KINDS = {
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


class _NotANumberError(ValueError):
    """The line holds NaN or Infinity."""


class _TooLargeError(ValueError):
    """The line holds a number beyond what JSON's readers can hold."""


def _no_rules(_text: str, _field: str) -> Iterable[Fault]:
    return ()


class FieldReader:
    """Takes fields out of parsed JSON, and collects what is wrong with them."""

    def __init__(self, text_rules: Callable[[str, str], Iterable[Fault]] = _no_rules) -> None:
        self.faults: list[Fault] = []
        self._text_rules = text_rules

    @property
    def failed(self) -> bool:
        """Whether anything so far keeps the record from being used."""
        return any(fault.is_error for fault in self.faults)

    def fault(self, code: str, message: str, field: str | None = None) -> None:
        """Note a fault."""
        self._note(Fault(code=code, message=message, field=field))

    def take(self, source: dict[str, Any], key: str, kind: type, at: str = "") -> Any:
        """A required field, or None with a fault."""
        if key not in source:
            self.fault("missing-field", f'the field "{key}" is missing', f"{at}{key}")
            return None
        return self.checked(source[key], kind, f"{at}{key}")

    def take_optional(self, source: dict[str, Any], key: str, kind: type, at: str = "") -> Any:
        """A field that may be absent."""
        if key in source and source[key] is None:
            message = "the value is null; the field may be left out"
            self.fault("null-optional-field", message, f"{at}{key}")
            return None
        return self.checked(source[key], kind, f"{at}{key}") if key in source else None

    def checked(self, value: Any, kind: type, field: str) -> Any:
        """The value if it is of its kind."""
        if value is None:
            self.fault("null-field", f"the value is null; it must be {KINDS[kind]}", field)
        elif not isinstance(value, kind) or isinstance(value, bool):
            given = KINDS.get(type(value), "another kind of value")
            self.fault("wrong-type", f"the value is {given}; it must be {KINDS[kind]}", field)
        else:
            return value
        return None

    def take_text(self, source: dict[str, Any], key: str, at: str = "") -> str | None:
        """A required text, held against the rules for texts."""
        return (
            self.text(source[key], f"{at}{key}")
            if key in source
            else self.take(source, key, str, at)
        )

    def text(self, value: Any, field: str, *, may_be_empty: bool = False) -> str | None:
        """The value if it is text, held against the rules for texts."""
        checked: str | None = self.checked(value, str, field)
        if checked is not None:
            faults = self._text_rules(checked, field)
            for each in faults:
                if each.code != "empty-text" or not may_be_empty:
                    self._note(each)
        return checked

    def refuse_unknown(self, source: dict[str, Any], known: Sequence[str], at: str = "") -> None:
        """Note the fields that belong to no format."""
        for key in source:
            if key not in known:
                name = presentable(key)
                message = f"{name} is not a field of this format; known: {', '.join(known)}"
                self.fault("unknown-field", message, f"{at}{name}")

    def _note(self, fault: Fault) -> None:
        if len(self.faults) < _MOST_FAULTS or (fault.is_error and not self.failed):
            self.faults.append(fault)


def presentable(key: str) -> str:
    """A field's name, unless it might itself be data."""
    return key if _PRESENTABLE.fullmatch(key) else f"(a name of {len(key)} characters)"


def parse_line(line: bytes, *, ends_file: bool, reader: FieldReader) -> dict[str, Any] | None:
    """The object that a line holds, or None with the faults that it has."""
    text = _decoded(line, reader)
    value = None if text is None else _parsed(text, ends_file, reader)
    if value is None:
        return None
    if not isinstance(value[0], dict):
        given = KINDS.get(type(value[0]), "another value")
        reader.fault("not-an-object", f"the line is {given}; it must be an object")
        return None
    return value[0]


def _decoded(line: bytes, reader: FieldReader) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        reader.fault("not-utf-8", f"byte {error.start + 1} of the line is not UTF-8")
        return None


def _parsed(text: str, ends_file: bool, reader: FieldReader) -> tuple[Any] | None:
    try:
        value = json.loads(
            text,
            object_pairs_hook=_pairs_hook(reader),
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
        if "\\u" in text and _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
            reader.fault("broken-text", "a text holds half of a surrogate pair")
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        if ends_file and cut:
            reader.fault("truncated-line", "the line ends in the middle of a record")
        else:
            reader.fault("invalid-json", f"not JSON at column {error.colno}: {error.msg}")
    except _NotANumberError:
        reader.fault("not-a-number", "the line holds NaN or Infinity")
    except _TooLargeError:
        reader.fault("invalid-json", "the line holds a number that is too large")
    except RecursionError:
        reader.fault("invalid-json", "objects or lists are nested too deeply")
    except ValueError:
        reader.fault("invalid-json", "the line holds a number with too many digits")
    else:
        return (value,)
    return None


def _pairs_hook(reader: FieldReader) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    def from_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            for key, count in Counter(key for key, _ in pairs).items():
                if count > 1:
                    name = presentable(key)
                    reader.fault("duplicate-key", f"{name} stands {count} times", name)
        return found

    return from_pairs


def _refuse_constant(_: str) -> NoReturn:
    raise _NotANumberError


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _TooLargeError
    return number
