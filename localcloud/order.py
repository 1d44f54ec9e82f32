"""What is asked of `make run`: which dataset, through which recipe."""

from dataclasses import dataclass
from pathlib import Path

from localcloud import place

RECIPES = place.ROOT / "recipes"
SAMPLES = place.ROOT / "samples"


class DemoError(Exception):
    """Something that the person at the keyboard can put right; the message says how."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """A dataset and the recipe that it is to go through."""

    dataset: Path
    recipe: str

    @property
    def key(self) -> str:
        """Where the dataset is dropped."""
        return f"datasets/{self.recipe}/{self.dataset.name}"


def place_order(*, dataset: str, recipe: str) -> Order:
    """Check what was asked; what was left empty is filled in. Raises DemoError."""
    known = sorted(path.stem for path in RECIPES.glob("*.yaml"))
    chosen = recipe or next((name for name in known if sample_of(name)), "")
    if chosen not in known:
        raise DemoError(
            f"There is no recipe {chosen!r} in {RECIPES}. Known recipes: {', '.join(known)}. "
            "Choose one with RECIPE=."
        )
    return Order(dataset=_dataset(dataset, chosen), recipe=chosen)


def sample_of(recipe: str) -> Path | None:
    """The sample dataset of a recipe: the file in samples/ that is named after it."""
    return next(iter(sorted(SAMPLES.glob(f"{recipe}.*jsonl"))), None)


def _dataset(given: str, recipe: str) -> Path:
    if not given:
        sample = sample_of(recipe)
        if sample is None:
            raise DemoError(
                f"The recipe {recipe!r} has no sample dataset ({SAMPLES / recipe}.jsonl). "
                "Name a dataset with DATASET=."
            )
        return sample
    dataset = Path(given).expanduser()
    if not dataset.is_file():
        raise DemoError(f"There is no file {given!r} (DATASET=, as seen from {Path.cwd()}).")
    return dataset
