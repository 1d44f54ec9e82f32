"""Curation: what the quality checks find, held against the recipe, decides on every record."""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import structs

from tunedrop.dataset.curator import Settled
from tunedrop.dataset.decisions import (
    CONFIDENTIAL_BIT,
    NO_PLACE,
    PARTNERED,
    Decisions,
    packed,
)
from tunedrop.dataset.fast import CleanBlock
from tunedrop.dataset.findings import Finding
from tunedrop.dataset.handling import CONFIDENTIAL
from tunedrop.dataset.places import Places
from tunedrop.dataset.records import AnyRecord
from tunedrop.dataset.sides import TEST, TRAIN, VALIDATION
from tunedrop.dataset.splits import Shares, Side, split_key
from tunedrop.dataset.tallies import SIDES
from tunedrop.dataset.target import Target
from tunedrop.quality.consequences import consequences
from tunedrop.quality.coverage import DatasetSummary
from tunedrop.quality.judging import CODES, LEFT_OUT, MEDIA, OUT, Judging
from tunedrop.quality.leakage import Fingerprints
from tunedrop.quality.partners import Partner, partners
from tunedrop.quality.report import QualityReport
from tunedrop.quality.scan import QualityScan
from tunedrop.recipe import Recipe

_PARTNERED = {OUT + CODES.index(code): code for code in PARTNERED}


class Curation:
    """Measures records as validation reads them, and decides on each once all are known.

    `champion` recognizes what the current champion was trained on; `before` is the summary of that
    dataset. `report`, `decisions`, `dropped` (counts by code), `moved` and `characters` (by side)
    are there once it is settled.
    """

    def __init__(
        self,
        recipe: Recipe,
        *,
        champion: Fingerprints | None = None,
        before: DatasetSummary | None = None,
    ) -> None:
        self.report: QualityReport | None = None
        self.decisions = Decisions(codes=CODES, files=())
        self.dropped: Counter[str] = Counter()
        self.moved = 0
        self.characters: dict[str, int] = {}
        self._recipe = recipe
        self._champion = champion
        self._before = before
        self._scan = QualityScan()
        self._places = Places()
        self._keys, self._sizes = array("Q"), array("L")
        self._role: Side = "train"
        self._taken_back: set[int] = set()

    def begin(self, role: Side, file: str) -> None:
        """What comes next is of this file."""
        self._role = role
        self._places.begin(role, file)

    def take_block(self, block: CleanBlock) -> None:
        """Take in records in which nothing is wrong."""
        self._places.add(block.first_line, len(block.rows))
        prompts, completions, systems = [], [], []
        for row in block.rows:
            *said, completion = row.texts()
            prompts.append("\n\n".join(filter(None, said)))
            completions.append(completion)
            systems.append(said[0] if said else "")
            self._keys.append(row.key())
            self._sizes.append(sum(map(len, said)) + len(completion))
        self._scan.add_texts(prompts, completions, self._role, systems)

    def take_record(self, record: AnyRecord, line: int) -> None:
        """Take in one record."""
        self._places.add(line, 1)
        self._keys.append(split_key(record))
        self._sizes.append(record.characters)
        self._scan.add(record, self._role)

    def take_back(self, file: str, line: int) -> None:
        """A record that was taken in cannot be used after all."""
        record = self._places.find(file, line)
        if record is not None:
            self._taken_back.add(record)

    @property
    def fingerprints(self) -> Fingerprints:
        """To recognize by in later runs what is trained on."""
        return self._scan.fingerprints()

    def settle(self, target: Target, shares: Shares, record_limit: int | None) -> Settled:
        """Judge everything; asked once, after the last record."""
        judging = Judging(self._recipe.data, self._scan, self._roles())
        judging.judge(self._taken_back)
        fewest = target.limits.min_training_records
        self.moved = judging.place(self._keys, shares, fewest)
        if self._champion:
            self.moved += judging.leave_out_known(self._champion, self._keys, shares, fewest)
        if self._recipe.data.too_many == "select":
            judging.select(self._keys, target, record_limit)
        self._scan.settle([min(each, OUT) for each in judging.decided])
        self.decisions = self._decisions(judging)
        self.dropped = judging.dropped
        measured = self._scan.report(place=self._places.name, before=self._before)
        found = list(consequences(measured, judging, self._recipe.data))
        self.report = structs.replace(
            measured,
            findings=tuple(each for each, _ in found),
            settled=tuple(sorted(judging.settled())),
        )
        return self._settled(judging, target, found)

    def _roles(self) -> Iterator[int]:
        for role, start, end in self._places.ranges():
            yield from bytes([SIDES.index(role)]) * (end - start)

    def _decisions(self, judging: Judging) -> Decisions:
        decided = bytearray(judging.decided)
        for record in judging.confidential():
            decided[record] |= CONFIDENTIAL_BIT
        ranges = [slice(start, end) for _, start, end in self._places.ranges()]
        has_partners = judging.dropped.keys() & PARTNERED
        verdicts = self._scan.verdicts()
        partner_of = partners(verdicts, judging.contradictions) if has_partners else {}
        return Decisions(
            codes=CODES,
            files=tuple(bytes(decided[part]) for part in ranges),
            partners=tuple(self._partners(judging.decided, part, partner_of) for part in ranges),
        )

    def _partners(
        self, decided: bytearray, part: slice, partner_of: Mapping[str, Partner]
    ) -> bytes:
        """Where the partners stand of those records of a file that are left out for one."""
        found = array("Q")
        for record, byte in enumerate(decided[part], part.start):
            if code := _PARTNERED.get(byte):
                partner = partner_of[code](record)
                found.append(NO_PLACE if partner is None else packed(*self._places.at(partner)))
        return found.tobytes()

    def _characters(self, decided: bytearray) -> dict[str, int]:
        sums = [0] * (OUT + 1)
        for size, side in zip(self._sizes, decided, strict=True):
            sums[min(side, OUT)] += size
        return dict(zip(SIDES, sums[:OUT], strict=True))

    def _settled(
        self, judging: Judging, target: Target, found: list[tuple[Finding, int]]
    ) -> Settled:
        decided, dropped = judging.decided, judging.dropped
        rejected = sum(dropped[code] for code in CONFIDENTIAL)
        out = dropped.total() - dropped[MEDIA] - dropped[LEFT_OUT] - rejected
        supported = target.customization.validation_set.supported
        self.characters = self._characters(decided) | ({} if supported else {"validation": 0})
        return Settled(
            train=decided.count(TRAIN),
            validation=decided.count(VALIDATION) if supported else 0,
            test=decided.count(TEST),
            test_known=judging.known_of_test(),
            rejected=rejected,
            dropped=out,
            left_out=dropped[LEFT_OUT],
            training_characters=self.characters["train"],
            findings=found,
            is_refused=bool(judging.exceeded),
        )
