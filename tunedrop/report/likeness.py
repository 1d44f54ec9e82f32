"""How alike datasets are: the test set and training, this one and the champion's."""

from collections.abc import Iterator

from tunedrop.report import formatting
from tunedrop.report.reading import Record, section

_NOTABLE_DRIFT = 0.2
_AS_WELL, _HALF = 0.9, 0.5
_DRIFT = {
    "prompt_lengths": "Lengths of prompts",
    "completion_lengths": "Lengths of completions",
    "languages": "Languages",
    "labels": "Labels",
    "words": "Words",
}


def coverage(quality: Record) -> str:
    """How well training covers the test set, in words; "" where there is none of either."""
    found = section(quality, "coverage")
    held, usual = (formatting.decimal(found.get(each)) for each in ("share", "usual"))
    if held is None or not usual:
        return ""
    part = held / usual
    apart = int(found.get("uncovered") or 0)
    records = "1 test record has" if apart == 1 else f"{formatting.count(apart)} test records have"
    few = f" {records} less than half of what is usual." if apart else ""
    how = "as well as" if part >= _AS_WELL else "less than" if part >= _HALF else "far less than"
    return (
        f"Training covers the test set {how} it covers itself: it has {held:.0%} of the word pairs "
        f"of a test record, and {usual:.0%} of those of a training record, its own left out.{few}"
    )


def drift(quality: Record) -> list[tuple[str, str, str]]:
    """Against the champion's dataset: the measure, the distance, and what it means."""
    return [(name, f"{distance:.2f}", _word(distance)) for name, distance in _distances(quality)]


def drift_words(quality: Record) -> str:
    """The same as a sentence."""
    names: dict[str, list[str]] = {"different": [], "much alike": []}
    for name, distance in _distances(quality):
        names[_word(distance)].append(name.lower())
    said = [f"{', '.join(found)}: {word}" for word, found in names.items() if found]
    return f"Against the dataset of the current champion: {'; '.join(said)}." if said else ""


def _distances(quality: Record) -> Iterator[tuple[str, float]]:
    found = section(quality, "drift")
    for key, name in _DRIFT.items():
        distance = formatting.decimal(found.get(key))
        if distance is not None:
            yield name, distance


def _word(distance: float) -> str:
    return "different" if distance >= _NOTABLE_DRIFT else "much alike"
