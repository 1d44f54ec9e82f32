"""What is asked: a fair sample of the test set, without what was trained on."""

import json

import pytest

from tunedrop.dataset.records import Passage, Record
from tunedrop.errors import InvalidInputError
from tunedrop.evaluation.leaks import leaked
from tunedrop.evaluation.questions import continuation
from tunedrop.evaluation.test_set import draw


def file(*pairs: tuple[str, str]) -> list[bytes]:
    lines = [json.dumps({"prompt": p, "completion": c}) + "\n" for p, c in pairs]
    return ["".join(lines).encode()]


def numbered(count: int) -> list[bytes]:
    return file(*((f"question {n}", f"answer {n}") for n in range(count)))


def test_a_set_within_the_bound_is_asked_whole_by_line() -> None:
    drawn = draw(numbered(20), 100)
    assert sorted(drawn) == list(range(1, 21))
    assert drawn[3].prompt == "question 2"


def test_the_order_is_the_same_each_time_and_not_that_of_the_file() -> None:
    assert list(draw(numbered(50), 50)) == list(draw(numbered(50), 50)) != list(range(1, 51))


def test_a_larger_set_is_drawn_from_evenly() -> None:
    drawn = draw(numbered(2_000), 200)
    assert len(drawn) == 200
    assert 60 < sum(line <= 1_000 for line in drawn) < 140


def test_a_draw_is_the_beginning_of_a_larger_one() -> None:
    assert list(draw(numbered(300), 50)) == list(draw(numbered(300), 300))[:50]


def test_blank_lines_and_odd_chunks_do_not_matter() -> None:
    content = b"\n\n".join(numbered(3)[0].splitlines())
    pieces = [content[at : at + 7] for at in range(0, len(content), 7)]
    assert sorted(draw(pieces, 9)) == [1, 3, 5]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "line 1: it is no JSON object"),
        (b"[1]", "line 1: it is no JSON object"),
        (b'{"a": 1}', "line 1: its fields are those of no format"),
        (b'{"prompt": "p"}', "line 1: completion"),
    ],
)
def test_a_line_that_is_no_record_is_named(line: bytes, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        draw([line], 9)


def test_a_question_that_was_trained_on_is_found_whatever_its_case_spaces_and_answer() -> None:
    test_set = draw(file(("When do you open?", "At 9"), ("Where are you?", "Here")), 9)
    trained = file(("when do  you OPEN?\n", "At 8"), ("Who are you?", "Us"))
    assert leaked(test_set, trained) == {1}


def test_both_copies_of_a_leaked_question_are_found() -> None:
    test_set = draw(file(("a", "b"), ("a", "c")), 9)
    assert leaked(test_set, file(("A", "d"))) == {1, 2}


def test_the_format_of_the_training_file_does_not_matter() -> None:
    chat = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    assert leaked(draw(file(("a", "b")), 9), [json.dumps(chat).encode()]) == {1}


def test_a_passage_leaks_as_a_whole() -> None:
    test_set = draw([b'{"input": "some text"}\n{"input": "another"}'], 9)
    assert leaked(test_set, [b'{"input": "Some  text"}\nno JSON']) == {1}


def test_a_passage_is_asked_by_its_first_half() -> None:
    asked = continuation(Passage("one two three four five"))
    assert asked == Record(None, asked.turns)
    assert (asked.prompt, asked.completion) == ("one two", "three four five")


def asked_about(uri: str) -> dict[str, object]:
    image = {"image": {"format": "png", "source": {"s3Location": {"uri": uri}}}}
    asked = {"role": "user", "content": [{"text": "What is it?"}, image]}
    told = {"role": "assistant", "content": [{"text": "A cup."}]}
    return {"schemaVersion": "bedrock-conversation-2024", "messages": [asked, told]}


def test_a_question_about_an_image_leaks_from_a_run_that_has_its_own_copy_of_it() -> None:
    test_set = draw([json.dumps(asked_about("s3://artifacts/run-2/media/ab12.png")).encode()], 9)
    same, other = (
        json.dumps(asked_about(f"s3://artifacts/run-1/media/{n}.png")) for n in ("ab12", "cd34")
    )
    assert leaked(test_set, [same.encode()]) == {1}
    assert leaked(test_set, [other.encode()]) == set()
