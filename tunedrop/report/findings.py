"""Findings as the page tells them, and what to do first."""

from collections.abc import Iterable, Mapping
from typing import Any

from tunedrop.report.formatting import count
from tunedrop.report.ranking import weight
from tunedrop.report.reading import Record, section, text

DONE = "done"

_FIRST = 3
_EXAMPLES = 4
_NOTHING = "Nothing to do"
_KINDS = {"personal-data": "blocking", "possible-personal-data": "hint"}
_SECRETS = {"secret": "blocking", "possible-secret": "hint"}


def finding(found: Record) -> dict[str, str]:
    """A finding of the validator, at its place in a file."""
    names = ("severity", "file", "line", "field", "message", "hint", "code")
    return {name: text(found.get(name)) for name in names}


def quality_findings(quality: Record) -> list[dict[str, Any]]:
    """The findings of the quality checks with masked examples: what is to be done, then the rest.

    What the recipe has settled has the status "done", the others their severity.
    """
    settled, counts = quality.get("settled") or (), section(quality, "counts")
    found = [finding(each) for each in quality.get("findings") or ()]
    ranked = sorted(found, key=lambda each: (each["code"] in settled, weight(each, counts)))
    return [
        {
            **each,
            "status": DONE if each["code"] in settled else each["severity"],
            "examples": examples(each["code"], quality),
        }
        for each in ranked
    ]


def do_first(dataset: Record, quality: Record) -> list[dict[str, str]]:
    """The three most important things to do; what the recipe has settled is none of them."""
    settled = quality.get("settled") or ()
    seen: dict[str, dict[str, str]] = {}
    for each in (*(dataset.get("findings") or ()), *(quality.get("findings") or ())):
        is_told = text(each.get("hint")).startswith(_NOTHING)
        if text(each.get("code")) not in settled and not is_told:
            seen.setdefault(text(each.get("code")), finding(each))
    counts = {**section(dataset, "counts"), **section(quality, "counts")}
    ranked = sorted(seen.values(), key=lambda each: weight(each, counts))
    return [{**each, "what": _what(each, counts), "way_out": each["hint"]} for each in ranked][
        :_FIRST
    ]


def _what(found: Mapping[str, str], counts: Record) -> str:
    """The finding in one line; of several at places of files the first, and how many there are."""
    if not found["line"]:
        return found["message"]
    more = int(counts.get(found["code"], 1)) - 1
    rest = f", and {count(more)} more like it" if more > 0 else ""
    return f"{found['file']}, line {found['line']}: {found['message']}{rest}"


def examples(code: str, quality: Record) -> list[str]:
    """A few examples of a finding: places and shapes, never what a record says."""
    places = section(quality, "places")
    if code in _KINDS or code in _SECRETS:
        return _shapes(code, quality)
    if code in ("exact-duplicate", "near-duplicate"):
        return _alike(section(quality, "duplicates"), places, exact=code == "exact-duplicate")
    if code == "contradiction":
        found = quality.get("contradictions") or ()
        return [_together(each.get("members") or (), places) for each in found][:_EXAMPLES]
    if code == "leakage":
        pairs = section(quality, "leaks").get("examples") or ()
        return [_leak(each, places) for each in pairs[:_EXAMPLES]]
    return _of_labels(code, section(quality, "labels"), places)


def _shapes(code: str, quality: Record) -> list[str]:
    """One line per kind: how often, where, and its shape: `a` for letters, `9` for digits."""
    strength = {**_KINDS, **_SECRETS}[code]
    return [
        f"{each.get('kind')} in the {each.get('field')} ({count(each.get('found'))}): "
        f"{', '.join(map(str, each.get('shapes') or ()))}"
        for each in quality.get("confidential") or ()
        if each.get("strength") == strength and _is_of(code, each)
    ]


def _is_of(code: str, kind: Record) -> bool:
    return bool(kind.get("is_secret", False)) == (code in _SECRETS)


def _alike(found: Record, places: Record, *, exact: bool) -> list[str]:
    groups = found.get("largest") or ()
    mine = [each for each in groups if (each.get("similarity") == 1.0) == exact]
    return [_together(each.get("example") or (), places) for each in mine][:_EXAMPLES]


def _leak(leak: tuple[Any, Any, Any], places: Record) -> str:
    tested, trained, similarity = leak
    verb = "asks what is asked in" if similarity is None else "is"
    return f"{place_of(tested, places)} {verb} {place_of(trained, places)}"


def _together(members: Iterable[Any], places: Record) -> str:
    return " and ".join(place_of(each, places) for each in list(members)[:_EXAMPLES])


def _of_labels(code: str, labels: Record, places: Record) -> list[str]:
    names = [name for name, _ in labels.get("labels") or ()]
    if code == "rare-label":
        return [text(each) for each in (labels.get("rare") or ())[:_EXAMPLES]]
    if code == "similar-labels":
        pairs = (labels.get("similar") or ())[:_EXAMPLES]
        return [f'"{one}" and "{other}"' for one, other in pairs]
    if code == "label-noise":
        noise = (labels.get("noise") or ())[:_EXAMPLES]
        return [
            f"{place_of(record, places)}: those most like it are {names[at]}"
            for record, at in noise
            if 0 <= at < len(names)
        ]
    return []


def place_of(record: Any, places: Record) -> str:
    """Where a record stands, in words."""
    return text(places.get(record) or places.get(str(record)) or f"record {int(record) + 1}")
