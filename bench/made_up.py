"""Made-up personal data, by the formats that their issuers published.

Nothing here is taken from the detectors: check digits are reckoned again, the other way round.
"""

import ipaddress
import random
from collections.abc import Callable
from itertools import pairwise

_DIGITS = "0123456789"
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALPHANUMERIC = _CAPITALS + _CAPITALS.lower() + _DIGITS
_NAMES = ("anna", "j.miller", "li_wei", "o'hara", "Maria.Gomez", "k-schmidt", "ravi99", "x+list")
_HOSTS = (
    "müller-gmbh.de",
    "acme.io",
    "mail.contoso.com",
    "uni-bonn.de",
    "CORP.co.uk",
    "startup.ai",
    "a-b.museum",
)
_PHONES = """
    +44 20 7### 1###|+44207###1###|+33 6 ## ## ## ##|+49 170 2######|+49-30-9######
    +1 212-736-5###|+1 (415) 736 5###|+12127365###|(212) 736-5###|212-736-5###|212.736.5###
    06 1# ## ## ##|06.1#.##.##.##|+34 6## ## ## ##|+39 347 2######|+81 90 1### ####
    +61 4## ### ###|Tel. 030 9######|phone: 020 7### 1###|+55 11 9#### ####|+91 98### #####
    +31 6 1#######|+41 44 6## ## ##
"""
_CARDS = {
    "4": (4, 4, 4, 4),
    "5#": (4, 4, 4, 4),
    "2[3-6]": (4, 4, 4, 4),
    "34": (4, 6, 5),
    "37": (4, 6, 5),
    "6011": (4, 4, 4, 4),
    "65": (4, 4, 4, 4),
    "36": (4, 6, 4),
    "353": (4, 4, 4, 4),
}
_BETWEEN_GROUPS = ("", " ", "-", "\u00a0", "\t", "  ", "\u200b")
# How many digits, capital letters and digits the account numbers of a country have.
_ACCOUNTS = {
    "DE": (18, 0, 0),
    "FR": (23, 0, 0),
    "GB": (0, 4, 14),
    "ES": (20, 0, 0),
    "IT": (0, 1, 22),
    "NL": (0, 4, 10),
    "CH": (17, 0, 0),
    "AT": (16, 0, 0),
    "BE": (12, 0, 0),
    "PL": (24, 0, 0),
    "SE": (20, 0, 0),
    "PT": (21, 0, 0),
    "FI": (14, 0, 0),
}
_ADDRESSES = """
    # Oak Street, Springfield, IL 62704|# Maple Ave Apt 4B, Portland, OR 97201
    # W. 5th Road, Austin, TX 73301|# Old Mill Lane, Boston, MA 02108-1234
    # Sunset Blvd/Los Angeles, CA 90028|# King St W, Toronto, ON M5V 2T6
    # High Street, Oxford OX1 4AB|# Baker Street/London/NW1 6XE
    Hauptstraße #, 10115 Berlin|Lindenweg #a, 80331 München|Bahnhofstr. #/8001 Zürich
    # rue de la République, 69002 Lyon|# bis avenue Victor Hugo, 75016 Paris
    Calle Mayor #, 28013 Madrid|Via Garibaldi #, 00184 Roma
    Prinsengracht #, 1016 GV Amsterdam|Kerkstraat # 2312 AB Leiden
"""
_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_FISCAL_ODD = (
    *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
)

Maker = Callable[[random.Random], str]


def filled(chance: random.Random, pattern: str) -> str:
    """Each # a digit, each & a capital, each * a letter or digit."""
    choices = {"#": _DIGITS, "&": _CAPITALS, "*": _ALPHANUMERIC}
    return "".join(chance.choice(choices.get(sign, sign)) for sign in pattern)


def one_of(*patterns: str) -> Maker:
    """Makes one of some patterns."""
    return lambda chance: filled(chance, chance.choice(patterns))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for line in text.strip().splitlines() for each in line.split("|"))


