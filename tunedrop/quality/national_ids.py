"""National identity numbers, each with its own check: SSN, NINO, Steuer-ID, NIR, and others."""

import re
from collections.abc import Callable

from tunedrop.quality import check_digits
from tunedrop.quality.finding_data import Detector, Judge, Strength, digits_of, preceded_by, surely

_SSN_WORDS = re.compile(r"(?i)\b(?:ssn|social security|tax id|taxpayer)")
_GERMAN_WORDS = re.compile(r"(?i)steuer|\bid-?nr|identifikationsnummer|\btin\b|tax id")
_DUTCH_WORDS = re.compile(r"(?i)\bbsn\b|burgerservice|sofi-?nummer")
_CANADIAN_WORDS = re.compile(r"(?i)\bsin\b|social insurance")
_POLISH_WORDS = re.compile(r"(?i)\bpesel\b")
_BRITISH_WORDS = re.compile(r"(?i)\bnino\b|national insurance|\bni (?:no|number)\b")
_BRAZILIAN_WORDS = re.compile(r"(?i)\bcpf\b")
_BELGIAN_WORDS = re.compile(
    r"(?i)rijksregister|national regist|registre national|num[ée]ro national|\b(?:insz|niss)\b"
)
_PUBLISHED = {"078051120", "219099999", "123456789", "111111111", "987654321"}


def _compact(match: re.Match[str]) -> str:
    return re.sub(r"[ ./-]", "", match[0]).upper()


def _passing(check: Callable[[str], bool]) -> Judge:
    def judge(match: re.Match[str]) -> Strength | None:
        if not check(_compact(match)):
            return None
        return "hint" if check_digits.climbs(digits_of(match)) else "blocking"

    return judge


def _passing_after(check: Callable[[str], bool], words: re.Pattern[str]) -> Judge:
    def judge(match: re.Match[str]) -> Strength | None:
        fits = check(_compact(match)) and preceded_by(match, words)
        return "blocking" if fits else None

    return judge


def _ssn(match: re.Match[str]) -> Strength | None:
    return "hint" if digits_of(match) in _PUBLISHED else "blocking"


def _unpunctuated_ssn(match: re.Match[str]) -> Strength | None:
    return _ssn(match) if preceded_by(match, _SSN_WORDS) else None


def _german(match: re.Match[str]) -> Strength | None:
    if not check_digits.german_tax_id(_compact(match)):
        return None
    spaced = " " in match[0] or "/" in match[0]
    return "blocking" if spaced or preceded_by(match, _GERMAN_WORDS, 60) else "hint"


def _british(match: re.Match[str]) -> Strength | None:
    """It has no check digit, and in small letters words and numbers look like it."""
    if match[0].isupper() or preceded_by(match, _BRITISH_WORDS):
        return "blocking"
    return None if " " in match[0] else "hint"


def _swedish(compact: str) -> bool:
    return check_digits.luhn(compact[-10:])


def _detector(kind: str, pattern: str, judge: Judge = surely) -> Detector:
    return Detector(kind=kind, pattern=re.compile(pattern), judge=judge)


_NO_SSN = r"(?!000|666|9\d\d)\d{3}"
NATIONAL_IDS = (
    _detector("us-ssn", rf"(?<![\w.-]){_NO_SSN}-(?!00)\d\d-(?!0000)\d{{4}}(?![\w-])", _ssn),
    _detector(
        "us-ssn", rf"(?<![\w.-]){_NO_SSN} ?(?!00)\d\d ?(?!0000)\d{{4}}(?![\w-])", _unpunctuated_ssn
    ),
    _detector(
        "uk-nino",
        r"(?i)(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
        r"(?: ?\d\d){3} ?[A-D](?!\w)",
        _british,
    ),
    _detector("de-steuer-id", r"(?<![\w.-])\d{2}[ /]?\d{3}[ /]?\d{3}[ /]?\d{3}(?![\w-])", _german),
    _detector(
        "fr-nir",
        r"(?<![\w.-])[12] ?\d\d ?(?:0[1-9]|[1-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d(?![\w-])",
        _passing(check_digits.french_social_security),
    ),
    _detector(
        "es-dni",
        r"(?<![\w.-])\d{8}[ -]?[A-HJ-NP-TV-Z](?!\w)",
        _passing(check_digits.spanish_identity),
    ),
    _detector(
        "es-nie",
        r"(?<!\w)[XYZ][ -]?\d{7}[ -]?[A-HJ-NP-TV-Z](?!\w)",
        _passing(check_digits.spanish_identity),
    ),
    _detector(
        "it-codice-fiscale",
        r"(?<!\w)[A-Z]{3} ?[A-Z]{3} ?\d\d[ABCDEHLMPRST]\d\d ?[A-Z]\d{3}[A-Z](?!\w)",
        _passing(check_digits.italian_fiscal_code),
    ),
    _detector(
        "nl-bsn",
        r"(?<![\w.-])\d{4}[ .]?\d{2}[ .]?\d{3}(?![\w-])",
        _passing_after(check_digits.dutch_citizen_number, _DUTCH_WORDS),
    ),
    _detector(
        "be-national-number",
        r"(?<![\w.-])\d\d\.\d\d\.\d\d-\d{3}\.\d\d(?![\w-])",
        _passing(check_digits.belgian_national_number),
    ),
    _detector(
        "be-national-number",
        r"(?<![\w.-])\d{11}(?![\w-])",
        _passing_after(check_digits.belgian_national_number, _BELGIAN_WORDS),
    ),
    _detector(
        "br-cpf",
        r"(?<![\w.-])\d{3}\.\d{3}\.\d{3}-\d\d(?![\w-])",
        _passing(check_digits.brazilian_cpf),
    ),
    _detector(
        "br-cpf",
        r"(?<![\w.-])\d{11}(?![\w-])",
        _passing_after(check_digits.brazilian_cpf, _BRAZILIAN_WORDS),
    ),
    _detector(
        "pl-pesel",
        r"(?<![\w.-])\d{11}(?![\w-])",
        _passing_after(check_digits.polish_pesel, _POLISH_WORDS),
    ),
    _detector(
        "se-personnummer",
        r"(?<![\w.-])(?:19|20)?\d\d(?:0[1-9]|1[0-2])[0-3]\d-\d{4}(?![\w-])",
        _passing(_swedish),
    ),
    _detector(
        "ca-sin",
        r"(?<![\w.-])[1-79]\d\d[ -]\d{3}[ -]\d{3}(?![\w-])",
        _passing_after(check_digits.luhn, _CANADIAN_WORDS),
    ),
)
