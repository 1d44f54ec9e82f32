"""A progress bar on stderr for files that take long; a pipe sees nothing of it."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self, TextIO

from tunedrop.dataset.lines import SourceFile
from tunedrop.dataset.splits import Side

_FIRST_AFTER_SECONDS = 0.5
_DRAWN_EVERY_SECONDS = 0.1
_WIDTH = 30
_MEGABYTE = 1_000_000


class ProgressBar:
    """Shows how much of `total` bytes has been read; cleared when the context is left."""

    def __init__(
        self,
        total: int,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._total = total
        self._stream = stream or sys.stderr
        self._clock = clock
        self._is_shown = self._stream.isatty()
        self._read = 0
        self._started = clock()
        self._drawn_at: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._drawn_at is not None:
            self._write("\r\033[K")

    def watched(
        self, sources: Mapping[Side, Sequence[SourceFile]]
    ) -> Mapping[Side, Sequence[SourceFile]]:
        """The same files, which tell the bar what is read of them."""
        return {side: [self._watched(each) for each in files] for side, files in sources.items()}

    def advance(self, count: int) -> None:
        """Count bytes that were read, and draw where it is time to."""
        self._read += count
        if not self._is_shown:
            return
        now = self._clock()
        last = self._started + _FIRST_AFTER_SECONDS - _DRAWN_EVERY_SECONDS
        if now - (self._drawn_at or last) >= _DRAWN_EVERY_SECONDS:
            self._drawn_at = now
            self._draw(now - self._started)

    def _watched(self, source: SourceFile) -> SourceFile:
        def chunks() -> Iterator[bytes]:
            for chunk in source.chunks():
                yield chunk
                self.advance(len(chunk))

        return replace(source, chunks=chunks)

    def _draw(self, seconds: float) -> None:
        share = min(1.0, self._read / max(self._total, 1))
        bar = "#" * round(share * _WIDTH)
        left = seconds / max(share, 1e-9) - seconds
        self._write(
            f"\r  {share:4.0%} [{bar:{_WIDTH}}] {self._read // _MEGABYTE:,} of "
            f"{self._total // _MEGABYTE:,} MB, {left:.0f} s left\033[K"
        )

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
