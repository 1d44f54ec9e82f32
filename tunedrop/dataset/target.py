"""What a recipe's base model asks of a record."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tunedrop.catalog import base_model
from tunedrop.catalog.models import Customization, DatasetFormat, Limits
from tunedrop.dataset.findings import Fault
from tunedrop.dataset.formats import Format
from tunedrop.dataset.formats.conversion import inexpressible, same_kind
from tunedrop.dataset.record_media_rules import media_faults
from tunedrop.dataset.records import (
    AnyRecord,
    CaptionedImage,
    Passage,
    Record,
    ReinforcementPrompt,
)
from tunedrop.dataset.text_rules import text_faults
from tunedrop.dataset.token_rules import TokenLimits, caption_faults
from tunedrop.dataset.turn_rules import turn_faults
from tunedrop.recipe import Recipe, effective


@dataclass(frozen=True, kw_only=True)
class Target:
    """The base model's format and limits, at the recipe's batch size."""

    model_name: str
    customization: Customization
    max_tokens: int | None

    @classmethod
    def of(cls, recipe: Recipe) -> "Target":
        """The target of a recipe."""
        model = base_model(recipe.base_model)
        customization = model.customization(recipe.method)
        batch_size = int(effective(recipe, "batch_size") or 1)
        return cls(
            model_name=model.name,
            customization=customization,
            max_tokens=customization.limits.tokens_per_record(batch_size),
        )

    @property
    def format(self) -> DatasetFormat:
        return self.customization.dataset_format

    @property
    def limits(self) -> Limits:
        return self.customization.limits

    @property
    def takes_system_prompt(self) -> bool:
        """Whether its format has a place for one."""
        return self.format != "prompt-completion"

    @property
    def takes_several_turns(self) -> bool:
        """Whether its format holds more than one exchange."""
        return self.format != "prompt-completion"

    def tokens(self, characters: int) -> int:
        """A cautious estimate, which costs and warnings are reckoned with."""
        estimate = self.customization.token_estimate
        return math.ceil(characters / estimate.cautious_characters_per_token)

    @property
    def token_method(self) -> str:
        """How tokens are estimated, in words."""
        estimate = self.customization.token_estimate
        return (
            f"tokens are estimated at {estimate.cautious_characters_per_token:g} characters each; "
            f"a record is refused as too long at {estimate.characters_per_token:g} characters each"
        )

    @property
    def safe_characters(self) -> float:
        """A record of at most this many characters is within every token limit."""
        known = (self.max_tokens, self.limits.max_prompt_tokens, self.limits.max_completion_tokens)
        tokens = min((each for each in known if each is not None), default=math.inf)
        return tokens * self.customization.token_estimate.cautious_characters_per_token

    def takes(self, format_: Format) -> bool:
        """Whether records of a format are of the kind that the base model learns from."""
        return same_kind(format_, self.format)

    @property
    def takes_reasoning(self) -> bool:
        """Whether assistant turns may hold reasoning."""
        return self.limits.reasoning

    def faults(self, record: AnyRecord, source: Format) -> Iterator[Fault]:
        """Every rule that a record as a whole breaks, its fields named as in its source."""
        fault = inexpressible(record, self.format, self.model_name)
        if fault and fault.code == "other-kind":
            yield fault
            return
        if isinstance(record, CaptionedImage):
            yield from caption_faults(record, self.limits, self.model_name)
        elif not isinstance(record, Passage):
            yield from self._dialogue_faults(record, source)
        if fault:
            yield fault
        yield from media_faults(record, self.limits.media, self.model_name)
        yield from self._token_limits.faults(record, self.least_image_tokens(record))

    def text_faults(self, text: str, field: str) -> Iterator[Fault]:
        """Every rule that a text breaks."""
        return text_faults(text, field, self.limits.reserved_strings, self.model_name)

    def least_image_tokens(self, record: AnyRecord) -> int:
        """What the images of a record count at least, while nobody knows their sizes."""
        media = self.limits.media
        if media is None or media.image_tokens is None or not record.media:
            return 0
        images = sum(each.kind == "image" for each in record.media)
        return images * media.image_tokens.of(1, 1)

    @property
    def _token_limits(self) -> TokenLimits:
        return TokenLimits(
            model=self.model_name,
            estimate=self.customization.token_estimate,
            record=self.max_tokens,
            prompt=self.limits.max_prompt_tokens,
            completion=self.limits.max_completion_tokens,
        )

    def _dialogue_faults(
        self, record: Record | ReinforcementPrompt, source: Format
    ) -> Iterator[Fault]:
        in_messages = source in ("openai-chat", "reinforcement")
        shift = 1 if in_messages and record.system is not None else 0
        if record.system is not None and not self.takes_system_prompt:
            yield Fault(
                code="system-prompt-moved",
                message=f"{self.model_name} has no system prompt; it goes before the prompt",
                field="messages[0]" if shift else "system",
            )
        yield from turn_faults(
            record.turns, shift, "assistant" if isinstance(record, Record) else "user"
        )
        if not self.takes_reasoning and any(turn.reasoning for turn in record.turns):
            message = f"the record holds reasoning, which {self.model_name} is not trained on"
            yield Fault(code="reasoning-not-taken", message=message, field="messages")
