"""Where the records are: on which side of the split, and how many on another than their own."""

from tunedrop.report.bars import Bar, bars
from tunedrop.report.formatting import count
from tunedrop.report.reading import Record, section

MOVED = (
    "placed on another side than their content says, because they repeat or ask what others do, or "
    "a side or a label had too few"
)
SIDES = {
    "train": "To train on",
    "validation": "To validate with",
    "test": "To test with",
    "dropped": "Left out for what they say",
    "left_out": "Left out for want of room",
    "rejected": "Rejected",
}


def sides(dataset: Record) -> tuple[Bar, ...]:
    """What became of the records."""
    records = section(dataset, "records")
    amounts = [(words, int(records.get(role) or 0)) for role, words in SIDES.items()]
    return bars((words, number) for words, number in amounts if number)


def moved(dataset: Record) -> str:
    """A sentence about those that are not where their own content would put them."""
    number = int(section(dataset, "quality").get("moved") or 0)
    noun = "record is" if number == 1 else "records are"
    return f"{count(number)} {noun} {MOVED}." if number else ""
