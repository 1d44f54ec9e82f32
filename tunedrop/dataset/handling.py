"""What a recipe's `data` section does with what the quality checks find."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tunedrop.recipe import Data, Handling, Protection, Threshold

# The checks that a recipe may let drop records, by the codes of their rules.
_KEYS: Mapping[str, str] = {
    "exact-duplicate": "duplicates",
    "near-duplicate": "near_duplicates",
    "contradiction": "contradictions",
    "trivial-completion": "trivial_completions",
    "truncated-completion": "truncated_completions",
    "answer-in-prompt": "answers_in_prompts",
    "boilerplate": "boilerplate",
    "wrong-language": "wrong_language",
    "label-noise": "label_noise",
    "same-completion": "same_completions",
}
CONFIDENTIAL: Mapping[str, str] = {"personal-data": "personal_data", "secret": "secrets"}


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """What becomes of the records that a rule speaks of, and above which share of them all."""

    key: str
    drops: bool = False
    most: float | None = None

    @classmethod
    def of(cls, key: str, handling: Handling) -> "Treatment":
        """As the recipe spells it."""
        if isinstance(handling, Threshold):
            drops = handling.otherwise == "drop"
            return cls(key=f"data.{key}", drops=drops, most=handling.reject_above)
        most = 0.0 if handling == "reject" else None
        return cls(key=f"data.{key}", drops=handling == "drop", most=most)


def recipe_key(code: str) -> str | None:
    """The key of `data` that says what is done about a rule of the quality checks."""
    return {**_KEYS, **CONFIDENTIAL}.get(code.removeprefix("possible-"))


def treatments(data: Data) -> dict[str, Treatment]:
    """By the code of the rule."""
    return {code: Treatment.of(key, getattr(data, key)) for code, key in _KEYS.items()}


def protection(data: Data, code: str) -> Protection | None:
    """How confidential data of a rule are handled; None for rules about something else."""
    key = CONFIDENTIAL.get(code.removeprefix("possible-"))
    found: Protection | None = getattr(data, key) if key else None
    return found


def redacted_kinds(data: Data) -> tuple[str, ...]:
    """The rules whose data give way to placeholders."""
    return tuple(_with(data, "redact"))


def protected_kinds(data: Data) -> tuple[str, ...]:
    """The rules whose data are shown to nobody: what the recipe keeps is no secret to it."""
    kept = set(_with(data, "keep"))
    return tuple(code for code in CONFIDENTIAL if code not in kept)


def acts(data: Data) -> dict[str, list[str]]:
    """What the recipe has done about what is found, by verb: the names of its keys."""
    found: dict[str, list[str]] = {"redact": [], "drop": [], "reject": []}
    for key in (*CONFIDENTIAL.values(), *_KEYS.values()):
        handling = getattr(data, key)
        for verb in _verbs(handling):
            found[verb].append(key.replace("_", " "))
    return found


def _verbs(handling: Handling | Protection) -> Iterator[str]:
    if isinstance(handling, Threshold):
        yield from ("drop", "reject") if handling.otherwise == "drop" else ("reject",)
    elif handling in ("redact", "drop", "reject"):
        yield handling


def looks_for_confidential_data(data: Data) -> bool:
    """Whether the recipe asks about them at all."""
    return bool(protected_kinds(data))


def _with(data: Data, wanted: Protection) -> Iterator[str]:
    yield from (code for code, key in CONFIDENTIAL.items() if getattr(data, key) == wanted)
