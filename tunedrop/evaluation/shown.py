"""What a test shows and keeps, with placeholders for the confidential data in it."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from msgspec import structs

from tunedrop.dataset.records import CaptionedImage
from tunedrop.dataset.redacting import Redactor
from tunedrop.evaluation.answers import Reply
from tunedrop.evaluation.sheet import Row, Sheet
from tunedrop.quality.redaction import redact


class Discretion:
    """Replaces what some rules are about; the same datum always by the same placeholder.

    Models are scored on what they answered; this is for the eyes of people.
    """

    def __init__(self, rules: Collection[str]) -> None:
        self._redactor = Redactor(rules)

    def sheet(self, sheet: Sheet) -> Sheet:
        """Records and answers without such data."""
        if not self._redactor.is_asked:
            return sheet
        for row in sheet.rows:
            self._reserve(row)
        rows = [self._row(row, anew=True) for row in sheet.rows]
        if self._redactor.vault.looks_for_any:
            rows = [self._row(row, anew=False) for row in rows]
        return replace(sheet, rows=rows)

    def plain(self, value: Any) -> Any:
        """The same of all texts in lists and objects."""
        if isinstance(value, str):
            return redact(value, self._redactor.vault) if self._redactor.is_asked else value
        if isinstance(value, dict):
            return {key: self.plain(each) for key, each in value.items()}
        return [self.plain(each) for each in value] if isinstance(value, list) else value

    def _reserve(self, row: Row) -> None:
        answers = (reply.text for replies in row.replies.values() for reply in replies if reply)
        for text in (*row.record.texts, *filter(None, answers)):
            self._redactor.vault.reserve(text)

    def _row(self, row: Row, *, anew: bool) -> Row:
        record = self._redactor.redacted(row.record, is_marked=anew)
        if isinstance(record, CaptionedImage):
            # Images and embeddings are no texts.
            return replace(row, record=record)
        replies = {
            model: tuple(reply and self._reply(reply, anew=anew) for reply in replies)
            for model, replies in row.replies.items()
        }
        return replace(row, record=record, replies=replies)

    def _reply(self, reply: Reply, *, anew: bool) -> Reply:
        vault = self._redactor.vault
        text = reply.text and redact(reply.text, vault, anew=anew)
        refusal = reply.refusal and redact(reply.refusal, vault, anew=anew)
        return structs.replace(reply, text=text, refusal=refusal)
