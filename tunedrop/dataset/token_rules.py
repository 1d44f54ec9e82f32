"""Rules about lengths: tokens as they are estimated, and the characters of captions."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tunedrop.catalog.models import Limits, TokenEstimate
from tunedrop.dataset.findings import Fault
from tunedrop.dataset.records import AnyRecord, CaptionedImage, Passage, Record
from tunedrop.dataset.report import counted


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenLimits:
    """How the tokens of a base model are estimated, and how many it takes."""

    model: str
    estimate: TokenEstimate
    record: int | None
    prompt: int | None
    completion: int | None

    def faults(self, record: AnyRecord, image_tokens: int) -> Iterator[Fault]:
        """The first limit that a record breaks, surely or perhaps."""
        learnt = _learnt_characters(record)
        parts = (
            ("record", record.characters, image_tokens, self.record),
            ("prompt", record.characters - learnt, image_tokens, self.prompt),
            ("completion", learnt, 0, self.completion),
        )
        for part, characters, images, limit in parts:
            if limit is not None and (fault := self._fault(part, characters, images, limit)):
                yield fault
                return

    def _fault(self, part: str, characters: int, images: int, limit: int) -> Fault | None:
        surely, perhaps = (
            (each, math.ceil(characters / each) + images)
            for each in (
                self.estimate.characters_per_token,
                self.estimate.cautious_characters_per_token,
            )
        )
        if perhaps[1] <= limit:
            return None
        per_token, tokens = surely if surely[1] > limit else perhaps
        pictured = f" and at least {images:,} for its images" if images else ""
        message = (
            f"the {part} has about {tokens:,} tokens ({characters:,} characters at {per_token:g} "
            f"each{pictured}); {self.model} takes {limit:,}"
        )
        code = "too-many-tokens" if surely[1] > limit else "may-exceed-tokens"
        return Fault(code=code, message=message)


def caption_faults(record: CaptionedImage, limits: Limits, model: str) -> Iterator[Fault]:
    """Whether a caption has as many characters as the base model takes."""
    has = f"the caption has {counted(len(record.caption), 'character')}; {model} takes"
    least, most = limits.min_caption_characters, limits.max_caption_characters
    if least is not None and len(record.caption.strip()) < least:
        message = f"{has} at least {least:,}, white space around it apart"
        yield Fault(code="caption-too-short", message=message, field="caption")
    if most is not None and len(record.caption) > most:
        yield Fault(code="caption-too-long", message=f"{has} {most:,}", field="caption")


def _learnt_characters(record: AnyRecord) -> int:
    """Characters that the model learns to write, of those that tokens are estimated by."""
    if isinstance(record, Record) and record.turns:
        last = record.turns[-1]
        return len(last.text) + len(last.reasoning or "")
    return record.characters if isinstance(record, Passage) else 0
