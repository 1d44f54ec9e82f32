"""Cases planted in real text, and how many of them are found."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from bench.real_text import Pair
from tunedrop.quality import check_digits as check

_WORD = re.compile(r"\w+|[^\w\s]")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SIGNS = _LETTERS + _LETTERS.lower() + "0123456789"


def near_copies(pairs: Sequence[Pair], seed: int = 1) -> tuple[list[Pair], list[tuple[int, int]]]:
    """The pairs, and behind them copies of half of them with words changed, at 0.5 to 1.0.

    Also which record is a copy of which.
    """
    chance = random.Random(seed)
    words = sorted({word for prompt, _ in pairs for word in prompt.split()})
    found, copies = list(pairs), []
    for number in range(0, len(pairs), 2):
        prompt, completion = pairs[number]
        share = chance.random() * 0.2
        copies.append((number, len(found)))
        found.append((_changed(prompt, share, words, chance), completion))
    return found, copies


def _changed(text: str, share: float, words: Sequence[str], chance: random.Random) -> str:
    """Some words left out, doubled by another or replaced, one by one or in runs."""
    kept: list[str] = []
    given = text.split(" ")
    while given:
        run = chance.choice((1, 1, 2, 5))
        part, given = given[:run], given[run:]
        if chance.random() < share:
            part = chance.choice(([], [*part, chance.choice(words)], chance.choices(words, k=run)))
        kept += part
    return " ".join(kept)


def jaccard(one: Pair, other: Pair) -> float:
    """The similarity of two records' pairs of neighbouring words, reckoned the plain way."""
    first, second = (_word_pairs(each) for each in (one, other))
    return len(first & second) / max(len(first | second), 1)


def _word_pairs(pair: Pair) -> set[tuple[str, str]]:
    words = _WORD.findall(" ".join(pair).lower())
    return set(pairwise(words))


def data(kind: str, chance: random.Random) -> str:
    """A made-up datum of a kind, valid by its check digits."""
    return _MAKERS[kind](chance)


def _digits(chance: random.Random, pattern: str) -> str:
    """Each # a digit, each & a letter, each * a letter or digit."""
    made = []
    for sign in pattern:
        choices = {"#": "0123456789", "&": _LETTERS, "*": _SIGNS}.get(sign, sign)
        made.append(chance.choice(choices))
    return "".join(made)


def _checked(pattern: str, check: Callable[[str], bool]) -> Callable[[random.Random], str]:
    """Made up again and again until the check digits are right."""

    def make(chance: random.Random) -> str:
        while True:
            made = _digits(chance, pattern)
            if check(re.sub(r"[^A-Z0-9]", "", made)):
                return made

    return make


def _one_of(*patterns: str) -> Callable[[random.Random], str]:
    return lambda chance: _digits(chance, chance.choice(patterns))


def _iban(chance: random.Random) -> str:
    country, account = chance.choice(
        (("DE", "#" * 18), ("FR", "#" * 23), ("GB", "&&&&" + "#" * 14), ("ES", "#" * 20))
    )
    body = _digits(chance, account)
    number = "".join(str(int(each, 36)) for each in f"{body}{country}00")
    whole = f"{country}{98 - int(number) % 97:02}{body}"
    spaced = " ".join(whole[place : place + 4] for place in range(0, len(whole), 4))
    return chance.choice((whole, spaced))


_NAMES = ("anna", "j.miller", "li_wei", "o'hara", "maria.gomez", "k-schmidt", "ravi99")
_HOSTS = ("acme.io", "mail.contoso.com", "uni-bonn.de", "corp.co.uk", "startup.ai")
_STREETS = ("Oak Street", "Maple Ave", "W. 5th Road", "Sunset Blvd", "Old Mill Lane", "King Drive")
_TOWNS = ("Springfield, IL 62704", "Portland, OR 97201", "Austin, TX 73301", "Boston, MA 02108")
_EUROPEAN = (
    "Hauptstraße {}, 10115 Berlin",
    "Lindenweg {}, 80331 München",
    "{} rue de la République, 69002 Lyon",
    "{} High Street, Oxford OX1 4AB",
    "Calle Mayor {}, 28013 Madrid",
    "Via Garibaldi {}, 00184 Roma",
    "Prinsengracht {}, 1016 GV Amsterdam",
)


