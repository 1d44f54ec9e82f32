"""The kinds of test: embeddings, images, passages, and models that take no system prompt."""

import base64
import json
from array import array
from typing import Any

import msgspec
import pytest
from desk_builders import CUSTOM, World, knows, world
from msgspec import structs

from tunedrop.catalog import all_models, base_model
from tunedrop.dataset.records import Record
from tunedrop.errors import ModelRejectedError
from tunedrop.evaluation.answers import QuestionRefusedError
from tunedrop.evaluation.exams import exam_of
from tunedrop.evaluation.questions import ImageToEmbed, TextToEmbed
from tunedrop.evaluation.retrieval import ranks
from tunedrop.recipe import load

EMBEDDING = {
    "base_model": "amazon.titan-embed-image-v1:0",
    "deployment": {"mode": "provisioned", "model_units": 1},
}
CANVAS = load(
    {"name": "support", "base_model": "amazon.nova-canvas-v1:0", "method": "instruction_tuning"},
    allow_retired=True,
)
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n and pixels").decode()
PASSAGES = [{"input": f"in the beginning of text {n} was the end of text {n}"} for n in range(12)]


def captioned(count: int) -> list[dict[str, str]]:
    return [{"image-ref": f"s3://pictures/{n}.png", "caption": f"number {n}"} for n in range(count)]


def embedding(values: list[float]) -> str:
    return base64.b64encode(array("f", values).tobytes()).decode()


def brings_together(model_id: str, question: Any) -> str:
    """The custom model's vectors of a text and its image point one way, the base's do not."""
    shown = question.text if isinstance(question, TextToEmbed) else question.uri
    number = int(shown.removeprefix("number ").removeprefix("s3://pictures/").removesuffix(".png"))
    if model_id != CUSTOM and isinstance(question, ImageToEmbed):
        number = (number + 1) % 24
    return embedding([float(number == at) for at in range(24)])


def trained_on_text(**sections: Any) -> World:
    """A world of passages, for a model that is retired by now."""
    given = {
        "name": "support",
        "base_model": "amazon.titan-text-express-v1:0:8k",
        "method": "continued_pre_training",
        "deployment": {"mode": "provisioned", "model_units": 1},
        **sections,
    }
    built = world(goes_on, PASSAGES)
    planned = load(given, allow_retired=True)
    return replanned(built, planned)


def replanned(built: World, planned: Any) -> World:
    """The same world for another recipe."""
    built.run = structs.replace(built.run, snapshot=msgspec.to_builtins(planned))
    built.records.run = built.run
    return built


def goes_on(model_id: str, question: Any) -> str:
    return str(question.completion) if model_id == CUSTOM else "no idea"


@pytest.mark.parametrize("model", all_models(), ids=lambda model: model.id)
def test_every_model_of_the_catalog_has_a_test_that_suits_its_answers(model: Any) -> None:
    for how in model.customizations:
        if not how.served:
            continue
        for method in how.methods:
            general = {"general_test_set": "g.jsonl"}
            asks = method == "domain_adaptation" and model.output_modalities == ("text",)
            planned = load(
                {
                    "name": "support",
                    "base_model": model.id,
                    "method": method,
                    "evaluation": general if asks else {},
                },
                allow_retired=True,
            )
            exam = type(exam_of(planned, "")).__name__
            by_output = {"embedding": "RetrievalExam", "image": "DrawingExam"}
            by_format = {"continued-pre-training": "ContinuationExam"}
            expected = by_output.get(model.output_modalities[0]) or by_format.get(
                how.dataset_format, "DialogueExam"
            )
            assert exam == expected


# Embeddings


def test_embeddings_are_measured_by_whether_a_text_finds_its_image() -> None:
    tested = world(brings_together, captioned(24), evaluation={"beat": "base"}, **EMBEDDING)
    assert tested.test().is_complete
    recall = tested.section["metrics"]["recall_at_1"]
    assert (recall["custom"], recall["base"]) == (1, 0)
    assert "the custom model beats the base model: recall_at_1 1.000" in tested.section["verdict"]
    assert tested.answers()[3] == {
        "caption": "number 3",
        "image": "s3://pictures/3.png",
        "custom": 1,
        "base": 24,
    }


def test_an_embedding_that_is_no_better_is_rejected() -> None:
    def alike(model_id: str, question: Any) -> str:
        return brings_together("base", question)

    tested = world(alike, captioned(24), evaluation={"beat": "base"}, **EMBEDDING)
    with pytest.raises(ModelRejectedError, match="cannot be told apart"):
        tested.test()


