"""One pass over one file: clean blocks as they come, and every other line with its faults."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from tunedrop.dataset.fast import CleanBlock, FastPath
from tunedrop.dataset.findings import Fault
from tunedrop.dataset.formats import Format, compatible, detect, read_record
from tunedrop.dataset.lines import BYTE_ORDER_MARK, MAX_LINE_BYTES, Block, SourceFile, blocks
from tunedrop.dataset.media_manifest import with_media
from tunedrop.dataset.media_places import beside
from tunedrop.dataset.reading import FieldReader, parse_line, presentable
from tunedrop.dataset.records import AnyRecord
from tunedrop.dataset.target import Target

_SNIFFED_LINES = 100
_SNIFFED_BYTES = 1000
# Of what is too long for a line, so that it is known for what it is.
_BEGINNING_BYTES = 1 << 16
_PARTS = 16
_ENDS_WITH_CARRIAGE_RETURN = re.compile(rb"[^\n]*?\}[ \t]*\r[ \t\r]*\{")
_FOREIGN = {
    b"\xff\xfe\0\0": "UTF-32 text",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
    b"\x1f\x8b": "a gzip file",
    b"PK\x03\x04": "a zip file",
    b"PAR1": "a Parquet file",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedLine:
    """A line that the fast path did not take; `record` is None where it cannot be used.

    `parsed` is what could be read of it even so.
    `line` is None for what is said of the file as a whole; `ends_file` where nothing follows,
    because looking at its lines is pointless.
    """

    line: int | None
    faults: list[Fault]
    record: AnyRecord | None = None
    parsed: AnyRecord | None = None
    raw: bytes = b""
    ends_file: bool = False

    @property
    def rejected(self) -> bool:
        """Whether a record was meant here that cannot be used."""
        return self.line is not None and any(fault.is_error for fault in self.faults)


class FileScan:
    """A pass over a file; its facts are complete once `events` has been read to the end.

    Without `fingerprint` it reckons no `sha256`.
    """

    def __init__(
        self, source: SourceFile, target: Target, *, fast: bool = True, fingerprint: bool = True
    ) -> None:
        self.source = source
        self.format: Format | None = None
        self.bytes = 0
        self._beginning = b""
        self._target = target
        self._use_fast = fast
        self._fast: FastPath | None = None
        self._folder = source.name.rpartition("/")[0]
        self._hash = hashlib.sha256() if fingerprint else None
        self._saw_windows_line_ends = False
        self._told_once: set[str] = set()

    @property
    def sha256(self) -> str:
        """Of the bytes read so far."""
        return self._hash.hexdigest() if self._hash else ""

    def events(self) -> Iterator[CleanBlock | CheckedLine]:
        """Blocks and lines in file order."""
        stream = self._measured()
        for block in blocks(stream):
            data = block.data
            if block.first_line == 1:
                if fault := _whole_file_fault(self._beginning if block.overlong else data):
                    yield CheckedLine(line=None, faults=[fault], ends_file=True)
                    for _ in stream:
                        pass
                    return
                if data.startswith(BYTE_ORDER_MARK):
                    data = data.removeprefix(BYTE_ORDER_MARK)
                    yield _file_note("byte-order-mark", "the file begins with a byte-order mark")
            if self._saw_windows_line_ends:
                data = data.replace(b"\r\n", b"\n")
            yield from self._block_events(block if data is block.data else block.holding(data))

    def _measured(self) -> Iterator[bytes]:
        for chunk in self.source.chunks():
            if self._hash:
                self._hash.update(chunk)
            if self.bytes < _BEGINNING_BYTES:
                self._beginning += chunk[: _BEGINNING_BYTES - self.bytes]
            self.bytes += len(chunk)
            yield chunk

    def _block_events(self, block: Block) -> Iterator[CleanBlock | CheckedLine]:
        if block.overlong:
            message = f"the line has more than {MAX_LINE_BYTES >> 20} MB"
            fault = Fault(code="line-too-long", message=message)
            yield CheckedLine(line=block.first_line, faults=[fault])
            return
        if self.format is None:
            self._set_format(_sniffed(block))
        yield from self._lines_events(block.data, block.lines, block.first_line)

    def _set_format(self, found: Format | None) -> None:
        self.format = found
        if found and self._use_fast:
            self._fast = FastPath.of(found, self._target)

    def _lines_events(
        self, data: bytes, lines: Sequence[bytes], first_line: int
    ) -> Iterator[CleanBlock | CheckedLine]:
        """All lines at once if they are clean, and else in ever smaller parts."""
        if self._fast is None:
            for number, line in enumerate(lines, first_line):
                yield from self._line_events(number, line)
        elif clean := self._fast.clean(data, lines, first_line):
            yield clean
        elif len(lines) == 1:
            yield from self._line_events(first_line, data)
        else:
            size = -(-len(lines) // _PARTS)
            for start in range(0, len(lines), size):
                part = lines[start : start + size]
                yield from self._lines_events(b"".join(part), part, first_line + start)

    def _line_events(self, number: int, line: bytes) -> Iterator[CleanBlock | CheckedLine]:
        ends_file = not line.endswith(b"\n")
        line = line.removesuffix(b"\n")
        if line.endswith(b"\r"):
            line = line.removesuffix(b"\r")
            if not self._saw_windows_line_ends:
                self._saw_windows_line_ends = True
                message = f"lines end with a carriage return and a newline, from line {number} on"
                yield _file_note("windows-line-ends", message)
            if self._fast and (clean := self._fast.clean(line, (line,), number)):
                yield clean
                return
        if not line.strip():
            fault = Fault(code="blank-line", message="the line holds no record")
            yield CheckedLine(line=number, faults=[fault])
        else:
            yield self._slow(number, line, ends_file=ends_file)

    def _slow(self, number: int, line: bytes, *, ends_file: bool) -> CheckedLine:
        reader = FieldReader(self._target.text_faults)
        value = parse_line(line, ends_file=ends_file, reader=reader)
        record = None if value is None else self._read(value, reader)
        if record is not None and self.format is not None:
            reader.faults += filter(self._is_news, self._target.faults(record, self.format))
        if record is not None and self._folder and record.media:
            record = with_media(record, lambda media: beside(media, self._folder))
        usable = None if reader.failed else record
        return CheckedLine(
            line=number, faults=reader.faults, record=usable, parsed=record, raw=line
        )

    def _is_news(self, fault: Fault) -> bool:
        if not fault.is_told_once:
            return True
        is_news = fault.code not in self._told_once
        self._told_once.add(fault.code)
        return is_news

    def _read(self, value: dict[str, object], reader: FieldReader) -> AnyRecord | None:
        found = detect(value)
        if found is None:
            names = ", ".join(presentable(key) for key in list(value)[:5]) or "none"
            reader.fault("unknown-format", f"the record has the fields of no format: {names}")
            return None
        if self.format is None:
            self._set_format(found)
        elif not compatible(found, self.format, value):
            message = f"the record is {found}; the file began as {self.format}"
            reader.fault("mixed-format", message)
            return None
        return read_record(self.format or found, value, reader)


def _file_note(code: str, message: str) -> CheckedLine:
    return CheckedLine(line=None, faults=[Fault(code=code, message=message)])


def _whole_file_fault(data: bytes) -> Fault | None:
    """What makes looking at single lines pointless."""
    for start, kind in _FOREIGN.items():
        if data.startswith(start):
            return Fault(code="not-utf-8", message=f"the file is {kind}")
    if b"\0" in data[:_SNIFFED_BYTES]:
        return Fault(code="not-utf-8", message="the file is binary, or UTF-16 text")
    if data.removeprefix(BYTE_ORDER_MARK).lstrip()[:1] == b"[":
        return Fault(code="json-array", message="the file begins with [ as one JSON array does")
    if _ENDS_WITH_CARRIAGE_RETURN.match(data):
        message = "the first record ends with a carriage return, and no newline follows"
        return Fault(code="carriage-returns", message=message)
    return None


def _sniffed(block: Block) -> Format | None:
    """The format of the first lines; plain chat is settled by the first telling line."""
    plain: Format | None = None
    for number, line in block.each_line():
        if number >= block.first_line + _SNIFFED_LINES:
            break
        try:
            value = msgspec.json.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue
        found = detect(value) if isinstance(value, dict) else None
        if found is None:
            continue
        if found != "anthropic-messages" or "system" in value:
            return found
        plain = found
    return plain
