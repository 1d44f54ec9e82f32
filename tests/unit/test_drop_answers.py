"""The newest drop of a key has the last word, and the end of a run outlives its beginning."""

from dataclasses import dataclass, field

from tunedrop.answers import NOTHING_STARTED, RUN_STARTED, Answer, Answers

KEY = "datasets/support/a.jsonl"


@dataclass
class KeptObjects:
    """Objects in memory."""

    content: dict[str, bytes] = field(default_factory=dict)

    def read_if_there(self, key: str) -> bytes | None:
        return self.content.get(key)

    def write(self, key: str, content: bytes, content_type: str) -> None:
        assert content_type == "application/json"
        self.content[key] = content


def answer(outcome: str, run_id: str = "run-1", dropped_at: str = "2026-11-22T12") -> Answer:
    return Answer(
        key=KEY,
        version_id="v",
        outcome=outcome,
        reason="",
        answered_at="2026-11-22T13",
        dropped_at=dropped_at,
        run_id=run_id,
    )


def last_word(*given: Answer) -> Answer | None:
    answers = Answers(KeptObjects())
    for each in given:
        answers.write(each)
    return answers.find(KEY)


def test_a_drop_that_nobody_answered_has_no_answer() -> None:
    assert last_word() is None


def test_the_end_of_a_run_follows_its_beginning() -> None:
    end = answer("RunSucceeded")
    assert last_word(answer(RUN_STARTED), end) == end


def test_a_late_word_of_the_beginning_changes_nothing() -> None:
    end = answer("RunSucceeded")
    assert last_word(end, answer(RUN_STARTED)) == end


def test_the_end_of_a_run_that_was_stopped_before_it_had_a_record_is_told() -> None:
    end = answer("RunCancelled", dropped_at="")
    assert last_word(answer(RUN_STARTED), end) == end


def test_the_end_of_an_earlier_drops_run_changes_nothing() -> None:
    later = answer(RUN_STARTED, "run-2", "2026-11-22T12:30")
    assert last_word(later, answer("RunSucceeded")) == later


def test_a_later_drop_is_answered_over_an_earlier_one() -> None:
    later = answer(NOTHING_STARTED, "", "2026-11-22T12:30")
    assert last_word(answer("RunSucceeded"), later) == later


def test_a_rerun_of_the_same_drop_is_answered() -> None:
    again = answer(RUN_STARTED, "run-2")
    assert last_word(answer("ServiceFailed"), again) == again


def test_the_answer_is_a_file_for_people() -> None:
    objects = KeptObjects()
    Answers(objects).write(answer(RUN_STARTED))
    [(key, content)] = objects.content.items()
    assert key == f"answers/{KEY}.json"
    assert content.count(b"\n") > 5
