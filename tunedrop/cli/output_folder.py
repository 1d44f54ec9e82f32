"""A folder that is written whole or not at all, and replaced where nobody changed it since."""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import IO, Any, Self

import msgspec

from tunedrop.errors import InvalidInputError

ACCOUNT = "prepared.json"
_SHOWN = 3


class OutputFolder:
    """Files are written to `path`, a hidden neighbour of the folder, until `finish` is called.

    What is there already must be empty, or what its own account says was written: anything else is
    an `InvalidInputError` before a byte is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._is_finished = False
        _check_replaceable(self._folder, folder)
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        self.path = Path(mkdtemp(prefix=f".{self._folder.name}-", dir=self._folder.parent))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._is_finished and error is None:
            self._take_place()
        else:
            shutil.rmtree(self.path)

    def open(self, name: str) -> IO[bytes]:
        """A new file; its folder is made where it has one."""
        file = self.path / name
        file.parent.mkdir(exist_ok=True)
        return file.open("wb")

    def write(self, name: str, content: bytes) -> None:
        """A small file, whole."""
        with self.open(name) as file:
            file.write(content)

    def finish(self, account: Mapping[str, Any]) -> None:
        """All is written: add the account with the SHA-256 of every file."""
        whole = {**account, "files": dict(_digests(self.path))}
        self.write(ACCOUNT, msgspec.json.format(msgspec.json.encode(whole)) + b"\n")
        self._is_finished = True

    def _take_place(self) -> None:
        self.path.chmod(0o755)
        if self._folder.exists():
            former = self.path.with_name(f"{self.path.name}.former")
            self._folder.rename(former)
            self.path.rename(self._folder)
            shutil.rmtree(former)
        else:
            self.path.rename(self._folder)


def _check_replaceable(folder: Path, given: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InvalidInputError(f"{given} is a file; name a folder of its own with --out.")
    if Path.cwd().is_relative_to(folder):
        raise InvalidInputError(f"{given} is where you are; name a folder of its own with --out.")
    written = _written(folder)
    foreign = [
        name for name, digest in _digests(folder) if written.get(name) != digest and name != ACCOUNT
    ]
    if foreign or (not written and any(folder.iterdir())):
        named = ", ".join(foreign[:_SHOWN]) + (", ..." if len(foreign) > _SHOWN else "")
        raise InvalidInputError(
            f"{given} holds what tunedrop prepare did not write: {named or ACCOUNT}. Name another "
            "folder with --out, or move the files away."
        )


def _written(folder: Path) -> dict[str, str]:
    """What the folder's account says was written; nothing where it has none that can be read."""
    try:
        account = msgspec.json.decode((folder / ACCOUNT).read_bytes())
        return msgspec.convert(account["files"], dict[str, str])
    except (OSError, msgspec.MsgspecError, LookupError, TypeError):
        return {}


def _digests(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                name = path.relative_to(folder).as_posix()
                yield name, hashlib.file_digest(file, "sha256").hexdigest()
