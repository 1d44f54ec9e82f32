"""Folders that datasets lie in: on this machine, or in S3."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tunedrop.dataset.lines import SourceFile, local_file
from tunedrop.errors import InvalidInputError

if TYPE_CHECKING:
    from tunedrop.objects import Objects

S3 = "s3://"


class Place(Protocol):
    """A folder; paths are relative to it, with slashes."""

    @property
    def uri(self) -> str:
        """How messages name it."""

    def size(self, path: str) -> int | None:
        """The bytes of a file, or None where there is none."""

    def source(self, path: str) -> SourceFile:
        """A file for the validator."""

    def read(self, path: str) -> bytes:
        """A small file, whole."""

    def files(self) -> list[str]:
        """The paths of all files in it, those in folders too."""


@dataclass(frozen=True)
class LocalFolder:
    """A folder on this machine."""

    path: Path

    @property
    def uri(self) -> str:
        return str(self.path)

    def size(self, path: str) -> int | None:
        """The bytes of a file, or None where there is none."""
        file = self.path / path
        return file.stat().st_size if file.is_file() else None

    def source(self, path: str) -> SourceFile:
        """A file, under its name in the folder."""
        return replace(local_file(self.path / path), name=path)

    def read(self, path: str) -> bytes:
        """A small file, whole."""
        return (self.path / path).read_bytes()

    def files(self) -> list[str]:
        """The paths of all files, hidden ones left out."""
        return sorted(self._files())

    def _files(self) -> Iterator[str]:
        for file in self.path.rglob("*"):
            path = file.relative_to(self.path)
            if file.is_file() and not any(part.startswith(".") for part in path.parts):
                yield path.as_posix()


@dataclass(frozen=True)
class BucketFolder:
    """A prefix in S3; `prefix` ends with a slash or is empty."""

    objects: "Objects"
    prefix: str

    @property
    def uri(self) -> str:
        return self.objects.uri(self.prefix)

    def size(self, path: str) -> int | None:
        """The bytes of an object, or None where there is none."""
        found = self.objects.find(self.prefix + path)
        return found.size if found else None

    def source(self, path: str) -> SourceFile:
        """An object, under its name below the prefix."""
        return SourceFile(name=path, chunks=lambda: self.objects.chunks(self.prefix + path))

    def read(self, path: str) -> bytes:
        """A small object, whole."""
        return self.objects.read(self.prefix + path)

    def files(self) -> list[str]:
        """The keys below the prefix, without it."""
        keys = self.objects.list(self.prefix)
        return sorted(key.removeprefix(self.prefix) for key in keys if not key.endswith("/"))


def located(name: str) -> tuple[Place, str]:
    """The folder that a file or folder is named in, and the file; "" for the folder itself."""
    if name[: len(S3)].lower() == S3:
        return _in_s3(S3 + name[len(S3) :])
    path = Path(name)
    if name and path.is_dir():
        return LocalFolder(path), ""
    if "://" in name:
        raise InvalidInputError(
            f"{name}: datasets are read from this machine or s3://bucket/key; download it first."
        )
    if not name or not path.exists():
        raise InvalidInputError(f"There is no file {name or 'without a name'}.")
    if not path.is_file():
        raise InvalidInputError(
            f"{name} is a pipe or a device; a dataset is read more than once. Write it to a file."
        )
    return LocalFolder(path.parent), path.name


def _in_s3(uri: str) -> tuple[Place, str]:
    """In S3 what has no suffix, or ends with a slash, is taken for a folder."""
    from tunedrop.cli.stage import bucket

    name, _, key = uri.removeprefix(S3).partition("/")
    if not name:
        raise InvalidInputError(f"{uri} names no bucket; write s3://bucket/key.")
    folder, slash, file = key.rpartition("/")
    if "." not in file:
        folder, slash, file = key.rstrip("/"), "/" if key else "", ""
    place = BucketFolder(bucket(name), f"{folder}{slash}")
    if file and place.size(file) is None:
        raise InvalidInputError(f"There is no object {uri}.")
    return place, file