def test_a_recall_below_the_recipes_minimum_is_rejected_by_how_much() -> None:
    goals = {"metrics": {"recall_at_5": 0.9}}

    def alike(model_id: str, question: Any) -> str:
        return brings_together("base", question)

    tested = world(alike, captioned(24), evaluation=goals, **EMBEDDING)
    with pytest.raises(ModelRejectedError, match=r"0\.900 below the recipe's minimum of 0\.9"):
        tested.test()


def test_a_pair_of_which_one_half_is_refused_is_set_aside() -> None:
    def too_large(model_id: str, question: Any) -> str:
        if isinstance(question, ImageToEmbed) and question.uri == "s3://pictures/3.png":
            raise QuestionRefusedError("The image is too large")
        return brings_together(model_id, question)

    tested = world(too_large, captioned(24), **EMBEDDING)
    assert tested.test().records == 23
    assert tested.answers()[3]["custom"] is None


def test_ranks_count_images_that_are_as_near_before_the_right_one() -> None:
    assert ranks([[1.0, 0.0], [0.0, 2.0]], [[3.0, 0.0], [1.0, 1.0]]) == [1, 1]
    assert ranks([[1.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]]) == [2, 2]
    assert ranks([[0.0, 0.0]], [[1.0, 0.0]]) == [1]


# Images


def test_an_image_model_draws_a_few_captions_which_are_kept() -> None:
    tested = replanned(world(lambda model, question: PNG, captioned(24)), CANVAS)
    assert tested.test().records == 3
    assert "drew 3 of 3 captions: a smoke test" in tested.section["verdict"]
    names = [line["custom"] for line in tested.answers()]
    assert all(tested.kept(name).startswith(b"\x89PNG") for name in names)
    assert len(tested.models.asked) == 3


def test_an_image_model_that_brings_no_image_is_rejected() -> None:
    text = base64.b64encode(b"no image").decode()
    tested = replanned(world(lambda model, question: text, captioned(5)), CANVAS)
    with pytest.raises(ModelRejectedError, match="drew 0 of 3 captions"):
        tested.test()


def test_an_image_model_without_a_test_set_is_not_asked() -> None:
    tested = replanned(world(lambda model, question: PNG, []), CANVAS)
    assert tested.test().verdict == "There is no test record, so the custom model was not asked."


# Passages


def test_a_model_of_passages_goes_on_with_a_few_and_tells_bedrocks_perplexity() -> None:
    tested = trained_on_text()
    perplexity = "Bedrock's validation perplexity fell from 9 to 4."
    tested.records.run = structs.replace(tested.run, losses={"perplexity": perplexity})
    tested.test()
    assert len(tested.models.asked) == 5
    assert "went on with 5 of 5 passages" in tested.section["verdict"]
    assert tested.section["verdict"].endswith(perplexity)
    assert tested.section["metrics"] == {}


def test_passages_are_compared_where_the_recipe_names_a_metric() -> None:
    tested = trained_on_text(evaluation={"metrics": {"rouge_l": 0.5}, "beat": "base"})
    assert tested.test().records == 12
    assert tested.section["metrics"]["rouge_l"]["custom"] == 1
    assert tested.answers()[0]["prompt"] == "in the beginning of text 0"


def test_a_model_of_passages_that_stays_silent_is_rejected() -> None:
    tested = trained_on_text()
    tested.models.rule = lambda model, question: " "
    with pytest.raises(ModelRejectedError, match="went on with 0 of 5 passages"):
        tested.test()


# System prompts


def test_a_system_prompt_goes_into_the_first_turn_where_a_model_takes_none() -> None:
    chat = {
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": "question 1"},
            {"role": "assistant", "content": "the right answer 1"},
        ],
    }
    planned = load(
        {
            "name": "support",
            "base_model": "amazon.titan-text-express-v1:0:8k",
            "method": "instruction_tuning",
            "deployment": {"mode": "provisioned", "model_units": 1},
        },
        allow_retired=True,
    )
    assert not base_model(planned.base_model).inference.takes_system_prompt
    tested = replanned(world(knows, [chat]), planned)
    tested.test()
    asked = tested.models.asked[0][1]
    assert isinstance(asked, Record)
    assert (asked.system, asked.turns[0].text) == (None, "Be brief.\n\nquestion 1")
    assert json.loads(tested.kept("metrics.json"))["records"] == 1