def _email(chance: random.Random) -> str:
    return f"{chance.choice(_NAMES)}{chance.randint(1, 99)}@{chance.choice(_HOSTS)}"


def _address(chance: random.Random) -> str:
    number = chance.randint(2, 180)
    if chance.random() < 0.5:
        return f"{number} {chance.choice(_STREETS)}, {chance.choice(_TOWNS)}"
    return chance.choice(_EUROPEAN).format(number)


def _ipv4(chance: random.Random) -> str:
    return ".".join(str(chance.randint(31, 90)) for _ in range(4))


def _key_block(chance: random.Random) -> str:
    lines = "\n".join(_digits(chance, "*" * 64) for _ in range(5))
    return f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----"


def _makers() -> Mapping[str, Callable[[random.Random], str]]:
    return {
        "email": _email,
        "phone": _one_of(
            "+44 20 7### ####", "(21#) 7##-####", "31#-8##-####", "06 ## ## ## ##", "+49 30 9######"
        ),
        "payment-card": _checked("4### #### #### ####", check.card),
        "iban": _iban,
        "ip-address": _ipv4,
        "postal-address": _address,
        "us-ssn": _one_of("2##-4#-7###", "51#-6#-3###"),
        "uk-nino": _one_of("AB ## ## ## C", "JK######A"),
        "de-steuer-id": _checked("## ### ### ###", check.german_tax_id),
        "fr-nir": _checked("2 84 05 75 ### ### ##", check.french_social_security),
        "es-dni": _checked("########&", check.spanish_identity),
        "es-nie": _checked("X#######&", check.spanish_identity),
        "it-codice-fiscale": _checked("RSSMRA#5T10A5##&", check.italian_fiscal_code),
        "nl-bsn": lambda chance: "BSN " + _checked("#########", check.dutch_citizen_number)(chance),
        "be-national-number": _checked("85.07.3#-###.##", check.belgian_national_number),
        "br-cpf": _checked("###.###.###-##", check.brazilian_cpf),
        "pl-pesel": lambda chance: "PESEL " + _checked("850730#####", check.polish_pesel)(chance),
        "se-personnummer": _checked("19850730-####", lambda digits: check.luhn(digits[-10:])),
        "ca-sin": lambda chance: "SIN " + _checked("5## ### ###", check.luhn)(chance),
        "aws-access-key": _one_of("AKIA&&&&#&&&&&2&&7&&"),
        "aws-secret-key": lambda chance: f"aws_secret_access_key = {_digits(chance, '*' * 40)}",
        "gcp-api-key": _one_of("AIza" + "*" * 35),
        "azure-key": lambda chance: f"AccountKey={_digits(chance, '*' * 86)}==",
        "github-token": _one_of("ghp_" + "*" * 36),
        "gitlab-token": _one_of("glpat-" + "*" * 20),
        "slack-token": _one_of("xoxb-############-############-" + "*" * 24),
        "stripe-key": _one_of("sk_live_" + "*" * 24),
        "openai-key": _one_of("sk-proj-" + "*" * 48),
        "anthropic-key": _one_of("sk-ant-api03-" + "*" * 60),
        "sendgrid-key": _one_of("SG." + "*" * 22 + "." + "*" * 43),
        "npm-token": _one_of("npm_" + "*" * 36),
        "hugging-face-token": _one_of("hf_" + "*" * 34),
        "jwt": _one_of("eyJ" + "*" * 20 + ".eyJ" + "*" * 40 + "." + "*" * 43),
        "private-key": _key_block,
        "url-password": lambda chance: f"postgres://app:{_digits(chance, '*' * 12)}@db.internal/x",
    }


_MAKERS = _makers()
KINDS = tuple(_MAKERS)
