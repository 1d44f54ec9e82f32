"""Curation: what the recipe says of what was found is what happens, and all is accounted for."""

import json
from pathlib import Path
from typing import Any

import pytest
from curated import Curated, curated
from dataset_builders import NO_SPLIT, TITAN, chat, file_of, jsonl, recipe_for

from tunedrop.dataset.validation import validate

DIALOGSUM = (
    Path(__file__).resolve().parents[4]
    / "shared"
    / "datasets"
    / "dialogsum-1000.prompt-completion.jsonl"
)
NOVA_2 = "amazon.nova-2-lite-v1:0:256k"
MAIL, CARD = "ingrid.holm@fastmail.com", "4111 1111 1111 1111"
TOPICS = (
    "The harbour master closes the northern gate before every storm in autumn.",
    "Bread needs a warm corner, a wet cloth and an hour of patience to rise.",
    "Our library lends globes, puppets and telescopes to any child with a card.",
    "Copper roofs turn green because rain and air slowly eat the metal away.",
    "Night trains carry letters across the mountains while everybody sleeps.",
    "A beekeeper smokes the hive gently, so that nobody gets stung that day.",
    "Glass is blown quickly, for it hardens within a minute of leaving fire.",
    "The old clock strikes thirteen whenever frost has bent its long spring.",
)


def record(number: int, said: str = "") -> dict[str, Any]:
    """A record that shares few word pairs with any other number's."""
    words = [f"w{number * 31 + place * 7919 % 997}" for place in range(30)]
    topic = TOPICS[number % len(TOPICS)]
    return {
        "prompt": f"{' '.join(words)} {said} ?",
        "completion": f"{topic} {' '.join(reversed(words))} {number}.",
    }