def _with_luhn(body: str) -> str:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    return body + str(-sum(each // 10 + each % 10 for each in doubled) % 10)


def _grouped(text: str, sizes: tuple[int, ...], separator: str) -> str:
    places = [sum(sizes[:count]) for count in range(len(sizes) + 1)]
    return separator.join(text[start:end] for start, end in pairwise(places))


def _email(chance: random.Random) -> str:
    return f"{chance.choice(_NAMES)}{chance.choice(('', '7', '.x'))}@{chance.choice(_HOSTS)}"


def _card(chance: random.Random) -> str:
    begun, sizes = chance.choice(list(_CARDS.items()))
    begun = begun.replace("[3-6]", chance.choice("3456")).replace("#", chance.choice("12345"))
    body = begun + filled(chance, "#" * (sum(sizes) - 1 - len(begun)))
    return _grouped(_with_luhn(body), sizes, chance.choice(_BETWEEN_GROUPS))


def _iban(chance: random.Random) -> str:
    country, sizes = chance.choice(list(_ACCOUNTS.items()))
    account = filled(chance, "".join(sign * size for sign, size in zip("#&#", sizes, strict=True)))
    number = int("".join(str(int(sign, 36)) for sign in f"{account}{country}00"))
    whole = f"{country}{98 - number % 97:02}{account}"
    written = chance.choice((whole, whole, whole.lower()))
    return _grouped(written, (4,) * 9, chance.choice(("", " "))).strip()


def _ip(chance: random.Random) -> str:
    if chance.random() < 0.3:
        address = ipaddress.IPv6Address((0x2A01 << 112) + chance.getrandbits(104))
        return chance.choice((address.compressed, address.exploded, f"[{address}]:443"))
    while not (v4 := ipaddress.IPv4Address(chance.getrandbits(32))).is_global or v4.is_multicast:
        pass
    return chance.choice(("{}", "{}:8080", "http://{}/index", "{}/24")).format(v4)


def _address(chance: random.Random) -> str:
    written = chance.choice(_listed(_ADDRESSES)).replace("/", "\n")
    return written.replace("#", str(chance.randint(2, 1999)))


def _german(chance: random.Random) -> str:
    """Ten digits of which one stands twice, and the check digit of ISO 7064 MOD 11,10."""
    digits = chance.sample(range(10), 9)
    digits.insert(chance.randint(1, 9), digits[chance.randrange(9)])
    if digits[0] == 0:
        return _german(chance)
    product = 10
    for digit in digits:
        product = ((digit + product) % 10 or 10) * 2 % 11
    whole = "".join(map(str, [*digits, (11 - product) % 10]))
    return "Steuer-ID " + _grouped(whole, (2, 3, 3, 3), chance.choice(("", " ")))


def _french(chance: random.Random) -> str:
    body = filled(chance, chance.choice("12") + "#") + "#05" + "75###"
    body = filled(chance, body + "###")[:13]
    whole = f"{body}{97 - int(body) % 97:02}"
    return _grouped(whole, (1, 2, 2, 2, 3, 3, 2), chance.choice(("", " ")))


def _spanish(chance: random.Random, first: str = "") -> str:
    body = filled(chance, "#" * (8 - len(first)))
    letter = _DNI[int((str("XYZ".index(first)) if first else "") + body) % 23]
    return f"{first}{body}{chance.choice(('', '-'))}{letter}"


def _italian(chance: random.Random) -> str:
    body = filled(chance, "RSS&&&8#" + chance.choice("ABCDEHLMPRST") + "1#H501")
    values = [int(sign) if sign.isdigit() else _CAPITALS.index(sign) for sign in body]
    total = sum(_FISCAL_ODD[value] for value in values[::2]) + sum(values[1::2])
    return body + _CAPITALS[total % 26]


def _weighted(prefix: str, weights: tuple[int, ...], modulus: int, sign: int) -> Maker:
    """Digits whose weighted sum, with its sign, gives the last one."""

    def make(chance: random.Random) -> str:
        body = filled(chance, "1" + "#" * (len(weights) - 1))
        total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
        last = sign * total % modulus
        return make(chance) if last > 9 else f"{prefix}{body}{last}"

    return make


def _belgian(chance: random.Random) -> str:
    body = filled(chance, "8#07" + "1####")
    check = f"{97 - int(body) % 97:02}"
    dotted = f"{body[:2]}.{body[2:4]}.{body[4:6]}-{body[6:]}.{check}"
    return chance.choice((dotted, f"Rijksregisternummer {body}{check}"))


def _brazilian(chance: random.Random) -> str:
    digits = [int(sign) for sign in filled(chance, "#" * 9)]
    for _ in range(2):
        total = sum(digit * (len(digits) + 1 - place) for place, digit in enumerate(digits))
        digits.append(0 if total % 11 < 2 else 11 - total % 11)
    whole = "".join(map(str, digits))
    return chance.choice((f"{whole[:3]}.{whole[3:6]}.{whole[6:9]}-{whole[9:]}", f"CPF {whole}"))


def _swedish(chance: random.Random) -> str:
    whole = _with_luhn(filled(chance, "8#071####"))
    return f"{chance.choice(('', '19'))}{whole[:6]}-{whole[6:]}"


def _canadian(chance: random.Random) -> str:
    return "SIN " + _grouped(_with_luhn(filled(chance, "5#######")), (3, 3, 3), " ")


PERSONAL_DATA: dict[str, Maker] = {
    "email": _email,
    "phone": one_of(*_listed(_PHONES)),
    "payment-card": _card,
    "iban": _iban,
    "ip-address": _ip,
    "postal-address": _address,
    "us-ssn": one_of("2##-4#-7###", "51#-6#-3###", "SSN 2## 4# 7###", "SSN: 51#6#3###"),
    "uk-nino": one_of("AB ## ## ## C", "JK######A", "CE######D", "NINO ab######c"),
    "de-steuer-id": _german,
    "fr-nir": _french,
    "es-dni": _spanish,
    "es-nie": lambda chance: _spanish(chance, chance.choice("XYZ")),
    "it-codice-fiscale": _italian,
    "nl-bsn": _weighted("BSN ", (9, 8, 7, 6, 5, 4, 3, 2), 11, 1),
    "be-national-number": _belgian,
    "br-cpf": _brazilian,
    "pl-pesel": _weighted("PESEL: ", (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), 10, -1),
    "se-personnummer": _swedish,
    "ca-sin": _canadian,
}
