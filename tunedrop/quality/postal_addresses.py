"""Postal addresses: a street with a number, sure where a postal code and a place follow.

Found are the usual written forms of the United States, Canada, the United Kingdom, Germany,
Austria, Switzerland, France, Spain, Italy and the Netherlands, and post boxes. A street without a
number, a place alone, and other countries' forms are not found.
"""

import re

from tunedrop.quality.finding_data import Detector, Strength

_NAME = r"[A-ZÀ-Þ][\w'.-]{0,30}"
_STREET_WORDS = (
    "Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq"
    "|Terrace|Way|Parkway|Pkwy|Circle|Cir|Highway|Hwy|Close|Crescent|Gardens|Grove|Mews"
)
_PLACE_FOLLOWS = re.compile(
    r"[,;\n ]{1,3}(?:[^\n]{0,50}?[, \n])?"
    r"(?:[A-Z]{2},? \d{5}(?:-\d{4})?"
    r"|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] \d[A-Z]\d"
    r"|\d{4} ?[A-Z]{2} [A-Z]\w+|(?:[A-Z]{1,2}-)?\d{4,5} [A-ZÀ-Þ][\w'-]+)"
)


def _detector(pattern: str) -> Detector:
    """The street, and with it the code and place that follow at once."""
    whole = f"(?P<datum>{pattern}(?:{_PLACE_FOLLOWS.pattern})?)"
    return Detector(kind="postal-address", pattern=re.compile(whole), judge=_street_or_more)


def _street_or_more(match: re.Match[str]) -> Strength:
    return "blocking" if _ENDS_WITH_PLACE.search(match[0]) else "hint"


_ENDS_WITH_PLACE = re.compile(rf"{_PLACE_FOLLOWS.pattern}$")
POSTAL_ADDRESSES = (
    _detector(
        rf"\d(?<![\w.$€£-]\d)\d{{0,5}}[A-Za-z]?,? (?:[NSEW]\.? )?"
        rf"(?:(?:{_NAME}|\d{{1,3}}(?:st|nd|rd|th)) ){{1,4}}?(?:{_STREET_WORDS})\b\.?"
        r"(?:,? (?:Apt|Suite|Unit|Ste|Flat|#)\.? ?\w{1,6})?"
    ),
    _detector(
        rf"(?<!\w)(?:[A-ZÄÖÜ][\wäöüß-]{{1,30}}"
        r"(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gracht|kade)"
        rf"|{_NAME} (?:Straße|Strasse|Weg|Platz|Allee|Ring)) \d{{1,4}} ?[a-z]?(?!\w)"
    ),
    _detector(
        r"\d(?<![\w.$€£-]\d)\d{0,3}(?: ?(?:bis|ter))?,? "
        r"(?:rue|avenue|boulevard|bd|place|chemin|allée|impasse|quai|route|cours)"
        r"(?: (?:de la|de|du|des|de l'|d'|l'))? ?"
        rf"{_NAME}(?: (?:de |du |la |le )?{_NAME}){{0,3}}"
    ),
    _detector(
        r"(?<!\w)(?:Calle|C/|Avenida|Avda\.|Plaza|Paseo|Via|Viale|Piazza|Corso|Largo)"
        rf"(?: (?:de la|de los|de|del|della|delle|dei|di))? {_NAME}(?: (?:de |di )?{_NAME}){{0,3}}"
        r",? (?:n\.? ?º? ?)?\d{1,4}(?!\w)"
    ),
    _detector(r"(?<!\w)P\.? ?O\.? Box \d{1,7}(?!\w)"),
)
