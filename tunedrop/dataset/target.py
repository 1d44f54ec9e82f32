"""What a recipe's base model asks of a record."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tunedrop.catalog import base_model
from tunedrop.catalog.models import Customization, DatasetFormat, Limits
from tunedrop.dataset.findings import Fault
from tunedrop.dataset.formats import Format
from tunedrop.dataset.records import Record, Turn
from tunedrop.recipe import Recipe, effective

# Tab, newline and carriage return are white space; U+007F counts as the others do.
CONTROL_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


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

    def faults(self, record: Record, source: Format) -> Iterator[Fault]:
        """Every rule that a record as a whole breaks, its fields named as in its source."""
        shift = 1 if source == "openai-chat" and record.system is not None else 0
        if record.system is not None and not self.takes_system_prompt:
            yield Fault(
                code="system-prompt-moved",
                message=f"{self.model_name} has no system prompt; it goes before the prompt",
                field="messages[0]" if shift else "system",
            )
        yield from _turn_faults(record.turns, shift)
        if len(record.turns) > 2 and not self.takes_several_turns:  # noqa: PLR2004
            yield Fault(
                code="several-turns",
                message=f"the record has {len(record.turns)} turns; {self.model_name} takes "
                "one prompt and one completion",
                field="messages",
            )
        yield from self._token_faults(record)

    def text_faults(self, text: str, field: str) -> Iterator[Fault]:
        """Every rule that a text breaks."""
        if not text or text.isspace():
            kind = "white space alone" if text else "empty"
            yield Fault(code="empty-text", message=f"the text is {kind}", field=field)
        for reserved in self.limits.reserved_strings:
            if reserved in text:
                message = f"the text holds {reserved!r}, which {self.model_name} keeps for itself"
                yield Fault(code="reserved-string", message=message, field=field)
        if found := CONTROL_CHARACTER.search(text):
            message = f"the text holds the control character U+{ord(found[0]):04X}"
            yield Fault(code="control-character", message=message, field=field)

    def _token_faults(self, record: Record) -> Iterator[Fault]:
        last = len(record.turns[-1].text) if record.turns else 0
        parts = (
            ("record", record.characters, self.max_tokens),
            ("prompt", record.characters - last, self.limits.max_prompt_tokens),
            ("completion", last, self.limits.max_completion_tokens),
        )
        for part, characters, limit in parts:
            if limit is None or self.tokens(characters) <= limit:
                continue
            official = self.customization.token_estimate.characters_per_token
            tokens = math.ceil(characters / official)
            code = "too-many-tokens" if tokens > limit else "may-exceed-tokens"
            count = tokens if tokens > limit else self.tokens(characters)
            message = (
                f"the {part} has about {count:,} tokens ({characters:,} characters); "
                f"{self.model_name} takes {limit:,}"
            )
            yield Fault(code=code, message=message)
            return


def _turn_faults(turns: tuple[Turn, ...], shift: int) -> Iterator[Fault]:
    if not turns:
        yield Fault(code="no-turns", message="the record has no turns", field="messages")
        return
    if turns[0].role != "user":
        message = f'the first turn has role "{turns[0].role}"; a record must begin with a user turn'
        yield Fault(code="first-turn-not-user", message=message, field=f"messages[{shift}].role")
    for index in range(1, len(turns)):
        if turns[index].role == turns[index - 1].role:
            message = f'two turns in a row have role "{turns[index].role}"; roles must alternate'
            field = f"messages[{index + shift}].role"
            yield Fault(code="turns-do-not-alternate", message=message, field=field)
    if turns[-1].role != "assistant":
        message = (
            f'the last turn has role "{turns[-1].role}"; a record must end with an assistant turn'
        )
        field = f"messages[{len(turns) - 1 + shift}].role"
        yield Fault(code="last-turn-not-assistant", message=message, field=field)
