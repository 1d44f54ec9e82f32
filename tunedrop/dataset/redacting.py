"""Records with placeholders in the place of confidential data, in every text that is trained on."""

from msgspec import structs

from tunedrop.dataset.handling import redacted_kinds
from tunedrop.dataset.records import (
    AnyRecord,
    CaptionedImage,
    Media,
    Passage,
    Record,
    ReinforcementPrompt,
    Turn,
)
from tunedrop.quality.personal_data import SECRET_KINDS
from tunedrop.quality.redaction import Vault, redact
from tunedrop.recipe import Data


class Redactor:
    """Redacts what a recipe asks for; the same datum has the same placeholder in all records."""

    def __init__(self, data: Data) -> None:
        self.vault = Vault()
        self._kinds = redacted_kinds(data)

    def redacted(self, record: AnyRecord, *, is_marked: bool) -> AnyRecord:
        """The record without them. Where it is not marked, only what was not measured is read."""
        if not self._kinds:
            return record
        if isinstance(record, Passage):
            return Passage(self._text(record.text)) if is_marked else record
        if isinstance(record, CaptionedImage):
            caption = self._text(record.caption)
            return structs.replace(record, caption=caption) if is_marked else record
        return self._dialogue(record, is_marked=is_marked)

    def _dialogue(
        self, record: Record | ReinforcementPrompt, *, is_marked: bool
    ) -> Record | ReinforcementPrompt:
        if isinstance(record, ReinforcementPrompt):
            record = structs.replace(record, extra=self._text(record.extra))
        if not is_marked and not any(turn.reasoning for turn in record.turns):
            return record
        turns = tuple(self._turn(turn) for turn in record.turns)
        system = record.system and self._text(record.system)
        record = structs.replace(record, system=system, turns=turns)
        if isinstance(record, ReinforcementPrompt):
            return structs.replace(record, reference=self._text(record.reference))
        return record

    def _turn(self, turn: Turn) -> Turn:
        parts = tuple(each if isinstance(each, Media) else self._text(each) for each in turn.parts)
        reasoning = turn.reasoning and self._text(turn.reasoning)
        return structs.replace(turn, text=self._text(turn.text), parts=parts, reasoning=reasoning)

    def _text(self, text: str) -> str:
        return redact(text, self.vault, takes=self._takes)

    def _takes(self, kind: str) -> bool:
        return ("secret" if kind in SECRET_KINDS else "personal-data") in self._kinds
