"""The bytes of a media file, as far as headers need them, and what is said of a broken one."""

from typing import Protocol


class MediaBytes(Protocol):
    """A file of `size` bytes of which any part can be read; far parts cost another request."""

    size: int

    def at(self, offset: int, length: int) -> bytes:
        """The bytes from there on; fewer where the file ends."""


class DamagedError(Exception):
    """A header that cannot be read; its words go behind "the file cannot be read: "."""


def exactly(file: MediaBytes, offset: int, length: int) -> bytes:
    """These very bytes; a `DamagedError` where the file ends before."""
    found = file.at(offset, length)
    if len(found) < length:
        raise DamagedError("it ends inside its header")
    return found
