"""How many records others have needed, and what more of them would do for this dataset."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from tunedrop.dataset.report import counted

_NAMED = 3


class Experience(Struct, frozen=True, kw_only=True):
    """What somebody has published of a method: from how many records on, and how many are best."""

    words: str
    least: int
    enough: int
    source: str


_PAIRS = Experience(
    words="AWS asks for at least 200 records and advises 2,000 to 10,000",
    least=200,
    enough=2_000,
    source="Amazon Nova 2 user guide, SFT data preparation",
)
_PASSAGES = (
    "AWS speaks of tens of billions of tokens of one field (Amazon SageMaker AI developer guide, "
    "continued pre-training of Nova): with less, train on questions and answers, or let the model "
    "look things up"
)
_PUBLISHED: Mapping[str, Experience] = {
    "instruction_tuning": _PAIRS,
    "transfer_learning": _PAIRS,
    "domain_adaptation": _PAIRS,
    "reinforcement": Experience(
        words="AWS advises to begin with 100 to 200 prompts",
        least=100,
        enough=200,
        source="Amazon Bedrock user guide, reinforcement fine-tuning",
    ),
}
_NO_FACTS = (
    "Tuning teaches how to answer, and hardly what is true: for new facts AWS advises continued "
    "pre-training or retrieval (Amazon Nova user guide, supervised fine-tuning)"
)
_ENOUGH = (
    "More of the same would do little: AWS rates quality, consistency and diversity above number "
    "(Amazon Nova user guide, supervised fine-tuning)"
)
_LABELS = "Amazon Comprehend, for one, takes no label with fewer than ten (AWS re:Post)"


def growth_advice(
    method: str, records: int, effective: int, rare_labels: Sequence[str] = ()
) -> list[str]:
    """Sentences on what more records would do; none where nothing is published of the method.

    `effective` are the records that repeat no other.
    """
    if method == "continued_pre_training":
        return [f"{_PASSAGES}."]
    known = _PUBLISHED.get(method)
    if known is None:
        return []
    said = [
        f"{known.words} ({known.source}); here are {effective:,} without repetition",
        _step(known, effective),
        *_kinds(records, effective, rare_labels),
    ]
    if method == "domain_adaptation":
        said.append(_NO_FACTS)
    return [f"{each}." for each in said]


def _step(known: Experience, effective: int) -> str:
    if effective < known.least:
        return f"{counted(known.least - effective, 'more record')} would reach the least of that"
    if effective < known.enough:
        return (
            f"{counted(known.enough - effective, 'more record')} would reach what is advised; to "
            "see what they are worth, compare a run over half of these with one over all"
        )
    return _ENOUGH


def _kinds(records: int, effective: int, rare_labels: Sequence[str]) -> Iterator[str]:
    if records > effective:
        repeating = counted(records - effective, "record")
        yield f"More like the {repeating} that repeat others would add nothing"
    if rare_labels:
        named = ", ".join(rare_labels[:_NAMED]) + (", …" if len(rare_labels) > _NAMED else "")
        yield f"Begin with the labels of fewer than ten records, {named}: {_LABELS}"
