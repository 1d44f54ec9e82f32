"""A few answers to show beside each other."""

from collections.abc import Mapping, Sequence

from tunedrop.evaluation.metrics import rouge_l

WINS = LOSSES = 3
_LONGEST_TEXT = 1_500


def pick_examples(
    prompts: Sequence[str],
    references: Sequence[str],
    answers: Mapping[str, Sequence[str | None]],
) -> list[dict[str, str]]:
    """The three greatest gains and the three greatest losses, of records that all answered.

    Gains over the champion, where it was asked, else over the base model. As many losses as gains,
    so that they flatter the custom model no more than it deserves.
    """
    rows = [
        {"prompt": prompt, "reference": reference, **dict(zip(answers, row, strict=True))}
        for prompt, reference, *row in zip(prompts, references, *answers.values(), strict=True)
        if None not in row
    ]
    ranked = sorted(rows, key=_gain, reverse=True)
    shown = [*ranked[:WINS], *ranked[max(WINS, len(ranked) - LOSSES) :]]
    return [{name: _shortened(text) for name, text in row.items()} for row in shown]


def _gain(row: Mapping[str, str]) -> float:
    other = row.get("champion", row["base"])
    return rouge_l(row["reference"], row["custom"]) - rouge_l(row["reference"], other)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]} [...]"
