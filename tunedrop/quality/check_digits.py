"""Check digits: the arithmetic that tells a real number from any other digits."""

from collections import Counter
from itertools import pairwise

_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_ODD_OF_FISCAL_CODE = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10)
_ODD_REST = (22, 25, 24, 23)
IBAN_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FO", "FI", "GL", "NL", "SD"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "XK", "MN"), 20),
    **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "CR", "DE", "GB", "GE", "IE", "ME", "RS", "VA"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "TL", "OM", "SO"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("LY", "PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("BI", "FR", "GR", "IT", "MC", "MR", "SM", "DJ"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HU", "LB", "NI", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU", "YE"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
    **dict.fromkeys(("LC",), 32),
    **dict.fromkeys(("RU",), 33),
}


def luhn(digits: str) -> bool:
    """Payment cards, Swedish and Canadian personal numbers."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004
    return total % 10 == 0


def card(digits: str) -> bool:
    """A payment card of a known issuer, with its length and check digit."""
    return _issued(digits) and luhn(digits) and len(set(digits)) > 1


def _issued(digits: str) -> bool:
    size, two, four = len(digits), int(digits[:2]), int(digits[:4])
    if digits[0] == "4":
        return size in (13, 16, 19)
    if 51 <= two <= 55 or 2221 <= four <= 2720:  # noqa: PLR2004
        return size == 16  # noqa: PLR2004
    if two in (34, 37):
        return size == 15  # noqa: PLR2004
    if two in (36, 38, 39) or digits[:3] in ("300", "301", "302", "303", "304", "305"):
        return size == 14  # noqa: PLR2004
    return size == 16 and (3528 <= four <= 3589 or four == 6011 or two in (62, 64, 65, 81))  # noqa: PLR2004


def iban(compact: str) -> bool:
    """Of a known country, with its length, and 1 modulo 97."""
    if len(compact) != IBAN_LENGTHS.get(compact[:2]):
        return False
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def german_tax_id(digits: str) -> bool:
    """ISO 7064 mod 11,10; of the first ten digits one stands there twice or three times."""
    repeated = [count for count in Counter(digits[:10]).values() if count > 1]
    if digits[0] == "0" or repeated not in ([2], [3]):
        return False
    product = 10
    for digit in digits[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def french_social_security(compact: str) -> bool:
    """13 digits (Corsica has letters) and the key 97 minus their remainder."""
    number = compact[:13].replace("2A", "19").replace("2B", "18")
    return number.isdigit() and 97 - int(number) % 97 == int(compact[13:])


def spanish_identity(compact: str) -> bool:
    """DNI and NIE: the letter follows from the number modulo 23."""
    number = compact[:-1].translate(str.maketrans("XYZ", "012"))
    return number.isdigit() and _DNI_LETTERS[int(number) % 23] == compact[-1]


def italian_fiscal_code(code: str) -> bool:
    """The last of 16 characters follows from the others."""
    odd = _ODD_OF_FISCAL_CODE + _ODD_REST
    values = [int(c) if c.isdigit() else ord(c) - ord("A") for c in code]
    total = sum(odd[v] if place % 2 == 0 else v for place, v in enumerate(values[:15]))
    return chr(ord("A") + total % 26) == code[15]


def dutch_citizen_number(digits: str) -> bool:
    """The test by eleven."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return int(digits) > 0 and sum(map(_times, digits, weights)) % 11 == 0


def belgian_national_number(digits: str) -> bool:
    """97 minus the remainder of the number, with a 2 in front for those born from 2000 on."""
    rests = {97 - int(front + digits[:9]) % 97 for front in ("", "2")}
    return int(digits[9:]) in rests


def brazilian_cpf(digits: str) -> bool:
    """Two check digits modulo 11."""
    return len(set(digits)) > 1 and all(
        sum(map(_times, digits, range(place + 1, 1, -1))) * 10 % 11 % 10 == int(digits[place])
        for place in (9, 10)
    )


def polish_pesel(digits: str) -> bool:
    """Weights 1, 3, 7, 9."""
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
    return len(set(digits)) > 1 and sum(map(_times, digits, weights)) % 10 == 0


def climbs(digits: str) -> bool:
    """Digits that count up or down, or stay: nobody's number."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    return len(steps) == 1 and steps <= {0, 1, 9}


def _times(digit: str, weight: int) -> int:
    return int(digit) * weight
