"""Personal data and secrets: planted data of every kind, and what only looks like them."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quality_builders import found_in_block, kinds, prose, scan_of

from tunedrop.quality.block import TextBlock
from tunedrop.quality.finding_data import plain
from tunedrop.quality.personal_data import PERSONAL_KINDS, SECRET_KINDS, find
from tunedrop.quality.redaction import Vault, redact

SURE = [
    ("email", "jane.doe@contoso.io"),
    ("email", "jane.doe@müller-gmbh.de"),
    ("email", "почта@пример.рф"),
    ("email", "o'hara+list@mail.uni-bonn.de"),
    ("phone", "+44 20 7946 0958"),
    ("phone", "(212) 736-5000"),
    ("phone", "212-736-5000"),
    ("phone", "06 12 34 56 78"),
    ("payment-card", "4111 1111 1111 1111"),
    ("payment-card", "4111\t1111\t1111\t1111"),
    ("payment-card", "4111  1111  1111  1111"),
    ("payment-card", "4111 - 1111 - 1111 - 1111"),
    ("payment-card", "4111\u200b1111\u200b1111\u200b1111"),
    ("payment-card", "378282246310005"),
    ("iban", "DE89 3704 0044 0532 0130 00"),
    ("iban", "de89 3704 0044 0532 0130 00"),
    ("iban", "gb82west12345698765432"),
    ("iban", "GB82WEST12345698765432"),
    ("ip-address", "81.62.69.142"),
    ("ip-address", "81.62.09.142"),
    ("ip-address", "2001:4860:4860::8888"),
    ("postal-address", "742 Evergreen Terrace, Springfield, OR 97475"),
    ("postal-address", "10 Downing Street, London SW1A 2AA"),
    ("postal-address", "Hauptstraße 12, 10115 Berlin"),
    ("postal-address", "12 rue de la Paix, 75002 Paris"),
    ("postal-address", "Calle Mayor 5, 28013 Madrid"),
    ("postal-address", "Via Roma 10, 00184 Roma"),
    ("postal-address", "Prinsengracht 263, 1016 GV Amsterdam"),
    ("us-ssn", "536-22-8145"),
    ("uk-nino", "AB 12 34 56 C"),
    ("de-steuer-id", "86 095 742 719"),
    ("fr-nir", "2 55 08 14 168 025 38"),
    ("es-dni", "50283746L"),
    ("es-nie", "X4920718Y"),
    ("it-codice-fiscale", "RSSMRA85T10A562S"),
    ("be-national-number", "85.07.30-033.28"),
    ("br-cpf", "529.982.247-25"),
    ("se-personnummer", "811228-9874"),
    ("aws-access-key", "AKIAQ3EGRIJXUV4OX7PZ"),
    ("aws-access-key", "AKIAQWERTYUIOPASDFGH"),
    ("gcp-api-key", "AIzaSyD3vX9kLm2Pq8RtUw4ZbNcFgHjKl5MnB7c"),
    ("github-token", "ghp_x7Kd92mQpL4vRt8WzB3nYc6HsJ5fGa1EuTiO"),
    ("gitlab-token", "glpat-Zx9KcVb3NmQw7ErTyU2p"),
    ("slack-token", "xoxb-204815930274-581930275816-Kq7RtXv2LmZpWs9Y"),
    ("stripe-key", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
    ("openai-key", "sk-proj-Kd92mQpL4vRt8WzB3nYc6HsJ5fGa1Eu"),
    ("anthropic-key", "sk-ant-api03-Kd92mQpL4vRt8WzB3nYc6HsJ5fGa1Eu"),
    ("sendgrid-key", "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"),
    ("npm-token", "npm_x7Kd92mQpL4vRt8WzB3nYc6HsJ5fGa1EuTiO"),
    ("digitalocean-token", "dop_v1_" + "3b7d1e9f" * 8),
    ("shopify-token", "shpat_" + "3b7d1e9f" * 4),
    ("telegram-token", "7204815930:AAKd92mQpL4vRt8WzB3nYc6HsJ5fGa1EuTi"),
    ("telegram-token", "7204815930:AAKdTmQpLLvRtTWzBTnYcTHsJTfGaTEuTio"),
    ("hugging-face-token", "hf_Kd92mQpL4vRt8WzB3nYc6HsJ5fGa1EuTiO"),
    ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"),
    ("private-key", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----"),
]
AFTER_A_WORD = [
    ("us-ssn", "social security number ", "536228145"),
    ("de-steuer-id", "Steuer-ID ", "86095742719"),
    ("nl-bsn", "BSN ", "111222333"),
    ("pl-pesel", "PESEL ", "44051401359"),
    ("ca-sin", "SIN ", "530 492 800"),
    ("uk-nino", "NINO ", "ab 12 34 56 c"),
    ("br-cpf", "CPF ", "52998224725"),
    ("be-national-number", "Rijksregisternummer ", "85073003328"),
    ("authorization", "Authorization: Bearer ", "Kd92mQpL4vRt8WzB3nYc6HsJ"),
    ("authorization", 'headers["Authorization"] = "Basic ', "Ym90Omh1bnRlcjIyeA=="),
    ("phone", "Telefon ", "030 9182734"),
    ("aws-secret-key", "aws_secret_access_key = ", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzq7wQKEY9a"),
    ("azure-key", "AccountKey=", "Kd92mQpL4vRt8WzB3nYc6HsJ5fGa1EuTiOx7Kd92mQp" * 2 + "=="),
    ("url-password", "postgres://app:", "hunter22x"),
]
HINTED = [
    ("email", "device-support@contoso.io"),
    ("email", "142480216486.20800.165263880@nightshade.io"),
    ("ip-address", "123.45.67.89"),
    ("ip-address", "120.130.140.150"),
    ("ip-address", "81.62.69.0"),
    ("ip-address", "1111:0000:0000:0000:0000:0000:0000:0111"),
    ("es-dni", "12345678Z"),
    ("email", "jane@example.com"),
    ("email", "support@contoso.io"),
    ("phone", "+1 212 555 0147"),
    ("ip-address", "192.168.10.44"),
    ("postal-address", "742 Evergreen Terrace"),
    ("us-ssn", "123-45-6789"),
    ("aws-access-key", "AKIAIOSFODNN7EXAMPLE"),
    ("assigned-secret", "password = hunter2-brown9"),
]
CLEAN = [
    "Chapter 12 has 34 pages, published 2024-01-31 12:34:56.",
    "The @property decorator of version 1.2.3.4 was added in Python 3.11.7.",
    "Order 4111 1111 1111 1112 has the wrong check digit.",
    "DE89 3704 1144 1532 1130 01 fails modulo 97.",
    "Call the function main_entry_point_of_the_program with 3 arguments.",
    "It was 1,234,567,890 dollars, or 12.5 % of 9876543210 yen.",
    "The SHA-1 da39a3ee5e6b4b0d3255bfef95601890afd80709 names the empty text.",
    "std::vector<int>::iterator and ::before are not addresses; neither is 12:30:45.",
    "Listen on 127.0.0.1 or 0.0.0.0 with mask 255.255.255.0.",
    "See https://docs.python.org/3/library/functools.html#functools.lru_cache for more.",
    "postgres://user:password@localhost/db and https://${USER}:${TOKEN}@host/ are templates.",
    "He took 3 ways to the place, 2 courts and 1 square.",
    "ISBN 978-3-16-148410-0, part number 123-456-78.",
    "Show sprites@2x.png and Decimal('+35236450.6'), not +1.1234567890.",
    "Multicast is 224.0.0.1 to 239.255.255.255, the mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0.",
    "Authorization: Basic dXNlcjpwYXNzd29yZA== and Authorization: Bearer <token> are examples.",
    "We took 10 20 30 a day; sha de12ab34cd56ef7890ab12; 52998224725 and 85073003328 are numbers.",
    "The token is shown in Figure 3; its secret: nobody knows.",
]


@pytest.mark.parametrize(("kind", "datum"), SURE)
def test_datum_is_found_whole_and_for_sure(kind: str, datum: str) -> None:
    text = f"Please note: {datum} is what we have."
    assert [(f.kind, f.strength, text[f.start : f.end]) for f in find(text)] == [
        (kind, "blocking", datum)
    ]


@pytest.mark.parametrize(("kind", "word", "datum"), AFTER_A_WORD)
def test_datum_that_needs_its_word_is_found_behind_it(kind: str, word: str, datum: str) -> None:
    text = f"My {word}{datum}"
    text += "@db.internal/x" if kind == "url-password" else " is it."
    found = [f for f in find(text) if f.kind == kind]
    assert [(f.strength, text[f.start : f.end]) for f in found] == [("blocking", datum)]


@pytest.mark.parametrize(
    "password",
    [
        "Pa$$w0rd99",
        "p%40ssW0rd77",
        "Secret*99",
        "a(b)c1",
        "x[1]y",
        "Pw{8}99",
        "a<b1",
        "$_" * 30 + "!9",
    ],
)
def test_password_in_a_url_is_found_with_any_sign_in_it(password: str) -> None:
    text = f"Use amqp://bob:{password}@mq.corp.net:8080/x."
    assert [(f.kind, text[f.start : f.end]) for f in find(text)] == [("url-password", password)]


@pytest.mark.parametrize(
    "password",
    [
        *("$PASSWORD", "$password", "${DB_PASS}", "${{secrets.TOKEN}}", "{pw}", "{{pw}}", "#{pw}"),
        *("%PASSWORD%", "%s", "%(pw)s", "%env(PW)%", "<password>", "[password]", "(pw)", "***"),
        *("${A}-${B}", "...", "xxxx", "your-password", "password", "__PASSWORD__", "$(pw)", "$1"),
    ],
)
def test_placeholder_of_a_password_is_left_alone(password: str) -> None:
    assert find(f"Use amqp://bob:{password}@mq.corp.net:8080/x.") == []


@pytest.mark.parametrize(("kind", "datum"), HINTED)
def test_likely_or_harmless_datum_is_a_hint(kind: str, datum: str) -> None:
    assert kinds(f"Please note: {datum} is what we have.") == {(kind, "hint")}


@pytest.mark.parametrize("text", CLEAN)
def test_what_only_looks_confidential_is_left_alone(text: str) -> None:
    assert [kind for kind, strength in kinds(text) if strength == "blocking"] == []


def test_every_kind_is_among_the_planted() -> None:
    planted = {kind for kind, *_ in (*SURE, *AFTER_A_WORD, *HINTED)}
    untried = {
        "gcp-oauth",
        "azure-client-secret",
        "azure-sas",
        "slack-webhook",
        "twilio-key",
        "pypi-token",
    }
    assert planted == (PERSONAL_KINDS | SECRET_KINDS) - untried


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("gcp-oauth", "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"),
        ("azure-client-secret", "Kd98Q~mQpL4vRt8WzB3nYc6HsJ5fGa1EuTiOx7Kd"),
        ("azure-sas", "?sv=2022&sig=Kd92mQpL4vRt8WzB3nYc6HsJ5fGa1EuTiOx7Kd92mQ%3D"),
        ("slack-webhook", "https://hooks.slack.com/services/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"),
        ("twilio-key", "twilio account AC7b1d9e3f5a2c4860b7d1e9f3a5c28604"),
        ("pypi-token", "pypi-AgEIcHlwaS5vcmcCJDky" + "Kd92mQpL4vRt8WzB3nYc6HsJ" * 3),
    ],
)  # fmt: skip
def test_rarer_token_is_found(kind: str, text: str) -> None:
    assert (kind, "blocking") in kinds(f"Use {text} for it.")


@pytest.mark.parametrize(
    "text",
    [
        *(f"{prose(1)} {datum} {prose(2)}" for _, datum in SURE),
        *(f"{prose(1)} {word}{datum} is it. {prose(2)}" for _, word, datum in AFTER_A_WORD),
        *(f"Größe: 日本語 {prose(1)} {datum} {prose(2)}" for _, datum in SURE),
        *CLEAN,
    ],
)
def test_signs_of_a_block_miss_nothing(text: str) -> None:
    sure = [each for each in find(text) if each.strength == "blocking"]
    assert [each for each in found_in_block(text) if each.strength == "blocking"] == sure


_LETTERS = [letter for letter in map(chr, range(sys.maxunicode + 1)) if letter.lower() != letter]


def test_places_stay_whatever_a_letter_becomes_in_lower_case() -> None:
    changing = [each for each in _LETTERS if len(each.lower().encode()) != len(each.encode())]
    assert {"\u0130", "\u1e9e", "\u212a", "\u023a"} <= set(changing)
    for letter in changing:
        text = f"{letter * 50} jane.doe@contoso.io {letter * 50} 4111 1111 1111 1111"
        assert found_in_block(text) == find(text)


def test_every_letter_stays_one_character_in_lower_case() -> None:
    block = TextBlock(first=0, prompts=["".join(_LETTERS)], completions=[""])
    assert len(block.lowered.decode()) == len(_LETTERS) + 2
    assert block.characters(block.field_ends).tolist() == [len(_LETTERS), len(_LETTERS) + 1]


_AROUND = st.sampled_from(
    [" ", "\u0130STANBUL ", "\u212a \u1e9e ", "日本語", "«", "»", "“", "—", "\u00a0", "\\n", "12 "]
)


@given(st.lists(st.tuples(_AROUND, st.sampled_from([d for _, d in SURE]), _AROUND), max_size=5))
def test_signs_lead_to_data_among_any_signs(parts: list[tuple[str, str, str]]) -> None:
    text = " ".join(each for part in parts for each in part)
    assert found_in_block(text) == find(text)
    spaced = text.replace(" ", "\u202f")
    assert found_in_block(spaced) == find(spaced)


@pytest.mark.parametrize(
    "text",
    [
        "field2 4111 1111 1111 1111 it was",
        "item 5 4111 1111 1111 1111 3 times",
        "4111 1111 1111 1111 123",
        "until 4111-1111-1111-1111 2027",
        "4111\u00a01111\u00a01111\u00a01111",
        "4111\u20111111\u20111111\u20111111",
        "3782 822463 10005",
        r"{\"card\": \"4111111111111111\"}",
        r"paid with\n4111 1111 1111 1111\n",
    ],
)
def test_a_card_is_found_among_other_signs(text: str) -> None:
    assert ("payment-card", "blocking") in kinds(text)
    assert {each.kind for each in found_in_block(text)} == {"payment-card"}


def test_one_account_number_does_not_hide_the_next() -> None:
    text = "DE89 3704 0044 0532 0130 00 and GB82 WEST 1234 5698 7654 32"
    assert [f.kind for f in find(text)] == ["iban", "iban"]


@pytest.mark.parametrize(
    "text", ["1234 4111 1111 1111 1111", "4111 1111 1111 1111 1234", "x4111111111111111"]
)
def test_a_card_is_not_cut_out_of_a_longer_number(text: str) -> None:
    assert "payment-card" not in {kind for kind, _ in kinds(text)}


@pytest.mark.parametrize(("kind", "datum"), SURE)
def test_data_in_quoted_json_are_found_behind_escaped_line_breaks(kind: str, datum: str) -> None:
    text = 'text = "' + json.dumps(f"{prose(1)}\n{datum}\n{prose(2)}", ensure_ascii=False)
    assert kind in {each.kind for each in find(text) if each.strength == "blocking"}


@given(st.text(alphabet=st.sampled_from("\\nrt1 \u00a0\u2011é😀"), max_size=40))
def test_plain_text_keeps_every_place(text: str) -> None:
    assert len(plain(text)) == len(text)


def test_report_tells_kind_field_and_shape_but_never_the_datum() -> None:
    data = [datum for _, datum in SURE]
    pairs = [(f"{prose(i)} {datum}", f"{prose(99 + i)} {datum}") for i, datum in enumerate(data)]
    report = scan_of(pairs).report()
    assert {each.kind for each in report.confidential} == {kind for kind, _ in SURE}
    assert {each.field for each in report.confidential} == {"prompt", "completion"}
    assert {f.code for f in report.blocking} == {"personal-data", "secret"}
    decoded = json.dumps(report.to_object(), ensure_ascii=False)
    assert [datum for datum in data if json.dumps(datum, ensure_ascii=False)[1:-1] in decoded] == []


def test_same_datum_gets_the_same_placeholder_however_it_is_written() -> None:
    vault = Vault()
    assert redact("Pay 4111 1111 1111 1111, write to A@b.io.", vault) == (
        "Pay [PAYMENT_CARD_1], write to [EMAIL_1]."
    )
    assert redact("a@b.io or c@d.io: 4111111111111111", vault) == (
        "[EMAIL_1] or [EMAIL_2]: [PAYMENT_CARD_1]"
    )
    assert vault.counts == {"email": 2, "payment-card": 1}


def test_secrets_that_differ_in_case_are_different_secrets() -> None:
    vault = Vault()
    one, other = "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "sk_live_4EC39HqLyjWDarjtT1zdp7dc"
    assert redact(f"{one} {other}", vault) == "[STRIPE_KEY_1] [STRIPE_KEY_2]"


@pytest.mark.parametrize("text", CLEAN)
def test_clean_text_is_not_redacted(text: str) -> None:
    assert redact(text, Vault()) == text


_DATA = st.sampled_from([datum for _, datum in (*SURE, *HINTED)])
_TEXTS = st.lists(st.one_of(_DATA, st.text(max_size=12)), max_size=8).map(" ".join)


@given(_TEXTS)
def test_redacting_twice_changes_nothing(text: str) -> None:
    vault = Vault()
    once = redact(text, vault)
    assert redact(once, vault) == once
    assert find(once) == [] or redact(once, Vault()) == once


@given(st.lists(_TEXTS, max_size=4))
def test_redaction_depends_on_content_and_order_alone(texts: list[str]) -> None:
    first, second = Vault(), Vault()
    assert [redact(text, first) for text in texts] == [redact(text, second) for text in texts]


@given(st.text(max_size=60), _DATA, st.text(max_size=60))
def test_no_sure_datum_survives_redaction(before: str, datum: str, after: str) -> None:
    redacted = redact(f"{before} {datum} {after}", Vault())
    assert [each for each in find(redacted) if each.strength == "blocking"] == []


@given(st.text(alphabet="0123456789.:-/+@ aAfF\u0663", max_size=80))
def test_no_text_of_digits_and_marks_breaks_the_search(text: str) -> None:
    for each in find(text):
        assert 0 <= each.start < each.end <= len(text)
