"""Damage in texts: found in what was read in the wrong encoding, and in nothing else."""

import json

import pytest
from dataset_builders import HAIKU, NO_SPLIT, NOVA, chat, file_of, jsonl, recipe_for
from hypothesis import given
from hypothesis import strategies as st

from tunedrop.dataset.text_rules import may_hold_mojibake, text_faults
from tunedrop.dataset.validation import validate

SAID = [
    "Café",
    "naïve",
    "größer",
    "São Paulo",
    "It\u2019s \u201cfine\u201d \u2013 yes\u2026",
    "5 €",
    "™",
    "👍",
    "Привет",
]
UNHARMED = [
    *SAID,
    "NÃO É AMANHÔ, disse",
    "«AMANHû",
    "das MENÜ« und der CAFÉ»",
    "CHÂTEAU «Â» Â",
    "það er ÍSLENSKA, ÐÓR",
    "ÄÖÜ äöü ß",
    "łódź, Škoda, Ōsaka",
    "日本語 한국어 中文 עברית العربية ไทย",
    "x² ± 3° ½ µm",
    "soft\u00adhyphen, no\u00a0break",
]
LEADS = "ÃÂÐÑâðï"
CONTINUED = "\x80\x9f\xa0©«»¿€\u201a„Ÿ™½\ufffd\\ux"


def codes(text: str) -> set[str]:
    return {fault.code for fault in text_faults(text, "prompt", (), "Nova")}


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
@pytest.mark.parametrize("text", SAID)
def test_utf_8_read_in_another_encoding_is_found(text: str, encoding: str) -> None:
    read = text.encode().decode(encoding, errors="ignore")
    assert codes(f"They say: {read}.") == {"mojibake"}


@pytest.mark.parametrize("text", UNHARMED)
def test_letters_of_many_languages_are_no_damage(text: str) -> None:
    assert codes(text) == set()


def as_json(text: str, escaped: list[bool]) -> bytes:
    """A text as JSON in which some characters are escaped by number and others are not."""
    pieces = [
        json.dumps(character, ensure_ascii=escape)[1:-1]
        for character, escape in zip(text, escaped, strict=True)
    ]
    return "".join(pieces).encode()


@given(data=st.data(), text=st.text(st.sampled_from(LEADS + CONTINUED), max_size=6))
def test_blocks_that_may_hold_damage_are_never_passed_over(data: st.DataObject, text: str) -> None:
    line = as_json(text, data.draw(st.tuples(*[st.booleans() for _ in text]).map(list)))
    if "mojibake" in codes(text):
        assert may_hold_mojibake(line)


@pytest.mark.parametrize(
    ("model", "characters", "code"),
    [
        (NOVA, 32_000 * 3, None),
        (NOVA, 32_000 * 3 + 1, "may-exceed-tokens"),
        (NOVA, 32_000 * 4 + 1, "too-many-tokens"),
        (HAIKU, 32_000 * 3 + 1, "may-exceed-tokens"),
        (HAIKU, 32_000 * 4 + 1, "too-many-tokens"),
    ],
)
def test_long_chats_are_warned_of_and_then_refused(
    model: str, characters: int, code: str | None
) -> None:
    lines = jsonl([chat("a" * (characters - 2), "b", system="c")] * 40)
    report = validate({"train": [file_of(lines)]}, recipe_for(model, data=NO_SPLIT))
    assert set(report.counts) == ({code} if code else set())
    if code:
        assert "characters at" in report.findings[0].message
