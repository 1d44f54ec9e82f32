"""What was asked is counted with its tokens, however often the test is called."""

from typing import Any

from desk_builders import CUSTOM, champion, knows, pairs, world
from msgspec import structs

from tunedrop.evaluation.answers import QuestionRefusedError

BASE = "us.amazon.nova-micro-v1:0"
BEAT = {"evaluation": {"beat": "base"}}


def asked(tested: Any) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in tested.records.run.cost["asked"]}


def test_each_model_is_counted_with_its_tokens_and_what_served_it() -> None:
    tested = world(knows, pairs(12), **BEAT)
    tested.test()
    base = asked(tested)["the base model"]
    assert (base["calls"], base["input_tokens"], base["uncounted"]) == (12, 120, 0)
    assert base["output_tokens"] == 12 * len("no idea")
    assert (base["model"], base["through"]) == (BASE, BASE)
    assert asked(tested)["the custom model"]["through"] == CUSTOM


def test_further_calls_count_nothing_twice_and_lose_no_cost_that_was_known() -> None:
    tested = world(knows, pairs(12), **BEAT)
    estimated = structs.replace(tested.run, cost={"training_usd_estimate": 1.0})
    tested.records.run = estimated
    for _ in range(2):
        tested.test()
    assert asked(tested)["the base model"]["calls"] == 12
    assert tested.records.run.cost["training_usd_estimate"] == 1.0


def test_refused_questions_are_billed_to_nobody() -> None:
    def refusing(model_id: str, question: Any) -> str:
        if question.prompt.endswith(" 3"):
            raise QuestionRefusedError("Too long.")
        return knows(model_id, question)

    tested = world(refusing, pairs(12), **BEAT)
    tested.test()
    assert asked(tested)["the custom model"]["calls"] == 11


def test_the_champion_and_the_general_test_set_count_too() -> None:
    both = {"evaluation": {"beat": "champion", "general_test_set": "general.jsonl"}}
    tested = world(knows, pairs(12), **both)
    tested.champion = champion()
    tested.general(pairs(8, prompt="general"))
    tested.test()
    calls = {name: each["calls"] for name, each in asked(tested).items()}
    assert calls == {"the custom model": 20, "the base model": 20, "the champion": 12}
