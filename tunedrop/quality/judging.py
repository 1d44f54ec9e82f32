"""Decides on every record: what the recipe says of what was found, and then its side."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tunedrop.dataset.handling import CONFIDENTIAL, protection, treatments
from tunedrop.dataset.sides import TEST, TRAIN, VALIDATION, placed, selected
from tunedrop.dataset.size_rules import fitting
from tunedrop.dataset.splits import Shares
from tunedrop.dataset.target import Target
from tunedrop.quality.leakage import Fingerprints
from tunedrop.quality.rules import QUALITY_RULES
from tunedrop.quality.scan import QualityScan
from tunedrop.recipe import Data

# Media that are wrong are found late: the record is rejected for a reason of the validator's own.
MEDIA = "media"
LEFT_OUT, KNOWN, LEAKAGE = "left-out", "known-to-champion", "leakage"
CONTRADICTION = "contradiction"
CODES = (*QUALITY_RULES, MEDIA)
OUT = TEST + 1
# A share of the test side that puts no record there by its key.
_NEXT_TO_NONE = 1e-18


class Judging:
    """`decided` begins with each record's role, and ends with a side or a reason behind the sides.

    `dropped` counts the records that have none, by code; `exceeded` are the codes of which there is
    more than the recipe bears. `contradictions` are the groups of records that contradict
    each other once duplicates are dropped.
    """

    def __init__(self, data: Data, scan: QualityScan, roles: Iterable[int]) -> None:
        self.decided = bytearray(roles)
        self.dropped: Counter[str] = Counter()
        self.exceeded: set[str] = set()
        self.contradictions: list[list[int]] = []
        self._data = data
        self._scan = scan
        self._verdicts = scan.verdicts()
        self._labels = scan.labels()
        self._groups = self._verdicts.together.tolist()

    def judge(self, without_media: Iterable[int]) -> None:
        """Take out what the recipe does not train on, and what training would give away."""
        self._leave(MEDIA, without_media)
        for code in CONFIDENTIAL:
            if protection(self._data, code) == "reject":
                self._leave(code, self.records(code))
        for code, treatment in treatments(self._data).items():
            found = self._contradicting() if code == CONTRADICTION else self.records(code)
            if treatment.most is not None and len(found) > treatment.most * len(self.decided):
                self.exceeded.add(code)
            elif treatment.drops:
                self._leave(code, found)
        self._leave(LEAKAGE, self.records(LEAKAGE))

    def records(self, code: str) -> list[int]:
        """The records that a rule speaks of."""
        found = self._verdicts.records.get(code)
        return [] if found is None else [int(each) for each in found]

    def _contradicting(self) -> list[int]:
        """The records that still have one in use to contradict, once duplicates are dropped."""
        self.contradictions = self._contradictions()
        return [record for group in self.contradictions for record in group]

    def _contradictions(self) -> list[list[int]]:
        same = self._verdicts.duplicates.first_alike
        used = (
            [record for record in group if self.decided[record] < OUT]
            for group in self._verdicts.contradictions
        )
        return [group for group in used if len(set(same[group].tolist())) > 1]

    def known_of_test(self) -> int:
        """The test records with a prompt of so many that it is trained on, too."""
        return sum(self.decided[each] == TEST for each in self.records("common-prompt"))

    def settled(self) -> Iterator[str]:
        """The rules that ask nothing more of anybody: what they speak of is out, or redacted."""
        yield from (code for code in (KNOWN, LEFT_OUT) if self.dropped[code])
        for code, found in self._verdicts.records.items():
            handled = protection(self._data, code)
            is_refused = handled == "reject" or code in self.exceeded
            if len(found) and not is_refused and (handled == "redact" or self._is_out(code)):
                yield code

    def _is_out(self, code: str) -> bool:
        """Whether nothing of it is left in use; of records that contradict each other, one may."""
        if code == CONTRADICTION:
            return not self._contradictions()
        return not self._in_use(self.records(code))

    def _in_use(self, records: Iterable[int]) -> int:
        return sum(self.decided[record] < OUT for record in records)

    def confidential(self) -> set[int]:
        """The records that hold, or may hold, what the recipe protects."""
        kinds = [code for code in CONFIDENTIAL if protection(self._data, code) != "keep"]
        codes = [f"{begun}{code}" for code in kinds for begun in ("", "possible-")]
        return {record for code in codes for record in self.records(code)}

    def place(self, keys: Sequence[int], shares: Shares, min_training: int) -> int:
        """Split the training file; the number of records that follow their group elsewhere."""
        return self._place(self._on(TRAIN), keys, shares, min_training)

    def leave_out_known(
        self, champion: Fingerprints, keys: Sequence[int], shares: Shares, min_training: int
    ) -> int:
        """Test with nothing that the champion was trained on; the number of records that training
        gives in their place, where there would be too few.
        """
        self._leave(KNOWN, self._scan.seen_in(champion, self._on(TEST)))
        lacking = shares.min_test - self.decided.count(TEST)
        if lacking <= 0 or not shares.test_share:
            return 0
        trained = self._on(TRAIN)
        known = {self._groups[record] for record in self._scan.seen_in(champion, trained)}
        unknown = [record for record in trained if self._groups[record] not in known]
        taken = replace(shares, test_share=_NEXT_TO_NONE, validation_share=0.0, min_test=lacking)
        return self._place(unknown, keys, taken, min_training - len(trained) + len(unknown))

    def _place(
        self, records: Sequence[int], keys: Sequence[int], shares: Shares, min_training: int
    ) -> int:
        placement = placed(
            [keys[record] for record in records],
            [self._groups[record] for record in records],
            [self._labels[record] for record in records],
            shares,
            min_training,
        )
        for record, side in zip(records, placement.sides, strict=True):
            self.decided[record] = side
        return placement.moved

    def _on(self, side: int) -> list[int]:
        return [record for record, each in enumerate(self.decided) if each == side]

    def select(self, keys: Sequence[int], target: Target, record_limit: int | None) -> None:
        """Leave out what is more than the base model takes."""
        is_validated = target.customization.validation_set.supported
        trained = self.decided.count(TRAIN)
        validated = self.decided.count(VALIDATION) if is_validated else 0
        train, validation = fitting(target, record_limit, trained, validated)
        self._fit(TRAIN, train, keys)
        if is_validated:
            self._fit(VALIDATION, validation, keys)

    def _fit(self, side: int, most: int, keys: Sequence[int]) -> None:
        records = self._on(side)
        if len(records) <= most:
            return
        kept = selected(records, keys, self._groups, self._labels, most)
        self._leave(LEFT_OUT, (record for record in records if record not in kept))

    def _leave(self, code: str, records: Iterable[int]) -> None:
        for record in records:
            if self.decided[record] < OUT:
                self.decided[record] = OUT + CODES.index(code)
                self.dropped[code] += 1
