"""Names, numbers and codes that a text could hand on to its answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from localcloud.bedrock.learner.words import spans

_JOINED_BY = (" ", ". ", "-", ".", "/", "@", "_", ":")
_SENTENCE_ENDS = (".", "!", "?", ":", "\n", ";", '"')
_TITLES = ("Mr", "Mrs", "Ms", "Dr", "Prof", "St")
_QUESTION = re.compile(
    r"^(?:so |and |please |hi,? |hello,? )*(?:what|which|who|where|when|why|how|can|could|do|does|"
    r"is|are|should|will|would)\b(?: (?:is|are|was|were|do|does|did|can|could|should|will|would|i|"
    r"we|you|one|it|to|the|some|many|much|long|there|a|an)\b)*\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entity:
    """A stretch of a prompt that may be copied as it stands."""

    written: str
    kind: str  # "number", "code", "name", or "subject" of a question
    before: str  # the word in front of it, in lower case
    place: float  # 0 at the start of the prompt, 1 at its end


def entities(text: str) -> list[Entity]:
    """Entities in the order of their first mention, each once."""
    found: dict[str, Entity] = {}
    where = spans(text)
    index = 0
    while index < len(where):
        first = text[slice(*where[index])]
        if first.islower() and first.isalpha():
            index += 1
            continue
        last = _run(text, where, index)
        written = text[where[index][0] : where[last][1]]
        kind = kind_of(written)
        if kind and not (kind == "name" and _opens_sentence(text, where, index, last)):
            before = text[slice(*where[index - 1])].lower() if index else ""
            found.setdefault(written, Entity(written, kind, before, index / len(where)))
        index = last + 1
    asked = subject(text)
    if asked:
        found[asked] = Entity(asked, "subject", "", 0.0)
    return list(found.values())


def subject(text: str) -> str:
    """What a single question is about, in its own words; empty for other texts."""
    asked = text.strip()
    single = asked.endswith("?") and not re.search(r"[.?!]\s", asked) and "\n" not in asked
    return _QUESTION.sub("", asked).rstrip("? ") if single else ""


def kind_of(written: str) -> str | None:
    """How the word is written; None for a word that any sentence could hold."""
    if any(map(str.isdigit, written)):
        return "number" if not any(map(str.isalpha, written)) else "code"
    return "name" if written[:1].isupper() and len(written) > 1 and "'" not in written else None


def _run(text: str, where: Sequence[tuple[int, int]], index: int) -> int:
    """Index of the last word of the entity that starts here: "Mr. Smith" is one."""
    kind = kind_of(text[slice(*where[index])])
    while index + 1 < len(where) and kind:
        (start, end), (following, stop) = where[index], where[index + 1]
        gap = text[end:following]
        titled = gap != ". " or text[start:end] in _TITLES
        if not (gap in _JOINED_BY and titled and kind_of(text[following:stop]) == kind):
            break
        index += 1
    return index


def _opens_sentence(text: str, where: Sequence[tuple[int, int]], index: int, last: int) -> bool:
    """Whether a sentence starts here and goes on: its capital then says nothing."""
    head = text[: where[index][0]].rstrip(" #*-")
    goes_on = last + 1 < len(where) and "\n" not in text[where[last][1] : where[last + 1][0]]
    return last == index and goes_on and (not head or head.endswith(_SENTENCE_ENDS))
