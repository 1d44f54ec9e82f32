"""Runs validation and preparation over one training file, in memory."""

import io

from dataset_builders import file_of

from tunedrop.dataset.preparation import PreparedDataset, prepare
from tunedrop.dataset.validation import validate
from tunedrop.recipe import Recipe


class MemoryOutput(io.BytesIO):
    """Keeps what was written after it is closed."""

    def close(self) -> None:
        self.closed_by_writer = True


def prepared_files(data: bytes, recipe: Recipe) -> tuple[dict[str, bytes], PreparedDataset]:
    """What preparation writes, by name, and what it says of it."""
    outputs: dict[str, MemoryOutput] = {}
    files = {"train": [file_of(data)]}
    report = validate(files, recipe)
    prepared = prepare(files, recipe, report, lambda name: outputs.setdefault(name, MemoryOutput()))
    assert all(output.closed_by_writer for output in outputs.values())
    return {name: output.getvalue() for name, output in outputs.items()}, prepared
