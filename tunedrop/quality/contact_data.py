"""E-mail addresses, phone numbers, IP addresses, payment cards and bank accounts in a text."""

import ipaddress
import re
from itertools import pairwise

from tunedrop.quality import check_digits
from tunedrop.quality.check_digits import climbs
from tunedrop.quality.finding_data import (
    Detector,
    Found,
    Judge,
    Strength,
    digits_of,
    preceded_by,
    surely,
)

_PHONE_WORDS = re.compile(
    r"(?i)\b(?:tel|phone|call|fax|cell|mobile|mobil|handy|contact|number|reach|text|dial|whatsapp"
    r"|rufnummer|telefon|t[ée]l[ée]phone|tel[ée]fono|telefono|portable|appel)"
)
_ROLES = re.compile(
    r"(?i)(?:[\w.-]*[._-])?(?:info|support|sales|contact|admin|help|office|noreply|no-reply|hello|press|security"
    r"|webmaster|postmaster|git|root|abuse|team|service)@"
)
_EXAMPLES = re.compile(
    r"(?i)@(?:[\w-]+\.)*(?:example\.(?:com|org|net)|example|test|invalid"
    r"|(?:email|domain|company)\.com|(?:my|your|any)(?:domain|company)\.\w+)$"
    r"|^(?:someone|somebody|user(?:name)?|name|foo|bar|abc|xyz|me|[\d.]{16,})@"
)
_CALLING_CODES = re.compile(
    r"1|7|2[07]|2[1-689]\d|3[0-469]|3[578]\d|4[013-9]|42\d|5[1-8]|50\d|59\d|6[0-6]|6[789]\d"
    r"|8[12469]|8[0578]\d|9[0-58]|9[679]\d"
)
_GOES_ON = re.compile(r"-?\w")
_FILE_NAME = re.compile(r"(?i)\.(?:png|jpe?g|gif|svg|webp|json|js|css|py|html?|pdf|md|txt|zip)$")
_INSIDE_A_URL = re.compile(r"://[^\s/@]*$")
_AMERICAN = re.compile(r"1[2-9]\d\d[2-9]\d{6}$")
_FICTIONAL = re.compile(r"555[-. ]?\d{4}$")
_BETWEEN_GROUPS = r"(?:[ .\t-]| [ -] ?)"
_FOUR_BEFORE = re.compile(rf"(?<!\w)\d{{4}}{_BETWEEN_GROUPS}$")
_VERSION = re.compile(r"(?i)(?:version|release|section|python|v)\.? ?$")
_IP_WORDS = re.compile(r"(?i)\b(?:ip|ipv4|ipv6|address|host|server|from)\b")
_MANY_DIGITS = 8
_IPV4 = 4
_FIRST_UNLIKELY_IN_VERSIONS = 30


def _email(match: re.Match[str]) -> Strength | None:
    if _INSIDE_A_URL.search(match.string, max(0, match.start() - 100), match.start()):
        return None
    if _FILE_NAME.search(match[0]):
        return None
    if _ROLES.match(match[0]) or _EXAMPLES.search(match[0]):
        return "hint"
    return "blocking"


def _international_phone(match: re.Match[str]) -> Strength | None:
    digits = digits_of(match)
    if not _MANY_DIGITS <= len(digits) <= 15 or not _CALLING_CODES.match(digits):  # noqa: PLR2004
        return None
    if digits[0] == "1" and not _AMERICAN.match(digits):
        return None
    return "hint" if _FICTIONAL.search(match[0]) or climbs(digits) else "blocking"


def _american_phone(match: re.Match[str]) -> Strength:
    return "hint" if _FICTIONAL.search(match[0]) else "blocking"


def _national_phone(match: re.Match[str]) -> Strength | None:
    digits = digits_of(match)
    if not 9 <= len(digits) <= 12 or climbs(digits):  # noqa: PLR2004
        return None
    sure = preceded_by(match, _PHONE_WORDS) and not _FICTIONAL.search(match[0])
    return "blocking" if sure else "hint"


def _spoken_of_as_phone(match: re.Match[str]) -> Strength | None:
    return "hint" if preceded_by(match, _PHONE_WORDS) else None


def _ipv4(match: re.Match[str]) -> Strength | None:
    # Zeros in front, which some write and Python refuses, name the same address.
    address = ipaddress.IPv4Address(".".join(str(int(part)) for part in match[0].split(".")))
    if _is_nobodys(address) or match[0].startswith(("255.", "0.")):
        return None
    if _VERSION.search(match.string, max(0, match.start() - 10), match.start()):
        return None
    parts = [int(part) for part in match[0].split(".")]
    steps = {after - before for before, after in pairwise(parts)}
    # A network, or numbers that count up: written down to explain something.
    if not address.is_global or parts[-1] == 0 or len(steps) == 1 or climbs(digits_of(match)):
        return "hint"
    telling = sum(part >= _FIRST_UNLIKELY_IN_VERSIONS for part in parts)
    sure = telling >= 2 or preceded_by(match, _IP_WORDS)  # noqa: PLR2004
    return "blocking" if sure else "hint"


