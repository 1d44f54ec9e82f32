"""What is asked of `make run`: which dataset, or folder of them, through which recipe."""

from dataclasses import dataclass
from pathlib import Path

from localcloud import place

RECIPES = place.ROOT / "recipes"
SAMPLES = place.ROOT / "samples"
_SUFFIX = ".jsonl"


class DemoError(Exception):
    """Something that the person at the keyboard can put right; the message says how."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """A dataset, or a folder with one, and the recipe that it is to go through."""

    dataset: Path
    recipe: str

    @property
    def key(self) -> str:
        """What starts the run: the dataset, or the run request that is written for a folder."""
        suffix = ".run.yaml" if self.is_folder else ""
        return f"datasets/{self.recipe}/{self.dataset.name}{suffix}"

    @property
    def is_folder(self) -> bool:
        """Whether a folder was named."""
        return self.dataset.is_dir()


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
    if not dataset.exists():
        raise DemoError(f"There is no {given!r} (DATASET=, as seen from {Path.cwd()}).")
    dataset = dataset.resolve()
    if dataset.is_dir():
        if not any(dataset.glob(f"*{_SUFFIX}")):
            raise DemoError(f"The folder {given!r} (DATASET=) holds no dataset (*{_SUFFIX}).")
    elif dataset.suffix != _SUFFIX:
        raise DemoError(
            f"{given!r} (DATASET=) is no dataset: it must be a *{_SUFFIX} file, or a folder with "
            f"train{_SUFFIX} (docs/datasets.md). Files that a run request names go into a folder "
            "with it."
        )
    return dataset
