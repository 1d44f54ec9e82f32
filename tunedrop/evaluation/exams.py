"""Which test suits a recipe: by how its base model is asked and what it trains on."""

from tunedrop.catalog import base_model
from tunedrop.evaluation.exam import Exam
from tunedrop.evaluation.image_exams import DrawingExam, RetrievalExam
from tunedrop.evaluation.text_exams import ContinuationExam, DialogueExam
from tunedrop.recipe import Recipe


def exam_of(recipe: Recipe, perplexity: str) -> Exam:
    """The test that suits a recipe; `perplexity` is what Bedrock measured, as a sentence."""
    model = base_model(recipe.base_model)
    goals = recipe.evaluation
    match model.inference.request:
        case "image-generation":
            return DrawingExam()
        case "multimodal-embedding":
            return RetrievalExam()
    if model.customization(recipe.method).dataset_format == "continued-pre-training":
        compares = bool(goals.metrics or goals.beat)
        return ContinuationExam(compares=compares, perplexity=perplexity)
    return DialogueExam(labelled=recipe.method == "transfer_learning")
