"""The test of a deployment, from the test set to the verdict."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk_builders import CHAMPION, CHAMPIONS_RUN, CUSTOM, World, champion, knows, pairs, world
from msgspec import structs

from tests.unit.run_builders import NOW, run
from tunedrop.errors import DeploymentFailedError, ModelRejectedError, RunEndingError
from tunedrop.evaluation import desk
from tunedrop.evaluation.answers import Pace, QuestionRefusedError

ROOT = Path(__file__).resolve().parents[3]
LONGEST_PATIENCE = 7 * 86_400
EVENTS_OF_A_ROUND = len(("Entered", "Scheduled", "Started", "Succeeded", "Exited", "In", "Out"))
BASE = "us.amazon.nova-micro-v1:0"
MAIL, TOKEN = "ingrid.holm@fastmail.com", "ghp_x7Kd92mQpL4vRt8WzB3nYc6HsJ5fGa1EuTiO"
BEAT = {"evaluation": {"beat": "base"}}
GENERAL = {"evaluation": {"general_test_set": "general.jsonl"}}


def ignorant(model_id: str, question: Any) -> str:
    return "no idea"


def forgetful(model_id: str, question: Any) -> str:
    """Knows the test set, and forgot what its base knows."""
    if question.prompt.startswith("general"):
        return question.completion if model_id != CUSTOM else "no idea"
    return knows(model_id, question)


def running_out(*, after: int) -> Callable[[], float]:
    """Time that is as good as over once it was looked at so often."""
    looks = iter([900.0] * after)
    return lambda: next(looks, 10.0)


# Deciding


def test_a_model_that_knows_more_passes_and_every_answer_is_kept() -> None:
    tested = world(knows, pairs(12), **BEAT)
    assert tested.test().is_complete
    assert tested.section["metrics"]["rouge_l"]["low"] > 0
    assert tested.answers()[4] == {
        "prompt": "question 4",
        "reference": "the right answer 4",
        "custom": "the right answer 4",
        "base": "no idea",
    }


def test_a_model_that_knows_nothing_more_is_rejected_with_its_record_written() -> None:
    tested = world(ignorant, pairs(12), **BEAT)
    with pytest.raises(ModelRejectedError, match="cannot be told apart"):
        tested.test()
    assert "cannot be told apart" in tested.section["verdict"]


def rolling_back(rule: Any, count: int) -> World:
    tested = world(rule, pairs(count), **BEAT)
    tested.records.run = structs.replace(tested.run, is_rollback=True)
    return tested


def test_a_rollback_serves_at_a_persons_word_whatever_the_gate_says() -> None:
    tested = rolling_back(ignorant, 12)
    assert tested.test().is_complete
    assert "cannot be told apart" in tested.section["verdict"]


def test_a_rollback_waits_for_no_second_call_and_says_so() -> None:
    tested = rolling_back(knows, 250)
    assert tested.test(seconds=running_out(after=100)).is_complete
    assert "were asked, a fair sample: a rollback waits no longer" in tested.section["asked"]


def test_a_rollback_asks_for_two_minutes_of_its_call() -> None:
    left = desk._within(rolling_back(knows, 1).records.run, NOW, lambda: 900)()
    assert 119 < left - Pace.reserve <= 120


def test_a_test_that_fails_does_not_stop_a_rollback_and_is_told() -> None:
    def forbidden(model_id: str, question: Any) -> str:
        raise PermissionError("a record, perhaps")

    tested = rolling_back(forbidden, 12)
    assert tested.test().is_complete
    assert tested.section["verdict"].startswith("Not tested: the test failed (PermissionError).")


def test_a_rollback_that_is_cancelled_during_its_test_ends() -> None:
    tested = rolling_back(knows, 12)
    tested.records.run = structs.replace(tested.records.run, status="ending")
    with pytest.raises(RunEndingError):
        tested.test()


def test_labelled_tasks_get_accuracy_macro_f1_and_the_confusion_matrix() -> None:
    tickets = [{"prompt": f"q {n}", "completion": ("yes", "no")[n % 2]} for n in range(40)]
    tested = world(
        lambda model, question: question.completion if model == CUSTOM else "yes",
        tickets,
        method="transfer_learning",
        **BEAT,
    )
    tested.test()
    assert tested.section["metrics"]["accuracy"]["base"] == 0.5
    assert tested.section["metrics"]["macro_f1"]["custom"] == 1
    matrix = json.loads(tested.kept("metrics.json"))["confusion"]
    assert matrix["counts"] == [[20, 0], [0, 20]]
    assert "confusion" not in tested.section


def test_free_texts_of_a_labelled_method_are_measured_as_texts() -> None:
    tested = world(knows, pairs(12), method="transfer_learning")
    tested.test()
    assert set(tested.section["metrics"]) == {"rouge_l", "chrf", "exact_match"}


def test_accuracy_of_free_texts_is_refused_with_what_to_name_instead() -> None:
    tested = world(knows, pairs(12), evaluation={"metrics": {"accuracy": 0.5}})
    with pytest.raises(ModelRejectedError, match="too many or too long to be labels"):
        tested.test()


def test_examples_are_gains_over_the_champion_where_it_was_asked() -> None:
    def rule(model_id: str, question: Any) -> str:
        knowing = {CUSTOM: "13579", CHAMPION: "24680", BASE: ""}[model_id]
        return question.completion if question.prompt[-1] in knowing else "no idea"

    tested = world(rule, pairs(10), evaluation={"beat": "champion", "on_tie": "promote"})
    tested.champion = champion()
    tested.test()
    examples = json.loads(tested.kept("metrics.json"))["examples"]
    assert len(examples) == 6
    assert all(each["champion"] == "no idea" for each in examples[:3])
    assert all(each["custom"] == "no idea" for each in examples[3:])
    assert [each["gain"] > 0 for each in examples] == [True] * 3 + [False] * 3
    assert "examples" not in tested.section


def shown(tested: World) -> bytes:
    return tested.kept("answers.jsonl") + tested.kept("metrics.json")


@pytest.mark.parametrize("handled", ["report", "keep"])
def test_what_is_shown_and_kept_holds_no_confidential_data(handled: str) -> None:
    asked = pairs(12, "My BSN is 111222333, question", f"{'x ' * 745}write to {MAIL} or 111222333")
    data = {"personal_data": handled, "secrets": handled}
    tested = world(lambda _, question: f"{question.completion} {TOKEN}", asked, data=data)
    tested.test()
    assert tested.section["metrics"]["rouge_l"]["custom"] > 0.9
    assert len(tested.answers()) == 12
    for datum in (MAIL, "111222333", TOKEN, "ghp_"):
        assert (datum.encode() in shown(tested)) is (handled == "keep")


def test_labels_are_told_apart_by_placeholders_where_they_are_addresses() -> None:
    mailed = [{"prompt": f"q {n}", "completion": f"{'ab'[n % 2]}@corp.io"} for n in range(40)]
    tested = world(lambda _, asked: asked.completion, mailed, method="transfer_learning")
    tested.test()
    assert tested.section["metrics"]["accuracy"]["custom"] == 1
    matrix = json.loads(tested.kept("metrics.json"))["confusion"]
    assert matrix["labels"] == ["[EMAIL_1]", "[EMAIL_2]"]
    assert b"@corp.io" not in shown(tested)


# Going on


def test_what_was_answered_is_not_asked_again() -> None:
    tested = world(knows, pairs(12), **BEAT)
    tested.test()
    assert (tested.asked(CUSTOM), tested.asked(BASE)) == (12, 12)
    assert tested.test().is_complete
    assert len(tested.models.asked) == 24


def test_a_call_that_runs_out_of_time_is_gone_on_with() -> None:
    tested = world(knows, pairs(250), **BEAT)
    assert not tested.test(seconds=running_out(after=400)).is_complete
    asked = len(tested.models.asked)
    assert 0 < asked < 500
    assert tested.test().is_complete
    assert len(tested.models.asked) == 500
    assert tested.section["asked"] == "All 250 test records were asked."


def test_scoring_waits_for_a_call_that_has_time_for_it() -> None:
    tested = world(knows, pairs(12), **BEAT)
    early = tested.test(seconds=lambda: 300)
    assert not early.is_complete
    assert early.records == 12
    assert tested.test().is_complete


def test_when_patience_is_over_the_models_are_compared_on_what_they_were_asked() -> None:
    tested = world(knows, pairs(250), **BEAT)
    tested.test(seconds=running_out(after=400))
    late = tested.test(after=timedelta(hours=7))
    assert late.is_complete
    assert 0 < late.records < 250
    assert (
        "of 250 test records were asked, a fair sample: the recipe's patience"
        in (tested.section["asked"])
    )


def test_a_model_that_was_never_heard_fails_the_deployment_and_not_the_model() -> None:
    tested = world(knows, pairs(12), **BEAT)
    with pytest.raises(DeploymentFailedError, match="Request a higher quota"):
        tested.test(after=timedelta(hours=7))


def test_a_new_champion_is_asked_alone() -> None:
    tested = world(knows, pairs(12), evaluation={"beat": "champion"})
    tested.test()
    tested.champion = champion()
    tested.test()
    assert (tested.asked(CUSTOM), tested.asked(BASE), tested.asked(CHAMPION)) == (12, 12, 12)
    assert tested.section["metrics"]["rouge_l"]["against"] == "champion"


def test_a_champion_that_takes_other_questions_is_not_asked() -> None:
    tested = world(knows, pairs(12), evaluation={"beat": "champion"})
    tested.champion = champion("amazon.titan-embed-image-v1:0")
    tested.test()
    assert tested.asked(CHAMPION) == 0


def test_a_call_has_time_to_ask_before_it_must_leave_the_scoring_to_the_next() -> None:
    machine = json.loads((ROOT / "statemachines" / "fine_tuning.asl.json").read_text())
    limit = machine["States"]["TestDeployment"]["TimeoutSeconds"]
    assert desk._SECONDS_TO_JUDGE + Pace.reserve < 0.7 * limit
    rounds = LONGEST_PATIENCE / (limit - desk._SECONDS_TO_JUDGE)
    assert rounds * EVENTS_OF_A_ROUND < 0.5 * 25_000, "what an execution's history holds"


# Setting aside


def test_one_record_that_a_model_would_not_take_is_set_aside_and_said() -> None:
    def long_one(model_id: str, question: Any) -> str:
        if question.prompt == "question 3":
            raise QuestionRefusedError("Input is too long for the model")
        return knows(model_id, question)

    tested = world(long_one, pairs(12), **BEAT)
    assert tested.test().records == 11
    assert tested.section["set_aside"] == 1
    assert "Input is too long for the model" in tested.section["asked"]
    assert tested.answers()[3]["refused"]["custom"] == "Input is too long for the model"


def test_a_model_that_takes_many_records_not_at_all_is_rejected_in_bedrocks_words() -> None:
    def refusing(model_id: str, question: Any) -> str:
        if model_id == CUSTOM and question.prompt.endswith(("3", "7")):
            raise QuestionRefusedError("Input is too long.")
        return knows(model_id, question)

    tested = world(refusing, pairs(12))
    with pytest.raises(ModelRejectedError, match=r"would not take 2 of 12 test records: Input is"):
        tested.test()


def test_a_model_that_takes_nothing_is_not_asked_20_000_times() -> None:
    def refusing(model_id: str, question: Any) -> str:
        raise QuestionRefusedError("Not enabled")

    tested = world(refusing, pairs(1_000))
    with pytest.raises(ModelRejectedError, match="would not take 100 of 100 test records"):
        tested.test()


# Leaks


def test_records_that_were_trained_on_are_left_out_and_counted() -> None:
    tested = world(knows, pairs(12), **BEAT)
    tested.file("train.jsonl", [{"prompt": "QUESTION  5", "completion": "anything"}])
    assert tested.test().records == 11
    assert tested.section["leaked"] == 1
    assert (
        "1 record left out, because the question stands in the training data too"
        in (tested.section["asked"])
    )
    assert all(question.prompt != "question 5" for _, question in tested.models.asked)


def test_records_that_the_champion_was_trained_on_are_left_out_too() -> None:
    tested = world(knows, pairs(12), evaluation={"beat": "champion"})
    tested.champion = champion()
    champions = replace(tested.run.layout, run_id=CHAMPIONS_RUN)
    _knows_run(tested, CHAMPIONS_RUN)
    tested.artifacts.content[champions.dataset("train.jsonl")] = (
        b'{"prompt": "question 1", "completion": "x"}\n{"prompt": "question 2", "completion": "y"}'
    )
    assert tested.test().records == 10


def test_training_data_that_is_not_kept_any_more_is_said() -> None:
    tested = world(knows, pairs(12), evaluation={"beat": "champion"})
    tested.champion = champion()
    _knows_run(tested, CHAMPIONS_RUN)
    tested.test()
    assert f"The training data of the run {CHAMPIONS_RUN} is not kept" in tested.section["asked"]


def test_a_test_set_that_was_trained_on_proves_nothing() -> None:
    tested = world(knows, pairs(12), **BEAT)
    tested.file("train.jsonl", pairs(12))
    with pytest.raises(ModelRejectedError, match="12 records left out"):
        tested.test()


def test_a_training_file_is_read_for_leaks_once() -> None:
    tested = world(knows, pairs(12))
    tested.test()
    tested.file("train.jsonl", pairs(12))
    assert tested.test().records == 12


# Forgetting


def test_a_model_that_forgot_what_its_base_knows_is_rejected() -> None:
    tested = world(forgetful, pairs(12), **GENERAL)
    tested.general(pairs(12, prompt="general", completion="common knowledge"))
    with pytest.raises(ModelRejectedError, match=r"lost more than the 0\.02"):
        tested.test()
    assert tested.section["general"]["gain"] == -1


def test_the_general_test_set_is_asked_of_custom_and_base_only() -> None:
    tested = world(
        knows, pairs(12), evaluation={"beat": "champion", "general_test_set": "general.jsonl"}
    )
    tested.champion = champion()
    tested.general(pairs(8, prompt="general"))
    tested.test()
    assert tested.asked(CHAMPION) == 12
    assert tested.asked(BASE) == tested.asked(CUSTOM) == 20
    assert "the custom model beats" in tested.section["verdict"]
    assert "general test set" in tested.section["verdict"]


def test_the_general_test_set_comes_first() -> None:
    tested = world(knows, pairs(12), **GENERAL)
    tested.general(pairs(8, prompt="general"))
    tested.test()
    assert tested.models.asked[0][1].prompt.startswith("general")  # type: ignore[union-attr]


def _knows_run(tested: Any, run_id: str) -> None:
    """Let the records find another run."""
    other = run(run_id=run_id)
    own = tested.records.find
    tested.records.find = lambda name: other if name == run_id else own(name)
