"""Where media are looked at: a place that opens what a record names, and reads parts of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from tunedrop.dataset.findings import Fault
from tunedrop.dataset.media_bytes import MediaBytes
from tunedrop.dataset.media_places import S3Place, place_of, recipe_folder
from tunedrop.dataset.records import MediaKind

FIRST_BYTES = 32 << 10
_LARGEST_PART = 1 << 20


class MediaVersion(Struct, frozen=True, kw_only=True):
    """One version of a file: what pins it in S3; one on this machine has its path as the key."""

    size: int
    key: str = ""
    version_id: str = ""
    etag: str = ""


class MediaFile(MediaBytes, Protocol):
    """An opened file and the version that is read."""

    version: MediaVersion


class MediaStore(Protocol):
    """A place that media are looked at in; asked by several threads at once."""

    def skips(self, uri: str) -> bool:
        """Whether it names something that is not looked at."""

    def open(self, uri: str, kind: MediaKind) -> MediaFile | Fault:
        """The file that a record names, or why there is none to read."""


class S3Opener(Protocol):
    """Opens objects in S3."""

    def open(self, bucket: str, key: str) -> MediaFile | str | None:
        """The newest version of an object; in words why it may not be read; None: not there."""


class PartsOfFile:
    """A file whose parts are fetched as they are asked for: ever larger ones, and few."""

    def __init__(
        self, version: MediaVersion, first: bytes, fetch: Callable[[int, int], bytes]
    ) -> None:
        self.version = version
        self.size = version.size
        self._first = first
        self._start, self._part = 0, first
        self._fetch = fetch
        self._next_bytes = 2 * FIRST_BYTES

    def at(self, offset: int, length: int) -> bytes:
        """The bytes from there on; fewer where the file ends."""
        end = min(offset + length, self.size)
        if offset >= end:
            return b""
        if end <= len(self._first):
            return self._first[offset:end]
        if offset < self._start or end > self._start + len(self._part):
            self._start, self._part = offset, self._fetch(offset, max(length, self._next_bytes))
            self._next_bytes = min(2 * self._next_bytes, _LARGEST_PART)
        return self._part[offset - self._start : end - self._start]


class MediaOnThisMachine:
    """Media beside a dataset file; those in S3 only where an opener is given."""

    def __init__(self, folder: Path, recipe: str | None, s3: S3Opener | None = None) -> None:
        self._folder = folder
        self._recipe = recipe
        self._s3 = s3

    def skips(self, uri: str) -> bool:
        """See `MediaStore`."""
        return self._s3 is None and isinstance(place_of(uri, "image", self._recipe), S3Place)

    def open(self, uri: str, kind: MediaKind) -> MediaFile | Fault:
        """See `MediaStore`."""
        place = place_of(uri, kind, self._recipe)
        if isinstance(place, Fault):
            return place
        if isinstance(place, str):
            return _file_or_fault(_local_file(self._folder / place, place), kind)
        if self._s3 is None:
            return _file_or_fault("media in S3 are not looked at", kind)
        return _file_or_fault(self._s3.open(place.bucket, place.key), kind)


class MediaInBucket:
    """Media in the bucket of their dataset; in the folder of a recipe, where there is one.

    `folder` is what paths are relative to; by default the folder of the recipe.
    """

    def __init__(
        self, s3: S3Opener, bucket: str, recipe: str | None, folder: str | None = None
    ) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._recipe = recipe
        self._folder = recipe_folder(recipe) if folder is None else folder

    def skips(self, uri: str) -> bool:
        """See `MediaStore`."""
        return False

    def open(self, uri: str, kind: MediaKind) -> MediaFile | Fault:
        """See `MediaStore`."""
        place = place_of(uri, kind, self._recipe, self._bucket)
        if isinstance(place, Fault):
            return place
        key = self._folder + place if isinstance(place, str) else place.key
        return _file_or_fault(self._s3.open(self._bucket, key), kind)


def _file_or_fault(found: MediaFile | str | None, kind: MediaKind) -> MediaFile | Fault:
    if found is None:
        return Fault(code="media-not-found", message=f"the {kind} is not there")
    if isinstance(found, str):
        return Fault(code="media-not-readable", message=f"the {kind} cannot be read: {found}")
    return found


def _local_file(path: Path, key: str) -> MediaFile | str | None:
    try:
        if not path.is_file():
            return None
        version = MediaVersion(size=path.stat().st_size, key=key)
        return PartsOfFile(version, _part(path, 0, FIRST_BYTES), lambda *at: _part(path, *at))
    except OSError as error:
        return error.strerror or "the file system refuses it"


def _part(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)
