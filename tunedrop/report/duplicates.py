"""How much of a dataset repeats, and which records belong together."""

from dataclasses import dataclass

from tunedrop.report.bars import Bar, bars
from tunedrop.report.findings import place_of
from tunedrop.report.formatting import count, decimal
from tunedrop.report.reading import Record, section

_MOST_GROUPS = 5
_MEMBERS = 4


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    """A group of duplicates: the places of its first records, its size, how alike two of it are."""

    members: str
    size: str
    alike: str


def repeats(quality: Record) -> tuple[Bar, ...]:
    """Records that say something new beside those that repeat; none where none does."""
    found = section(quality, "duplicates")
    exact, near = int(found.get("exact") or 0), int(found.get("near") or 0)
    if not exact + near:
        return ()
    return bars(
        [
            ("Say something of their own", int(quality.get("effective_records") or 0)),
            ("Nearly repeat an earlier one", near),
            ("Repeat an earlier one", exact),
        ]
    )


def groups(quality: Record) -> list[GroupRow]:
    """The largest groups."""
    places = section(quality, "places")
    return [
        GroupRow(members=_members(each, places), size=count(each.get("size")), alike=_alike(each))
        for each in (section(quality, "duplicates").get("largest") or ())[:_MOST_GROUPS]
    ]


def _members(group: Record, places: Record) -> str:
    members = list(group.get("members") or ())[:_MEMBERS]
    more = int(group.get("size") or 0) - len(members)
    named = _shortened([place_of(each, places) for each in members])
    return named + (f" and {count(more)} more" if more > 0 else "")


def _shortened(named: list[str]) -> str:
    """The file once where all are in it: `a.jsonl, lines 3, 9`."""
    parts = [f", {name}".rpartition(", line ") for name in named]
    if len({file for file, _, _ in parts}) != 1 or not all(found for _, found, _ in parts):
        return "; ".join(named)
    lines = f"lines {', '.join(line for _, _, line in parts)}"
    return ", ".join(filter(None, (parts[0][0].removeprefix(", "), lines)))


def _alike(group: Record) -> str:
    alike = decimal(group.get("similarity"))
    return "" if alike is None else "the same" if alike == 1.0 else f"{alike:.0%} alike"
