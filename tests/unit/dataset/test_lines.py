"""Blocks of lines: whole, numbered, and never larger than they must be."""

import pytest
from dataset_builders import file_of

from tunedrop.dataset.lines import BLOCK_BYTES, MAX_LINE_BYTES, blocks

TEXT = b"".join(b"line %d\n" % number for number in range(1000))


def all_lines(data: bytes, cut: int) -> list[tuple[int, bytes]]:
    return [line for block in blocks(file_of(data, cut=cut).chunks()) for line in block.each_line()]


@pytest.mark.parametrize("cut", [1, 13, 1 << 16])
@pytest.mark.parametrize("data", [TEXT, TEXT.rstrip(b"\n"), b"\n\n", b"one", b""])
def test_lines_are_numbered_from_one_however_the_stream_is_cut(data: bytes, cut: int) -> None:
    expected = data.split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert all_lines(data, cut) == list(enumerate(expected, 1))


def test_blocks_stay_small_when_the_stream_comes_in_one_piece() -> None:
    data = TEXT * 1000
    sizes = [len(block.data) for block in blocks([data])]
    assert sum(sizes) == len(data)
    assert max(sizes) < BLOCK_BYTES + 100


@pytest.mark.parametrize("end", [b"\n", b""])
def test_line_beyond_the_limit_is_one_empty_block(end: bytes) -> None:
    data = b"one\n" + b"x" * (MAX_LINE_BYTES + 1) + end
    found = list(blocks([data]))
    assert [(each.first_line, each.overlong) for each in found] == [(1, False), (2, True)]


def test_line_at_the_limit_is_whole() -> None:
    data = b"x" * (MAX_LINE_BYTES - 1) + b"\nlast\n"
    assert not any(block.overlong for block in blocks([data]))
