"""Redaction: texts that are read as one, data that are met again, placeholders that are taken."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunedrop.quality.redaction import Vault, redact, redact_json, redact_together

TURNS = ["Hello", "What is your BSN?", "111222333"]
BEFORE = ["", "\n\n", "\n\n"]


def test_a_word_in_one_text_tells_a_datum_in_the_next() -> None:
    assert redact_together(TURNS, BEFORE, Vault()) == [*TURNS[:2], "[NL_BSN_1]"]


def test_a_datum_that_reaches_over_texts_is_in_none_of_them() -> None:
    key = ["-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg", "kqhkiG9w\n-----END PRIVATE KEY-----"]
    assert redact_together(key, ["", "\n"], Vault()) == ["[PRIVATE_KEY_1]"] * 2


@pytest.mark.parametrize(
    ("told", "again", "placeholder"),
    [
        ("my BSN is 111222333", "the number 111222333, or 1112.22.333", "[NL_BSN_1]"),
        ("SSN: 512456789 calls", "of 512-45-6789 and 512456789.", "[US_SSN_1]"),
        ("SSN 512-45-6789", "512456789", "[US_SSN_1]"),
        ("call 2127365000", "the line +2127365000", "[PHONE_1]"),
        ("password: Tr0ub4dor77x.", "(Tr0ub4dor77x) is right", "[ASSIGNED_SECRET_1]"),
        ("postgres://app:S3cret-Pw@db", "the word S3cret-Pw!", "[URL_PASSWORD_1]"),
    ],
)
def test_what_a_word_told_once_is_known_again(told: str, again: str, placeholder: str) -> None:
    vault = Vault()
    redact(told, vault)
    redacted = redact(again, vault, anew=False)
    assert placeholder in redacted
    assert not any(map(str.isdigit, redacted.replace(placeholder, "")))


@pytest.mark.parametrize(
    ("told", "again"),
    [
        ("ftp://app:production@db", "the production of 2024"),
        ("ftp://app:1234@db and redis://:12345678@x", "from 1234 to 12345678"),
        ("call 7365000 today", "7365000 tonnes"),
        ("token = next_token_v2", "def next_token_v2():"),
        ("my BSN is 111222333", "of 9111222333 and 1112223334 and 111222"),
    ],
)
def test_what_is_short_or_common_stays_where_no_word_tells_it(told: str, again: str) -> None:
    vault = Vault()
    redact(told, vault)
    assert redact(again, vault, anew=False) == again


def test_placeholders_of_the_sources_are_given_to_no_other_datum() -> None:
    vault, text = Vault(), "Mail a@b-corp.de, not [EMAIL_1]."
    vault.reserve(text)
    assert redact(text, vault) == "Mail [EMAIL_2], not [EMAIL_1]."
    assert vault.counts == {"email": 1}


def test_a_datum_around_a_placeholder_gives_way_whole() -> None:
    vault = Vault()
    assert redact("from postgres://u:pw9[EMAIL_1]x@host.de", vault) == (
        "from postgres://u:[URL_PASSWORD_1]@host.de"
    )
    assert redact("[URL_PASSWORD_1] and [EMAIL_1]", vault) == "[URL_PASSWORD_1] and [EMAIL_1]"


def test_json_stays_json_when_its_numbers_and_strings_give_way() -> None:
    given = {"ssn": 512456789, "mail": 'of "a@b-corp.de\\', "note": "\n512456789\u0012", "n": [1.5]}
    redacted = redact_json(json.dumps(given, ensure_ascii=False), Vault())
    assert json.loads(redacted) == {
        "ssn": "[US_SSN_1]",
        "mail": 'of "[EMAIL_1]\\',
        "note": "\n[US_SSN_1]\u0012",
        "n": [1.5],
    }


_DATA = st.sampled_from(["a@b-corp.de", "SSN 512456789", '"password": "Tr0ub4dor77x\\"', "\n\x12"])
_TEXTS = st.lists(st.one_of(_DATA, st.text(max_size=8)), max_size=4).map(" ".join)
_VALUES = st.recursive(
    st.one_of(_TEXTS, st.integers(), st.just(512456789), st.floats(allow_nan=False), st.none()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
)


@given(_VALUES)
def test_no_json_is_broken_by_what_is_replaced_in_it(value: object) -> None:
    text, vault = json.dumps(value, ensure_ascii=False), Vault()
    redacted = redact_json(text, vault)
    json.loads(redacted)
    assert redact_json(redacted, vault) == redacted
