"""The shipped samples, and other real datasets where they lie beside the repository."""

from pathlib import Path

import pytest

from tunedrop import recipe as recipes
from tunedrop.dataset.lines import local_file
from tunedrop.dataset.report import ValidationReport
from tunedrop.dataset.validation import validate
from tunedrop.quality.curation import Curation
from tunedrop.quality.report import LabelFacts

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*.jsonl"))
REAL = ROOT.parent / "shared" / "datasets"
RECIPES = (
    *recipes.load_directory(ROOT / "recipes"),
    *recipes.load_directory(ROOT / "tests" / "recipes", allow_retired=True),
)
BY_NAME = {each.name: each for each in RECIPES}


def report_on(path: Path, recipe: recipes.Recipe) -> ValidationReport:
    return validate({"train": [local_file(path)]}, recipe)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_suits_every_recipe(path: Path, recipe: recipes.Recipe) -> None:
    report = report_on(path, recipe)
    assert report.fit
    assert report.records.test >= 10
    assert report.records.validation >= 10


def test_every_shipped_recipe_has_a_sample_of_its_name() -> None:
    shipped = {path.stem for path in (ROOT / "recipes").glob("*.yaml")}
    assert shipped == {path.stem for path in SAMPLES}


# Of the routing sample: four records with another team's name, four with a name spelt wrong.
MISLABELLED = (8, 28, 54, 72, 97, 111, 123, 180)


@pytest.mark.parametrize(
    ("name", "flaws", "dropped", "settled"),
    [
        (
            "support-summaries",
            {
                "exact-duplicate": 2,
                "near-duplicate": 3,
                "contradiction": 2,
                "truncated-completion": 1,
                "possible-personal-data": 2,
            },
            {"exact-duplicate": 2, "near-duplicate": 3, "truncated-completion": 1},
            {"contradiction", "possible-personal-data"},
        ),
        (
            "ticket-routing",
            {
                "exact-duplicate": 1,
                "near-duplicate": 3,
                "contradiction": 2,
                "similar-labels": 3,
                "rare-label": 2,
                "possible-personal-data": 2,
            },
            {"exact-duplicate": 1, "near-duplicate": 3},
            {"contradiction", "possible-personal-data"},
        ),
    ],
)
def test_samples_have_the_flaws_of_real_exports_and_their_recipes_mend_them(
    name: str, flaws: dict[str, int], dropped: dict[str, int], settled: set[str]
) -> None:
    curation = Curation(BY_NAME[name])
    path = ROOT / "samples" / f"{name}.jsonl"
    assert validate({"train": [local_file(path)]}, BY_NAME[name], curator=curation).fit
    report = curation.report
    assert report is not None
    labels = report.labels
    found = {**report.counts, **_of_labels(labels)} if labels else {**report.counts}
    suspects = {report.places[record] for record, _ in labels.noise} if labels else set()
    assert suspects <= {f"line {line}" for line in MISLABELLED}
    assert len(suspects) == found.pop("label-noise", 0)
    assert len(suspects) >= 5 or labels is None
    assert found.pop("boilerplate") > 80
    assert found == flaws
    assert curation.dropped == dropped
    assert set(report.settled) == {*dropped, *settled}


def _of_labels(labels: LabelFacts) -> dict[str, int]:
    return {"similar-labels": len(labels.similar), "rare-label": len(labels.rare)}


@pytest.mark.skipif(not REAL.is_dir(), reason="the real datasets are not on this machine")
@pytest.mark.parametrize(
    ("name", "recipe", "codes"),
    [
        ("dialogsum-1000.prompt-completion", "support-summaries", set()),
        ("dialogsum-1000.prompt-completion", "titan-text-express", set()),
        ("bedrock-qa-85.claude-messages", "claude-3-haiku", set()),
        ("bedrock-qa-85.claude-messages", "titan-text-express", {"system-prompt-moved"}),
        ("gsm8k-299.reinforcement", "support-summaries", {"other-kind"}),
    ],
)
def test_real_datasets_are_judged_for_the_right_reasons(
    name: str, recipe: str, codes: set[str]
) -> None:
    assert set(report_on(REAL / f"{name}.jsonl", BY_NAME[recipe]).counts) == codes
