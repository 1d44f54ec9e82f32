"""Records with placeholders in the place of confidential data, in every text that is trained on.

Texts are read together as the quality checks read them: all that the model sees as one text, what
it learns to write as another, then its reasoning, and what graders receive besides.
"""

from collections.abc import Collection, Sequence

from msgspec import structs

from tunedrop.dataset.records import (
    BETWEEN_TEXTS,
    BETWEEN_TURNS,
    AnyRecord,
    CaptionedImage,
    Media,
    Passage,
    Record,
    ReinforcementPrompt,
    Turn,
)
from tunedrop.quality.redaction import Vault, redact, redact_json, redact_together


class Redactor:
    """Redacts what some rules are about; the same datum has the same placeholder in all records.

    Records are first learned from: what a word tells in one stands without it in another.
    """

    def __init__(self, rules: Collection[str]) -> None:
        self._rules = rules
        self.vault = Vault(rules)

    @property
    def is_asked(self) -> bool:
        """Whether anything is to be redacted."""
        return bool(self._rules)

    def learn(self, record: AnyRecord, *, is_marked: bool) -> None:
        """Take in the data of a record that is marked, and the placeholders of any."""
        for text in (*record.texts, *record.aside):
            self.vault.reserve(text)
        if is_marked:
            self.redacted(record, is_marked=True)

    def begin(self) -> None:
        """All is learned: number what is replaced from here on."""
        self.vault = self.vault.renumbered()

    def holds_known(self, text: str) -> bool:
        """Whether a datum that gives way elsewhere stands in a text."""
        return bool(self.vault.found(text, anew=False))

    def redacted(self, record: AnyRecord, *, is_marked: bool) -> AnyRecord:
        """The record without them. One that is not marked holds none but what others hold."""
        if not self._rules:
            return record
        if not is_marked and not self.holds_known("\n".join((*record.texts, *record.aside))):
            return record
        reading = _Reading(self.vault, anew=is_marked)
        if isinstance(record, Passage):
            return Passage(reading.text(record.text))
        if isinstance(record, CaptionedImage):
            return structs.replace(record, caption=reading.text(record.caption))
        if isinstance(record, ReinforcementPrompt):
            return reading.prompt(record)
        return reading.dialogue(record)


class _Reading:
    """Reads the texts of one record, anew or for what is known."""

    def __init__(self, vault: Vault, *, anew: bool) -> None:
        self._vault = vault
        self._anew = anew

    def text(self, text: str) -> str:
        """A text by itself."""
        return redact(text, self._vault, anew=self._anew)

    def dialogue(self, record: Record) -> Record:
        """All turns but the last are seen, with the system prompt; the last is to be written."""
        system, seen = self._seen(record.system, record.turns[:-1])
        _, written = self._seen(None, record.turns[-1:])
        return Record(system, self._reasoned((*seen, *written)))

    def prompt(self, record: ReinforcementPrompt) -> ReinforcementPrompt:
        """All turns are seen."""
        system, turns = self._seen(record.system, record.turns)
        read = self._json if record.structured else self.text
        return structs.replace(
            record,
            system=system,
            turns=self._reasoned(turns),
            reference=read(record.reference),
            extra=self._json(record.extra),
        )

    def _seen(
        self, system: str | None, turns: Sequence[Turn]
    ) -> tuple[str | None, tuple[Turn, ...]]:
        [first], *rest = self._together([[system or ""], *map(_texts, turns)])
        said = tuple(_saying(*pair) for pair in zip(turns, rest, strict=True))
        return first if system else system, said

    def _reasoned(self, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        thoughts = self._together([[turn.reasoning or ""] for turn in turns])
        return tuple(
            structs.replace(turn, reasoning=thought) if turn.reasoning else turn
            for turn, [thought] in zip(turns, thoughts, strict=True)
        )

    def _together(self, groups: Sequence[Sequence[str]]) -> list[list[str]]:
        """Groups of texts, read as they are joined where they are measured."""
        texts, before = list[str](), list[str]()
        for group in groups:
            between = BETWEEN_TURNS if any(texts) and any(group) else ""
            before += [between, *[BETWEEN_TEXTS] * (len(group) - 1)]
            texts += group
        redacted = iter(redact_together(texts, before, self._vault, anew=self._anew))
        return [[next(redacted) for _ in group] for group in groups]

    def _json(self, text: str) -> str:
        return redact_json(text, self._vault, anew=self._anew)


def _texts(turn: Turn) -> list[str]:
    """Those between its media, which are its text where they are joined."""
    return [each for each in turn.parts if not isinstance(each, Media)] or [turn.text]


def _saying(turn: Turn, texts: Sequence[str]) -> Turn:
    said = iter(texts)
    parts = tuple(each if isinstance(each, Media) else next(said) for each in turn.parts)
    return structs.replace(turn, text=BETWEEN_TEXTS.join(texts), parts=parts)
