"""From a stream of bytes to blocks of whole lines, in memory that does not grow with the file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

# A block and what is decoded from it fit into a processor's second-level cache.
BLOCK_BYTES = 1 << 18
MAX_LINE_BYTES = 8 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file that can be read again and again: each call of `chunks` begins at its start.

    Where `size` is known, a file that is too large is refused before it is read.
    """

    name: str
    chunks: Callable[[], Iterable[bytes]]
    size: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Whole lines (the last one of a file may lack its newline), or one line that is too long.

    `lines` are those of `data`, with their newlines.
    """

    data: bytes
    first_line: int
    lines: Sequence[bytes]
    overlong: bool = False

    def holding(self, data: bytes) -> "Block":
        """The block with the same lines in other words."""
        return replace(self, data=data, lines=lines_of(data))

    def each_line(self) -> Iterator[tuple[int, bytes]]:
        """Line numbers and lines, without their newlines."""
        bare = (line.removesuffix(b"\n") for line in self.lines)
        return enumerate(bare, self.first_line)


def local_file(path: Path) -> SourceFile:
    """A file on this machine."""
    return SourceFile(name=path.name, chunks=lambda: _read(path))


def lines_of(data: bytes) -> list[bytes]:
    """The lines of a block, with their newlines."""
    return BytesIO(data).readlines()


def blocks(chunks: Iterable[bytes]) -> Iterator[Block]:
    """Cut a stream at line ends; a line above `MAX_LINE_BYTES` is skipped, not held."""
    line, rest, skipping = 1, b"", False
    for piece in _pieces(chunks):
        end = piece.rfind(b"\n") + 1
        if end == 0:
            rest = b"" if skipping else rest + piece
            if len(rest) > MAX_LINE_BYTES:
                rest, skipping = b"", True
            continue
        start = 0
        first_end = piece.find(b"\n") + 1
        if skipping or len(rest) + first_end > MAX_LINE_BYTES:
            yield Block(data=b"", first_line=line, lines=(b"",), overlong=True)
            start, line, rest, skipping = first_end, line + 1, b"", False
        data = b"".join((rest, memoryview(piece)[start:end]))
        rest = piece[end:]
        if data:
            block = Block(data=data, first_line=line, lines=lines_of(data))
            line += len(block.lines)
            yield block
    if skipping or rest:
        yield Block(data=rest, first_line=line, lines=(rest,), overlong=skipping)


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same pieces however the stream was cut, so that what is found never depends on that."""
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= BLOCK_BYTES:
            whole = b"".join(held) if len(held) > 1 else chunk
            end = size - size % BLOCK_BYTES
            for start in range(0, end, BLOCK_BYTES):
                yield whole[start : start + BLOCK_BYTES]
            held, size = [whole[end:]] if end < size else [], size - end
    if size:
        yield b"".join(held)


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(BLOCK_BYTES):
            yield chunk
