"""The page about datasets says of every format which base models read it."""

from pathlib import Path
from typing import get_args

import pytest

from tunedrop.catalog import all_models
from tunedrop.dataset.formats import Format

PAGE = Path(__file__).parents[3] / "docs" / "datasets.md"


def told(format_: Format) -> set[str]:
    """The base models in the row of a format."""
    rows = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    found = next(cells for cells in rows if len(cells) == 3 and cells[0] == f"| `{format_}`")
    return set(found[2].removesuffix(" |").split(", "))


@pytest.mark.parametrize("format_", get_args(Format))
def test_base_models_of_a_format_are_those_of_the_catalog(format_: Format) -> None:
    reads = {
        model.name
        for model in all_models()
        for each in model.customizations
        if each.dataset_format == format_
    }
    assert told(format_) == (reads or {"none: it is written as the base model takes it"})
