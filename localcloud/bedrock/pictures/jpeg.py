"""JPEG files at an eighth of their size: the mean colour of each block of eight by eight pixels.

The means are the first coefficients of the blocks, so that no transform is computed. Sequential
files (the usual ones) and progressive files are read; arithmetic coding and CMYK are not.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from localcloud.bedrock.pictures.headers import UnreadableError, after_scan, segments

Bytes = NDArray[np.uint8]
Codes = list[tuple[int, int]]  # by the next sixteen bits: length of the code, and its symbol

_SEQUENTIAL, _PROGRESSIVE = (0xC0, 0xC1), 0xC2
_CODES, _TABLES, _RESTARTS, _SCAN = 0xC4, 0xDB, 0xDD, 0xDA
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_SKIP_SIXTEEN = 0xF0
_COEFFICIENTS = 64


@dataclass
class _Component:
    across: int
    down: int
    table: int
    means: NDArray[np.int32]
    size: tuple[int, int]  # rows and columns of blocks that show something


@dataclass
class _File:
    content: bytes
    codes: dict[int, Codes] = field(default_factory=dict)
    steps: dict[int, int] = field(default_factory=dict)
    components: dict[int, _Component] = field(default_factory=dict)
    restarts: int = 0
    progressive: bool = False


class _Bits:
    """The coded data of an interval between restarts."""

    def __init__(self, data: bytes) -> None:
        self._data = data.replace(b"\xff\x00", b"\xff") + bytes(8)
        self.at = 0

    def _peek(self) -> int:
        index = self.at >> 3
        return int.from_bytes(self._data[index : index + 4], "big") >> (16 - (self.at & 7)) & 0xFFFF

    def symbol(self, codes: Codes) -> int:
        length, symbol = codes[self._peek()]
        if not length or self.at >> 3 >= len(self._data):
            raise UnreadableError
        self.at += length
        return symbol

    def number(self, size: int) -> int:
        if not size:
            return 0
        raw = self._peek() >> (16 - size)
        self.at += size
        return raw if raw >> (size - 1) else raw - (1 << size) + 1


def decode_jpeg(content: bytes) -> Bytes:
    """Rows, columns and RGB, one for each block; UnreadableError for what is not read here."""
    file = _File(content)
    try:
        for marker, start, end in segments(content):
            _take(file, marker, start, end)
        return _coloured(file)
    except (struct.error, IndexError, KeyError, ValueError) as error:
        raise UnreadableError from error


def _take(file: _File, marker: int, start: int, end: int) -> None:
    body = file.content[start:end]
    if marker == _TABLES:
        file.steps.update(_steps(body))
    elif marker == _CODES:
        file.codes.update(_codes(body))
    elif marker == _RESTARTS:
        (file.restarts,) = struct.unpack(">H", body)
    elif marker in _SEQUENTIAL or marker == _PROGRESSIVE:
        file.progressive = marker == _PROGRESSIVE
        file.components = _components(body)
    elif marker == _SCAN:
        _scan(file, body, file.content[end : after_scan(file.content, end)])


def _steps(body: bytes) -> Iterator[tuple[int, int]]:
    """Number of each quantization table, and the step of its first coefficient."""
    at = 0
    while at < len(body):
        wide = body[at] >> 4
        yield body[at] & 15, int.from_bytes(body[at + 1 : at + 2 + wide], "big")
        at += 1 + _COEFFICIENTS * (1 + wide)


def _codes(body: bytes) -> Iterator[tuple[int, Codes]]:
    at = 0
    while at < len(body):
        counts = body[at + 1 : at + 17]
        following = at + 17
        found: Codes = []
        for length, count in enumerate(counts, start=1):
            for _ in range(count):
                found += [(length, body[following])] * (1 << (16 - length))
                following += 1
        yield body[at], found + [(0, 0)] * (65536 - len(found))
        at = following


def _components(body: bytes) -> dict[int, _Component]:
    _, height, width, count = struct.unpack_from(">BHHB", body)
    if not height or not width:
        raise UnreadableError
    listed = [body[6 + 3 * index : 9 + 3 * index] for index in range(count)]
    most = max(each[1] >> 4 for each in listed), max(each[1] & 15 for each in listed)
    columns, rows = -(-width // (8 * most[0])), -(-height // (8 * most[1]))
    found = {}
    for name, sampling, table in listed:
        across, down = sampling >> 4, sampling & 15
        shown = -(-height * down // (8 * most[1])), -(-width * across // (8 * most[0]))
        means = np.zeros((rows * down, columns * across), np.int32)
        found[name] = _Component(across, down, table, means, shown)
    return found


def _scan(file: _File, body: bytes, data: bytes) -> None:
    count = body[0]
    first, bits = body[1 + 2 * count], body[3 + 2 * count]
    if file.progressive and (first or bits >> 4):
        return
    parts = [(body[1 + 2 * index], body[2 + 2 * index]) for index in range(count)]
    decoder = _Scan(file, parts, shift=bits & 15)
    intervals = iter(_RESTART.split(data))
    current = _Bits(next(intervals))
    for index, unit in enumerate(decoder.units()):
        if file.restarts and index and index % file.restarts == 0:
            current = _Bits(next(intervals, b""))
            decoder.restart()
        for name, row, column in unit:
            decoder.block(current, name, row, column)


class _Scan:
    """One pass over the blocks of some components."""

    def __init__(self, file: _File, parts: Sequence[tuple[int, int]], shift: int) -> None:
        self._file, self._shift = file, shift
        self._components = {name: file.components[name] for name, _ in parts}
        self._first = {name: file.codes[which >> 4] for name, which in parts}
        self._others = {name: file.codes.get(16 + (which & 15), []) for name, which in parts}
        self._before = dict.fromkeys(self._components, 0)

    def units(self) -> Iterator[list[tuple[int, int, int]]]:
        """The blocks in their order, as they are coded together: component, row, column."""
        if len(self._components) == 1:
            ((name, only),) = self._components.items()
            rows, columns = only.size
            yield from ([(name, row, column)] for row in range(rows) for column in range(columns))
            return
        first = next(iter(self._components.values()))
        rows, columns = first.means.shape[0] // first.down, first.means.shape[1] // first.across
        for row in range(rows):
            for column in range(columns):
                yield [
                    (name, row * each.down + y, column * each.across + x)
                    for name, each in self._components.items()
                    for y in range(each.down)
                    for x in range(each.across)
                ]

    def restart(self) -> None:
        """Predict from nothing again."""
        self._before = dict.fromkeys(self._components, 0)

    def block(self, bits: _Bits, name: int, row: int, column: int) -> None:
        """Keep the mean of a block, and pass over the rest of it."""
        self._before[name] += bits.number(bits.symbol(self._first[name]))
        self._components[name].means[row, column] = self._before[name] << self._shift
        done = _COEFFICIENTS if self._file.progressive else 1
        others = self._others[name]
        while done < _COEFFICIENTS:
            symbol = bits.symbol(others)
            if not symbol & 15 and symbol != _SKIP_SIXTEEN:
                return
            bits.at += symbol & 15
            done += (symbol >> 4) + 1


def _coloured(file: _File) -> Bytes:
    planes = list(file.components.values())
    if len(planes) not in (1, 3):
        raise UnreadableError
    most = max(each.across for each in planes), max(each.down for each in planes)
    rows, columns = max(each.size[0] for each in planes), max(each.size[1] for each in planes)
    light, *colours = (
        np.repeat(
            np.repeat(each.means, most[1] // each.down, axis=0), most[0] // each.across, axis=1
        )[:rows, :columns]
        * (file.steps[each.table] / 8)
        for each in planes
    )
    blue, red = colours or (np.zeros_like(light), np.zeros_like(light))
    mixed = (light + 1.402 * red, light - 0.344 * blue - 0.714 * red, light + 1.772 * blue)
    colour: Bytes = np.clip(np.stack(mixed, axis=2) + 128, 0, 255).astype(np.uint8)
    return colour
