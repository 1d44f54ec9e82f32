"""Which keys start runs, and why the others do not."""

import pytest

from tunedrop.errors import InvalidInputError
from tunedrop.intake import Drop, recipe_of
from tunedrop.run import Source

RECIPES = ("routing", "support")
EVENT = {
    "time": "2026-11-22T12:00:00Z",
    "detail": {
        "bucket": {"name": "drops"},
        "object": {"key": "datasets/support/a b+c%20.jsonl", "version-id": "v1"},
    },
}


@pytest.mark.parametrize(
    "name", ["a.jsonl", "a.run.yaml", "A B+c.jsonl", "a.b.jsonl", "a.jsonl.run.yaml", "-.jsonl"]
)
def test_this_name_starts_a_run(name: str) -> None:
    assert recipe_of(f"datasets/support/{name}", RECIPES) == "support"


@pytest.mark.parametrize(
    "name", ["a.json", "a.JSONL", "a.yaml", "a.run.yml", "jsonl", ".jsonl", ".run.yaml", ".a.jsonl"]
)
def test_this_name_starts_nothing(name: str) -> None:
    with pytest.raises(InvalidInputError, match=f'Its name "{name}" is not <name>.jsonl'):
        recipe_of(f"datasets/support/{name}", RECIPES)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("datasets/support/", "It is a folder marker."),
        ("datasets/", "It is a folder marker."),
        ("a.jsonl", "It does not lie under datasets/."),
        ("/datasets/support/a.jsonl", "It does not lie under datasets/."),
        ("datasets/a.jsonl", "It lies 1 folder deep"),
        ("datasets/support/x/a.jsonl", "It lies 3 folders deep"),
        ("datasets/support//a.jsonl", "It lies 3 folders deep"),
        ("datasets/Support/a.jsonl", 'There is no recipe "Support".'),
        ("datasets//a.jsonl", 'There is no recipe "".'),
    ],
)
def test_a_key_elsewhere_is_told_what_is_amiss(key: str, words: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        recipe_of(key, RECIPES)
    assert str(refused.value).startswith(words)


def test_an_unknown_recipe_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInputError, match="Deployed recipes: routing, support"):
        recipe_of("datasets/x/a.jsonl", RECIPES)
    with pytest.raises(InvalidInputError, match="Deployed recipes: none"):
        recipe_of("datasets/x/a.jsonl", ())


def test_the_key_of_an_event_is_taken_as_it_is() -> None:
    drop = Drop.from_event(EVENT)
    key = "datasets/support/a b+c%20.jsonl"
    assert drop.source == Source(bucket="drops", key=key, version_id="v1")
    assert drop.dropped_at == "2026-11-22T12:00:00.000Z"


def test_a_bucket_without_versions_is_read_all_the_same() -> None:
    detail = {"bucket": {"name": "drops"}, "object": {"key": "a"}}
    assert Drop.from_event({**EVENT, "detail": detail}).source.version_id == ""
