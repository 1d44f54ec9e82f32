"""Which metrics a model's answers can be measured by."""

from collections.abc import Iterator, Mapping

from tunedrop.catalog import BaseModel
from tunedrop.recipe.model import Recipe

_OF_TEXTS = ("rouge_l", "chrf", "exact_match", "accuracy", "macro_f1")
_OF_EMBEDDINGS = ("recall_at_1", "recall_at_5", "recall_at_10")
_METRICS: Mapping[str, tuple[str, ...]] = {
    "converse": _OF_TEXTS,
    "multimodal-embedding": _OF_EMBEDDINGS,
    "image-generation": (),
}


def goal_problems(recipe: Recipe, model: BaseModel) -> Iterator[str]:
    """What the recipe's `evaluation` asks for that its model's answers cannot show."""
    goals, known = recipe.evaluation, _METRICS[model.inference.request]
    if strange := [name for name in goals.metrics if name not in known]:
        suited = f"its answers are measured by {', '.join(known)}" if known else _NONE
        yield f"evaluation.metrics {', '.join(strange)}: not for {model.name}; {suited}"
    if goals.beat is not None and not known:
        yield f"evaluation.beat cannot be judged for {model.name}; {_NONE}"
    if goals.general_test_set is not None and known is not _OF_TEXTS:
        yield (
            f"evaluation.general_test_set cannot be asked: {model.name} answers with no text; "
            "leave the key out"
        )


_NONE = "images are not compared, only looked at whether they come back: leave the key out"
