"""Confidential data of a whole dataset: which kinds in which records, never the data."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from tunedrop.quality.block import TextBlock
from tunedrop.quality.finding_data import Strength
from tunedrop.quality.personal_data import SECRET_KINDS, Spot, find_near
from tunedrop.quality.redaction import masked
from tunedrop.quality.signs import spots

_EXAMPLES = 5
_SHAPES = 3
_MASKED = 100
_FIELDS = ("prompt", "completion")
_ASIDE_FIELDS = ("reasoning", "further fields")

# A record's reasoning, and the further fields that graders receive.
Aside = tuple[str, str]


class KindCount(Struct, frozen=True, kw_only=True):
    """One kind of datum in one field: how many, in how many records, a few records, a few shapes.

    In shapes letters are `a` and digits `9`; they are from the first hundred that are found.
    """

    kind: str
    strength: Strength
    field: str
    found: int
    records: int
    examples: tuple[int, ...]
    shapes: tuple[str, ...]
    is_secret: bool


_Key = tuple[str, Strength, str]


class ConfidentialData:
    """Collects what is found, and the records that hold it."""

    def __init__(self) -> None:
        self._found: Counter[_Key] = Counter()
        self._records: Counter[_Key] = Counter()
        self._examples: dict[_Key, list[int]] = {}
        self._shapes: dict[_Key, list[str]] = {}
        self.blocking: dict[str, list[int]] = {"personal-data": [], "secret": []}
        self.hinted: dict[str, list[int]] = {"personal-data": [], "secret": []}

    def add(self, block: TextBlock, asides: Sequence[Aside] = ()) -> None:
        """Look at those texts of a block, and beside it, that bear a sign of something."""
        found = self._found_in(block, _FIELDS)
        if any(map(any, asides)):
            reasoning, further = zip(*asides, strict=True)
            aside = TextBlock(first=block.first, prompts=reasoning, completions=further)
            for record, keys in self._found_in(aside, _ASIDE_FIELDS).items():
                found.setdefault(record, set()).update(keys)
        for record, keys in sorted(found.items()):
            self._note(block.first + record, keys)

    def _found_in(self, block: TextBlock, fields: tuple[str, str]) -> dict[int, set[_Key]]:
        """By record."""
        texts = (block.prompts, block.completions)
        found: dict[int, set[_Key]] = {}
        for place, signs in spots(block):
            record, field = divmod(place, 2)
            if keys := self._look(texts[field][record], signs, fields[field]):
                found.setdefault(record, set()).update(keys)
        return found

    def _look(self, text: str, signs: list[Spot], field: str) -> set[_Key]:
        keys: set[_Key] = set()
        for each in find_near(text, signs):
            key = (each.kind, each.strength, field)
            self._found[key] += 1
            keys.add(key)
            shapes = self._shapes.setdefault(key, [])
            if len(shapes) < _SHAPES and self._found[key] <= _MASKED:
                shapes.extend({masked(text, each)}.difference(shapes))
        return keys

    def _note(self, record: int, keys: set[_Key]) -> None:
        for key in sorted(keys):
            self._records[key] += 1
            examples = self._examples.setdefault(key, [])
            if len(examples) < _EXAMPLES:
                examples.append(record)
        for group, secret in (("personal-data", False), ("secret", True)):
            strengths = {key[1] for key in keys if (key[0] in SECRET_KINDS) == secret}
            if "blocking" in strengths:
                self.blocking[group].append(record)
            elif strengths:
                self.hinted[group].append(record)

    def counts(self) -> tuple[KindCount, ...]:
        """By kind; sure ones first."""
        return tuple(
            KindCount(
                kind=kind,
                strength=strength,
                field=field,
                found=self._found[kind, strength, field],
                records=self._records[kind, strength, field],
                examples=tuple(self._examples[kind, strength, field]),
                shapes=tuple(self._shapes[kind, strength, field]),
                is_secret=kind in SECRET_KINDS,
            )
            for kind, strength, field in sorted(
                self._found, key=lambda key: (key[1], key[0], key[2])
            )
        )
