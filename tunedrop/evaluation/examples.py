"""A few answers to show beside each other."""

from collections.abc import Mapping, Sequence

from tunedrop.evaluation.metrics import rouge_l

EXAMPLES = 5
_LONGEST_TEXT = 1_500


def pick_examples(
    prompts: Sequence[str],
    references: Sequence[str],
    answers: Mapping[str, Sequence[str | None]],
) -> list[dict[str, str]]:
    """At most five records that every model answered, from the greatest gain to the greatest loss.

    Evenly spread over the gains, so that they flatter the custom model no more than it deserves.
    """
    rows = [
        {"prompt": prompt, "reference": reference, **dict(zip(answers, row, strict=True))}
        for prompt, reference, *row in zip(prompts, references, *answers.values(), strict=True)
        if None not in row
    ]
    ranked = sorted(rows, key=_gain, reverse=True)
    count = min(EXAMPLES, len(ranked))
    places = [at * (len(ranked) - 1) // max(1, count - 1) for at in range(count)]
    return [{name: _shortened(text) for name, text in ranked[at].items()} for at in places]


def _gain(row: Mapping[str, str]) -> float:
    return rouge_l(row["reference"], row["custom"]) - rouge_l(row["reference"], row["base"])


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]} [...]"
