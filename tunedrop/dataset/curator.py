"""What validation asks of one who judges records by all others; who does it brings its arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tunedrop.dataset.fast import CleanBlock
from tunedrop.dataset.findings import Finding
from tunedrop.dataset.records import AnyRecord
from tunedrop.dataset.splits import Shares, Side
from tunedrop.dataset.target import Target


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Records on each side once all are judged; `left_out` for want of room, `dropped` else.

    `test_known` of the test records have a prompt that is trained on. `findings` come with the
    number of records that each speaks of; `is_refused` where one of them is beyond what the recipe
    bears.
    """

    train: int
    validation: int
    test: int
    test_known: int
    rejected: int
    dropped: int
    left_out: int
    training_characters: int
    findings: Sequence[tuple[Finding, int]]
    is_refused: bool


class Curator(Protocol):
    """Takes in every usable record in the order of reading, and judges them in the end."""

    def begin(self, role: Side, file: str) -> None:
        """What comes next is of this file."""

    def take_block(self, block: CleanBlock) -> None:
        """Take in records in which nothing is wrong."""

    def take_record(self, record: AnyRecord, line: int) -> None:
        """Take in one record."""

    def take_back(self, file: str, line: int) -> None:
        """A record that was taken in cannot be used after all."""

    def settle(self, target: Target, shares: Shares, record_limit: int | None) -> Settled:
        """Judge everything; asked once, after the last record."""
