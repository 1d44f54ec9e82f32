"""What scripts write into docs/ is what they would write now; what people wrote holds, too."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from docs.draw_state_machine import DEFINITION, DRAWING, draw
from docs.state_machine_graph import Graph
from docs.write_tables import tables
from tests.docs.markdown import ROOT, blocks, rows
from tunedrop.dataset.formats import compatible, detect
from tunedrop.recipe import Recipe, load
from tunedrop.recipe.reading import accepted
from tunedrop.run_request import parse

RECIPES = ROOT / "docs" / "recipes.md"
DATASETS = ROOT / "docs" / "datasets.md"
SMALLEST = {
    "name": "notes",
    "base_model": "amazon.nova-micro-v1:0:128k",
    "method": "instruction_tuning",
}


def keys(kind: type[Struct], at: str = "") -> Iterator[tuple[str, str, str]]:
    """Every key of the model as the page has to tell it: path, accepted values, default."""
    for each in msgspec.structs.fields(kind):
        path = f"{at}{each.encode_name}"
        if isinstance(each.type, type) and issubclass(each.type, Struct):
            yield from keys(each.type, f"{path}.")
        else:
            yield path, accepted(each.type), default(each)


def default(each: msgspec.structs.FieldInfo) -> str:
    if each.required:
        return "required"
    value = each.default if each.default is not msgspec.NODEFAULT else None
    return f"`{value}`" if value not in (None, (), {}) else "none"


def told() -> dict[str, tuple[str, ...]]:
    """The rows about keys, by key."""
    found = {cells[0].strip("`"): cells for cells in rows(RECIPES) if len(cells) == 4}
    return {key: cells for key, cells in found.items() if key != "key"}


def test_drawing_is_of_the_definition_as_it_is() -> None:
    drawn = DRAWING.read_text(encoding="utf-8")
    assert drawn == draw(), "draw it anew: .venv/bin/python -m docs.draw_state_machine"


def test_drawing_shows_every_state() -> None:
    drawn = draw()
    assert [name for name in Graph.read(DEFINITION).states if f">{name}</text>" not in drawn] == []


@pytest.mark.parametrize("page", list(tables()), ids=lambda page: page.name)
def test_tables_are_of_the_code_as_it_is(page: Any) -> None:
    written = page.read_text(encoding="utf-8")
    assert written == tables()[page], "write it anew: .venv/bin/python -m docs.write_tables"


@pytest.mark.parametrize(("key", "values", "absent"), list(keys(Recipe)))
def test_key_of_a_recipe_is_told_as_it_is(key: str, values: str, absent: str) -> None:
    assert told()[key][1:3] == (values, absent)


def test_no_other_key_is_told() -> None:
    assert told().keys() == {key for key, _, _ in keys(Recipe)}


def test_fewest_test_records_are_as_told() -> None:
    goals = load({**SMALLEST, "evaluation": {"beat": "base"}}).evaluation
    words = {5: "five", 6: "six", 7: "seven"}[goals.fewest_test_records]
    assert f"at least {words} test records" in told()["evaluation.beat"][3]


def test_smallest_recipe_is_one() -> None:
    example = next(block for block in blocks(RECIPES) if block.language == "yaml")
    recipe = load(example.text)
    assert (recipe.deployment.mode, recipe.deployment.grace) == ("on_demand", "24h")


def test_every_format_has_an_example_that_is_recognised() -> None:
    named = [line.strip("*") for line in DATASETS.read_text().splitlines() if line[:2] == "**"]
    formats = [name.partition("**")[0] for name in named]
    examples = [block.text for block in blocks(DATASETS) if block.language == "json"]
    for expected, example in zip(formats, examples, strict=True):
        record = msgspec.json.decode(example)
        found = detect(record)
        assert found and compatible(found, expected, record)  # type: ignore[arg-type]


def test_run_request_is_one() -> None:
    example = next(block for block in blocks(DATASETS) if block.language == "yaml")
    assert parse(example.text).train == ("parts/a.jsonl", "parts/b.jsonl")