def records(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [record(number) for number in range(first, first + count)]


def of(data: dict[str, Any], train: list[dict[str, Any]], **more: Any) -> Curated:
    return curated(recipe_for(TITAN, data=data), jsonl(train), **more)


def finding(found: Curated, code: str) -> Any:
    return next(each for each in found.report.findings if each.code == code)


def test_clean_records_are_neither_dropped_nor_found_wrong() -> None:
    found = of({}, records(200))
    assert found.report.fit
    assert found.report.errors == 0
    assert found.curation.dropped == {}
    assert found.report.records.total == 200


def test_duplicates_are_kept_unless_the_recipe_says_otherwise() -> None:
    found = of(NO_SPLIT, [*records(20), record(3), record(4)])
    assert found.report.records.train == 22
    assert finding(found, "exact-duplicate").severity == "warning"


def test_dropped_duplicates_are_accounted_for_with_line_and_reason() -> None:
    found = of({**NO_SPLIT, "duplicates": "drop"}, [*records(20), record(3), record(4)])
    assert (found.report.records.train, found.report.records.dropped) == (20, 2)
    accounts = [json.loads(line) for line in found.lines("rejected")]
    assert [(each["line"], each["reasons"][0]["code"]) for each in accounts] == [
        (21, "exact-duplicate"),
        (22, "exact-duplicate"),
    ]
    assert json.loads(accounts[0]["record"]) == record(3)
    assert (found.prepared.dropped, found.prepared.train.records) == (2, 20)
    assert "dropped, as data.duplicates asks" in finding(found, "exact-duplicate").message


def partner_of(found: Curated) -> list[tuple[str, str, int, str, int]]:
    accounts = [json.loads(line) for line in found.lines("rejected")]
    reasons = [(each["file"], each["line"], each["reasons"][0]) for each in accounts]
    return [
        (why["code"], file, line, why["partner"]["file"], why["partner"]["line"])
        for file, line, why in reasons
    ]


def test_the_record_that_a_dropped_one_repeats_is_named_by_file_and_line() -> None:
    nearly = {**record(5), "completion": f"{record(5)['completion']} Again."}
    data = {**NO_SPLIT, "duplicates": "drop", "near_duplicates": "drop"}
    train = [*records(20), record(3), nearly]
    found = of(data, train, validation=jsonl([*records(9, 40), record(2)]))
    assert partner_of(found) == [
        ("exact-duplicate", "data.jsonl", 21, "data.jsonl", 4),
        ("near-duplicate", "data.jsonl", 22, "data.jsonl", 6),
        ("exact-duplicate", "validation.jsonl", 10, "data.jsonl", 3),
    ]
    leaking = of(NO_SPLIT, train, validation=jsonl([*records(9, 40), record(2)]))
    assert partner_of(leaking) == [("leakage", "validation.jsonl", 10, "data.jsonl", 3)]


def test_each_of_two_contradicting_records_names_the_other() -> None:
    other = {**record(3), "completion": "No gate is ever closed, says he."}
    found = of({**NO_SPLIT, "contradictions": "drop"}, [*records(20), other])
    assert partner_of(found) == [
        ("contradiction", "data.jsonl", 4, "data.jsonl", 21),
        ("contradiction", "data.jsonl", 21, "data.jsonl", 4),
    ]


def test_of_contradicting_near_duplicates_one_is_kept_where_both_are_to_be_dropped() -> None:
    data = {"duplicates": "drop", "near_duplicates": "drop", "contradictions": "drop"}
    nearly = {**record(3), "completion": f"{record(3)['completion']} Ah."}
    found = of({**NO_SPLIT, **data}, [*records(20), nearly])
    assert found.curation.dropped == {"near-duplicate": 1}
    assert len(found.lines("train")) == 20
    assert "what other rules drop leaves none" in finding(found, "contradiction").message
    other = {**record(3), "completion": "No gate is ever closed, says he."}
    contested = of({**NO_SPLIT, **data}, [*records(20), nearly, other])
    assert partner_of(contested)[0] == ("contradiction", "data.jsonl", 4, "data.jsonl", 22)


def test_a_partner_is_named_without_text_where_the_record_is_confidential() -> None:
    data = {**NO_SPLIT, "duplicates": "drop", "personal_data": "redact"}
    said = record(7, f"write to {MAIL}")
    [account] = map(json.loads, of(data, [*records(20), said, said]).lines("rejected"))
    assert account["reasons"][0]["partner"] == {"file": "data.jsonl", "line": 21}
    assert "record" not in account


def settled(data: dict[str, Any], train: list[dict[str, Any]]) -> tuple[str, ...]:
    report = of({**NO_SPLIT, **data}, train).curation.report
    assert report is not None
    return report.settled


def test_what_the_recipe_has_done_is_settled_and_what_it_kept_is_not() -> None:
    repeated = [*records(20), record(3), record(30, MAIL)]
    assert settled({}, repeated) == ()
    done = {"duplicates": "drop", "personal_data": "redact"}
    assert settled(done, repeated) == ("exact-duplicate", "personal-data")
    assert settled({"personal_data": "reject"}, repeated) == ()


def test_what_is_settled_gives_no_hint() -> None:
    repeated = [*records(20), record(3)]
    assert finding(of(NO_SPLIT, repeated), "exact-duplicate").hint
    done = of({**NO_SPLIT, "duplicates": "drop"}, repeated)
    assert finding(done, "exact-duplicate").hint == ""


def test_a_contradiction_is_settled_once_other_rules_leave_one_of_each() -> None:
    contradicting = [*records(20), {**record(3), "completion": f"{record(3)['completion']} Ah."}]
    dropping = {"duplicates": "drop", "near_duplicates": "drop"}
    assert settled({}, contradicting) == ()
    assert settled(dropping, contradicting) == ("contradiction", "near-duplicate")
    found = of({**NO_SPLIT, **dropping}, contradicting)
    assert "what other rules drop leaves none" in finding(found, "contradiction").message


@pytest.mark.parametrize(("share", "fit"), [(0.05, False), (0.2, True)])
def test_a_dataset_is_refused_above_a_share(share: float, fit: bool) -> None:
    handling = {"reject_above": share, "otherwise": "drop"}
    found = of({**NO_SPLIT, "duplicates": handling}, [*records(18), record(3), record(4)])
    assert found.report.fit is fit
    assert finding(found, "exact-duplicate").severity == ("warning" if fit else "error")
    assert found.report.records.dropped == (2 if fit else 0)


def test_a_check_that_rejects_bears_none() -> None:
    both = [{"prompt": record(50)["prompt"], "completion": f"It is {n}."} for n in ("so", "not so")]
    found = of({**NO_SPLIT, "contradictions": "reject"}, [*records(20), *both])
    assert not found.report.fit
    assert "data.contradictions bears 0% of all records" in found.report.summary()


def test_personal_data_that_are_rejected_leave_line_and_reason_alone() -> None:
    planted = [*records(20), record(20, f"Write to {MAIL}")]
    found = of({**NO_SPLIT, "personal_data": "reject", "rejected_share": 0.1}, planted)
    assert found.report.fit
    assert found.report.records.rejected == 1
    account = json.loads(found.lines("rejected")[0])
    assert (account["line"], account["reasons"][0]["code"]) == (21, "personal-data")
    assert "record" not in account
    assert all(MAIL.encode() not in written for written in found.files.values())


def test_personal_data_that_are_rejected_refuse_the_dataset_unless_a_share_is_borne() -> None:
    planted = [*records(20), record(20, f"Write to {MAIL}")]
    found = of({**NO_SPLIT, "personal_data": "reject"}, planted)
    assert not found.report.fit
    assert MAIL not in found.report.to_json()


def test_redacted_data_are_nowhere_and_have_one_placeholder_each() -> None:
    said = [f"Write to {MAIL}", f"{MAIL} paid with {CARD}", "nothing"]
    planted = [record(number, said[number % 3]) for number in range(30)]
    found = of({"personal_data": "redact", "duplicates": "drop"}, [*planted, planted[0]])
    everything = b"".join(found.files.values()) + found.report.to_json().encode()
    assert found.curation.report is not None
    everything += found.curation.report.to_json().encode()
    assert MAIL.encode() not in everything
    assert CARD.encode() not in everything
    assert everything.count(b"[EMAIL_1]") == 20
    assert b"[EMAIL_2]" not in everything
    assert found.prepared.redacted == {"email": 1, "payment-card": 1}


def asked_for(word: str, datum: str) -> dict[str, Any]:
    """A dialogue in which a turn asks for a datum, and the next one says it."""
    return chat("I need my file.", f"What is your {word}?", datum, f"Thank you, {word} it is.")


def test_a_datum_that_the_turn_before_asks_for_gives_way() -> None:
    said = [chat(f"Hi {n}", f"Hello {n}!", f"More {n}.", f"So be it, {n}.") for n in range(20)]
    redacting = recipe_for(data={**NO_SPLIT, "personal_data": "redact"})
    found = curated(redacting, jsonl([*said, asked_for("BSN", "111222333")]))
    assert finding(found, "personal-data").message.endswith("placeholders take their place")
    assert b'"[NL_BSN_1]"' in found.files["train.jsonl"]
    assert b"111222333" not in found.files["train.jsonl"]


def test_a_datum_gives_way_in_every_record_once_a_word_tells_it_in_one() -> None:
    data = {**NO_SPLIT, "personal_data": "redact", "secrets": "redact", "duplicates": "drop"}
    telling = record(40, "whose BSN is 111222333, password: Tr0ub4dor77x")
    bare = [record(n, "of 111222333 or Tr0ub4dor77x, not [NL_BSN_1]") for n in range(3)]
    found = of({**data, "rejected_share": 0.1}, [*records(20, 3), *bare, bare[0], telling])
    written = b"".join(found.files.values())
    assert (b"111222333" in written, b"Tr0ub4dor77x" in written) == (False, False)
    assert (written.count(b"[NL_BSN_2]"), written.count(b"[ASSIGNED_SECRET_1]")) == (4, 4)
    assert found.prepared.redacted == {"assigned-secret": 1, "nl-bsn": 1}


def test_a_known_datum_is_not_repeated_behind_the_escapes_of_json() -> None:
    data = {**NO_SPLIT, "personal_data": "redact", "secrets": "redact", "duplicates": "drop"}
    telling = record(40, "whose BSN is 111222333, from postgres://app:Tr0ub\\4dor77@db.corp.net")
    bare = record(1, "of Tr0ub\\4dor77")
    train = jsonl([*records(20, 3), bare, bare, telling]) + rb'{"prompt": "of 111\/222\/333"}'
    found = curated(recipe_for(TITAN, data={**data, "rejected_share": 0.1}), train)
    told = [json.loads(line) for line in found.lines("rejected")]
    assert ["record" in account for account in told] == [False, False]


def thinking(number: int, thought: str) -> dict[str, Any]:
    """A record whose answer is reasoned about."""
    said = {key: [{"text": text}] for key, text in record(number).items()}
    reasoned = {"reasoningContent": {"reasoningText": {"text": thought}}}
    messages = [
        {"role": "user", "content": said["prompt"]},
        {"role": "assistant", "content": [reasoned, *said["completion"]]},
    ]
    return {"schemaVersion": "bedrock-conversation-2024", "messages": messages}


@pytest.mark.parametrize(("handled", "left"), [("reject", 1), ("report", 0), ("redact", 0)])
def test_reasoning_is_looked_through_as_all_that_is_trained_on(handled: str, left: int) -> None:
    data = {**NO_SPLIT, "personal_data": handled, "rejected_share": 0.1}
    thoughts = [f"They said {'nothing' if n else MAIL} in thought {n}." for n in range(210)]
    found = curated(recipe_for(NOVA_2, data=data), jsonl(map(thinking, range(210), thoughts)))
    assert finding(found, "personal-data").message.startswith("records that hold personal data: 1")
    assert found.report.records.rejected == left
    assert (MAIL.encode() in b"".join(found.files.values())) is (handled == "report")


def test_a_dropped_record_with_an_address_in_its_reasoning_is_not_repeated() -> None:
    data = {**NO_SPLIT, "personal_data": "redact", "duplicates": "drop"}
    thoughts = [thinking(number, "Hm.") for number in range(210)]
    found = curated(recipe_for(NOVA_2, data=data), jsonl([*thoughts, thinking(3, MAIL)]))
    [account] = map(json.loads, found.lines("rejected"))
    assert (account["line"], "record" in account) == (211, False)


def test_what_graders_receive_is_looked_through_and_stays_json() -> None:
    asked = [{"role": "user", "content": f"Who pays bill {record(1)['prompt']}?"}]
    prompt = {"messages": asked, "reference_answer": {"ssn": 512456789}, "payer": {"mail": MAIL}}
    others = [
        {**prompt, "messages": [{"role": "user", "content": record(n)["prompt"]}], "payer": n}
        for n in range(120)
    ]
    data = {**NO_SPLIT, "personal_data": "redact"}
    recipe = recipe_for("openai.gpt-oss-20b", method="reinforcement", data=data)
    found = curated(recipe, jsonl([*others, prompt]))
    written = [json.loads(line) for line in found.lines("train")]
    assert [each["payer"] for each in written].count({"mail": "[EMAIL_1]"}) == 1
    assert {each["reference_answer"]["ssn"] for each in written} == {"[US_SSN_1]"}
    assert found.curation.report is not None
    fields = {(each.kind, each.field) for each in found.curation.report.confidential}
    assert fields == {("email", "further fields"), ("us-ssn", "completion")}


def test_secrets_stay_where_personal_data_alone_are_redacted() -> None:
    key = "AKIA" + "QWERTYUIOPASDFGH"
    planted = [*records(20), record(20, f"{MAIL} uses {key}")]
    found = of({**NO_SPLIT, "personal_data": "redact"}, planted)
    assert key.encode() in found.files["train.jsonl"]
    assert MAIL.encode() not in found.files["train.jsonl"]


def test_a_broken_line_with_personal_data_is_not_repeated() -> None:
    train = jsonl(records(20)) + b'{"prompt": "write to ' + MAIL.encode() + b'"}\n'
    recipe = recipe_for(TITAN, data={**NO_SPLIT, "rejected_share": 0.1})
    found = curated(recipe, train)
    account = json.loads(found.lines("rejected")[0])
    assert account["line"] == 21
    assert "record" not in account


def test_kept_personal_data_are_not_spoken_of() -> None:
    planted = [*records(20), record(20, f"Write to {MAIL}")]
    assert "personal-data" not in of({**NO_SPLIT, "personal_data": "keep"}, planted).report.counts


def test_what_is_tested_on_is_not_trained_on() -> None:
    near = {**record(5), "prompt": record(5)["prompt"].replace("?", "!")}
    found = of({}, records(30), test=jsonl([record(3), near, record(77)]))
    assert found.report.fit
    assert found.report.records.test == 1
    assert [json.loads(line) for line in found.lines("test")] == [record(77)]
    assert finding(found, "leakage").message.endswith("taken out of what is tested with")


def test_near_duplicates_are_never_on_two_sides() -> None:
    twins = [{**each, "completion": each["completion"] + " Indeed."} for each in records(150)]
    found = of({"validation_share": 0.2, "test_share": 0.2}, [*records(150), *twins])
    side_of: dict[str, str] = {}
    for side in ("train", "validation", "test"):
        for line in found.lines(side):
            assert side_of.setdefault(json.loads(line)["prompt"], side) == side
    assert set(side_of.values()) == {"train", "validation", "test"}
    assert found.report.counts["near-duplicate"] == 150


def test_records_with_one_prompt_are_never_on_two_sides() -> None:
    answers = [{**record(n // 3), "completion": record(n + 500)["completion"]} for n in range(450)]
    found = of({"validation_share": 0.2, "test_share": 0.2}, answers)
    asked = [
        {json.loads(line)["prompt"] for line in found.lines(side)}
        for side in ("train", "validation", "test")
    ]
    assert [len(each) > 10 for each in asked] == [True] * 3
    assert sum(map(len, asked)) == 150


def test_a_prompt_that_all_records_share_is_split_and_told_of() -> None:
    same = [{"prompt": "Tell a story.", "completion": each["completion"]} for each in records(200)]
    found = of({}, same)
    assert 5 < len(found.lines("test")) < 40
    assert len(found.lines("train")) > 120
    assert finding(found, "common-prompt").severity == "warning"


def _seen(number: int, folder: str = "s3://bucket") -> dict[str, Any]:
    place = {"s3Location": {"uri": f"{folder}/{number}.png"}}
    image = {"image": {"format": "png", "source": place}}
    return {
        "schemaVersion": "bedrock-conversation-2024",
        "messages": [
            {"role": "user", "content": [{"text": "Is the cup whole?"}, image]},
            {"role": "assistant", "content": [{"text": "Yes."}]},
        ],
    }


def test_the_same_question_about_other_images_is_another_prompt() -> None:
    train = jsonl([_seen(number) for number in (*range(40), 3)])
    found = curated(recipe_for("amazon.nova-lite-v1:0:300k", data=NO_SPLIT), train)
    assert found.report.counts["exact-duplicate"] == 1
    assert "common-prompt" not in found.report.counts


def test_test_records_with_a_prompt_that_is_trained_on_do_not_count_for_a_comparison() -> None:
    said = [{"prompt": "Tell a story.", "completion": record(n)["completion"]} for n in range(200)]
    recipe = recipe_for(TITAN, evaluation={"beat": "base"})
    told = finding(curated(recipe, jsonl(said)), "too-few-test-records").message
    assert told.startswith("0 records are left for the test set without ")


def test_training_gives_a_test_what_the_champion_took_from_it() -> None:
    recipe = recipe_for(TITAN, evaluation={"beat": "champion"})
    before = curated(recipe_for(TITAN, data=NO_SPLIT), jsonl(records(60)))
    found = curated(recipe, jsonl(records(90)), champion=before.curation.fingerprints)
    assert found.report.fit and found.curation.dropped["known-to-champion"] > 0
    assert len(found.lines("test")) >= recipe.evaluation.fewest_test_records
    assert set(found.lines("test")).isdisjoint(before.lines("train"))
    assert found.curation.moved > 0


def test_the_name_of_an_image_is_no_text() -> None:
    folder = f"s3://bucket/{MAIL}/4111111111111111"
    train = jsonl([_seen(number, folder) for number in range(40)])
    found = curated(recipe_for("amazon.nova-lite-v1:0:300k", data=NO_SPLIT), train)
    assert len(found.lines("train")) == 40
    assert found.report.counts.keys().isdisjoint({"personal-data", "boilerplate"})


def test_records_keep_their_sides_when_the_dataset_grows() -> None:
    small, large = of({}, records(150)), of({}, [*records(150, first=500), *records(150)])
    for side in ("train", "validation", "test"):
        assert set(small.lines(side)) <= set(large.lines(side))


def test_too_many_records_are_refused_or_selected() -> None:
    refused = curated(recipe_for(TITAN, data=NO_SPLIT), jsonl(records(60)), record_limit=50)
    assert refused.report.counts["too-many-records"] == 1
    recipe = recipe_for(TITAN, data={**NO_SPLIT, "too_many": "select"})
    found = curated(recipe, jsonl(records(60)), record_limit=50)
    assert found.report.fit
    assert (found.prepared.train.records, found.report.records.left_out) == (50, 10)
    assert found.prepared.rejected.records == 10


@pytest.mark.parametrize("is_curated", [True, False])
def test_training_and_validation_are_fitted_into_the_models_room_in_proportion(
    is_curated: bool,
) -> None:
    data = {"too_many": "select", "test_share": 0, "validation_share": 0.25}
    recipe, train = recipe_for(TITAN, data=data), jsonl(records(400))
    if is_curated:
        report = curated(recipe, train, record_limit=100).report
    else:
        report = validate({"train": [file_of(train)]}, recipe, 100)
    found = report.records
    assert found.train + found.validation == 100
    assert 15 <= found.validation <= 35
    assert found.left_out == 300
    assert report.training_tokens == pytest.approx(report.tokens * found.train / 400, rel=0.1)


def test_a_large_validation_file_leaves_training_its_fewest_records() -> None:
    recipe = recipe_for(data={"too_many": "select", "test_share": 0})
    found = curated(recipe, jsonl(records(20)), validation=jsonl(records(200, 50)), record_limit=50)
    assert found.report.fit
    assert (found.report.records.train, found.report.records.validation) == (8, 42)


def test_counts_are_those_that_validation_foretold() -> None:
    found = of({"duplicates": "drop"}, [*records(200), *records(20)])
    counts, prepared = found.report.records, found.prepared
    written = (prepared.train.records, prepared.validation.records, prepared.test.records)
    assert written == (counts.train, counts.validation, counts.test)
    assert prepared.training_tokens == found.report.training_tokens


def test_the_same_sources_give_the_same_bytes_in_a_shuffled_order() -> None:
    first, second = of({}, records(100)), of({}, records(100))
    assert first.files == second.files
    kept = [json.dumps(each).encode() for each in records(100)]
    order = [kept.index(json.dumps(json.loads(line)).encode()) for line in first.lines("train")]
    assert order != sorted(order)


@pytest.mark.skipif(not DIALOGSUM.exists(), reason="the dataset is not on this machine")
@pytest.mark.parametrize("handled", ["keep", "drop"])
def test_a_real_dataset_passes_without_a_blocking_false_alarm(handled: str) -> None:
    recipe = recipe_for(data={"duplicates": handled, "near_duplicates": handled})
    found = curated(recipe, DIALOGSUM.read_bytes())
    assert found.report.fit
    assert found.report.errors == 0
    assert found.report.records.total == 1000


@pytest.mark.skipif(not DIALOGSUM.exists(), reason="the dataset is not on this machine")
def test_what_is_planted_in_real_text_is_found_and_handled() -> None:
    real = [json.loads(line) for line in DIALOGSUM.read_text().splitlines()]
    mails = [f"{name}.{n}@mail.example" for n, name in enumerate(("ana", "bo", "cy", "di", "ed"))]
    planted = [
        {**each, "prompt": f"{each['prompt']} {mail}"}
        for each, mail in zip(real, mails, strict=False)
    ]
    recipe = recipe_for(data={"duplicates": "drop", "personal_data": "redact"})
    found = curated(recipe, jsonl([*real, *real[100:140], *planted]))
    assert found.curation.dropped["exact-duplicate"] == 40
    assert found.prepared.redacted["email"] >= 5
    everything = b"".join(found.files.values()) + found.report.to_json().encode()
    assert [mail for mail in mails if mail.encode() in everything] == []