def _ipv6(match: re.Match[str]) -> Strength | None:
    groups = [group for group in match[0].split(":") if group]
    try:
        address = ipaddress.ip_address(match[0])
    except ValueError:
        return None
    if _is_nobodys(address) or len(groups) < 3 or not any(map(str.isdigit, match[0])):  # noqa: PLR2004
        return None
    told = {group.lstrip("0").lower() for group in groups} - {"", "ffff"}
    return "blocking" if address.is_global and len(told) > 2 else "hint"  # noqa: PLR2004


def _is_nobodys(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """The machine itself, groups of receivers, masks."""
    special = address.is_loopback or address.is_unspecified or address.is_multicast
    return special or (address.version == _IPV4 and address.is_reserved)


def _card(match: re.Match[str]) -> Strength | None:
    if preceded_by(match, _FOUR_BEFORE):
        return None
    return "blocking" if check_digits.card(digits_of(match)) else None


class _Iban(Detector):
    """Its length depends on the country, so the pattern takes more and gives back.

    In small letters it must end where a word does and be digits for the most part: words and
    hashes pass the check once in 97 times.
    """

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[Found]:
        """Each account number that fits its country's length and check digits."""
        stop = len(text) if end is None else end
        found = []
        while match := self.pattern.search(text, start, stop):
            start = match.start() + 1
            if size := self._size(match):
                each = Found(
                    kind=self.kind, strength="blocking", start=start - 1, end=start - 1 + size
                )
                found.append(each)
                start = each.end
        return found

    def _size(self, match: re.Match[str]) -> int:
        """The characters of the account number with which a match begins, 0 if none does."""
        whole = match[0].upper()
        size = check_digits.IBAN_LENGTHS.get(whole[:2], 0)
        places = [place for place, char in enumerate(whole) if char not in " -"][:size]
        compact = "".join(whole[place] for place in places)
        if not size or not check_digits.iban(compact):
            return 0
        last = places[-1] + 1
        is_sure = match[0][:last].isupper() or self._is_alone(
            match.string, match.start() + last, compact
        )
        return last if is_sure else 0

    @staticmethod
    def _is_alone(text: str, end: int, compact: str) -> bool:
        digits = sum(map(str.isdigit, compact))
        return 2 * digits > len(compact) and not _GOES_ON.match(text, end)


def _detector(kind: str, pattern: str, judge: Judge = surely) -> Detector:
    return Detector(kind=kind, pattern=re.compile(pattern), judge=judge)


EMAIL = _detector(
    "email",
    r"(?<![\w.+%-])(?=[\w.%+'-]{1,64}+@)[\w%+](?:[\w.%+'-]{0,62}[\w+-])?@"
    r"(?:[^\W_]+(?:-+[^\W_]+)*\.){1,8}"
    r"(?:[A-Za-z]{2,24}(?![A-Za-z0-9_@-])|[^\W\d_]{2,24}(?![\w@-]))",
    _email,
)
PHONES = (
    _detector(
        "phone",
        r"(?<![\w+])\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d(?:[ ./-]?\d){5,12}"
        r"(?<![ ./-]\d)(?![\w-]|\.\d)",
        _international_phone,
    ),
    _detector("phone", r"(?<![\w+])00[1-9]\d(?:[ ./-]?\d){7,12}(?![\w-])", _national_phone),
    _detector(
        "phone",
        r"(?<![\w.+-])(?:\+?1[-. ]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-.])[2-9]\d\d[-. ]\d{4}(?![\w-])",
        _american_phone,
    ),
    _detector(
        "phone", r"(?<![\w.+-])(?:1 )?[2-9]\d\d [2-9]\d\d[ -]\d{4}(?![\w-])", _national_phone
    ),
    _detector("phone", r"(?<![\w.+-])0[1-9](?:[ .-]\d\d){4}(?![\w-])"),
    _detector(
        "phone",
        r"(?<![\w.+-])\(?0\d{2,5}\)?[ /-]{0,3}\d{2,8}(?:[ -]\d{2,5}){0,3}(?![\w-])",
        _national_phone,
    ),
    _detector("phone", r"(?<![\w.+-])[2-9]\d\d[-. ]?\d{4}(?![\w-])", _spoken_of_as_phone),
    _detector("phone", r"(?<![\w.+-])[2-9]\d{9}(?![\w-])", _spoken_of_as_phone),
)
# In one, or in the groups that cards show: not within a longer row of groups of four.
CARD = _detector(
    "payment-card",
    rf"(?<![\w.])(?:\d{{13,19}}"
    rf"|(?:\d{{4}}{_BETWEEN_GROUPS}){{3}}\d{{4}}(?!{_BETWEEN_GROUPS}(?!20)\d{{4}}(?!\d))"
    rf"|\d{{4}}{_BETWEEN_GROUPS}\d{{6}}{_BETWEEN_GROUPS}\d{{4,5}})(?!\w)",
    _card,
)
IBAN = _Iban(kind="iban", pattern=re.compile(r"(?<!\w)[A-Za-z]{2}\d\d(?:[ -]?[A-Za-z0-9]){11,30}"))
IPS = (
    _detector(
        "ip-address",
        r"(?<![\w.-])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w-]|\.\d)",
        _ipv4,
    ),
    _detector(
        "ip-address", r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])", _ipv6
    ),
)
