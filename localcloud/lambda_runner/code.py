"""Where a function's code is: in the source tree, or in the archive that was deployed."""

import io
import zipfile
from pathlib import Path
from typing import Any


class CodeStore:
    """Finds the directory that holds a function's handler.

    Handlers of the source tree run from there, so that a change needs no new deployment; other
    functions (inline code, other people's stacks) run from their unpacked archives.
    """

    def __init__(self, *, source_tree: Path, unpacked: Path) -> None:
        self._source_tree = source_tree
        self._unpacked = unpacked

    def root_of(self, function: Any) -> Path:
        """The directory from which the handler's module is imported."""
        handler: str = function.handler
        module = Path(*handler.split(".")[:-1])
        if (self._source_tree / module).with_suffix(".py").is_file():
            return self._source_tree
        digest: str = function.code_sha_256
        target = self._unpacked / digest.replace("/", "_").rstrip("=")
        if not target.is_dir():
            with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
                archive.extractall(target)
        return target
