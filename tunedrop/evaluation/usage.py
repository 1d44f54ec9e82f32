"""What asking costs: the tokens that Bedrock counted, by the model that was asked."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, structs, to_builtins

from tunedrop.evaluation.answers import Reply
from tunedrop.evaluation.paper import Asked, Paper
from tunedrop.evaluation.verdicts import NAMES

_FORMER = "a former champion"


class Usage(Struct, frozen=True, kw_only=True):
    """The answers of a model, `through` what served it; `uncounted` ones came without tokens."""

    name: str
    model: str
    through: str
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    uncounted: int = 0


def usage(papers: Iterable[Paper], before: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """All that was asked so far; `before` is what this said last time.

    It knows what served a model that has left its place since.
    """
    found = {each["model"]: _nothing(each) for each in before}
    for paper in papers:
        for name, asked in paper.models.items():
            found[asked.model] = _named(NAMES[name], asked, found.get(asked.model))
    for paper in papers:
        for (model, _), reply in paper.replies.items():
            one = found.get(model) or Usage(name=_FORMER, model=model, through="")
            found[model] = _with(one, reply)
    return [to_builtins(each) for each in found.values() if each.calls]


def _nothing(before: Mapping[str, Any]) -> Usage:
    return Usage(name=before["name"], model=before["model"], through=before["through"])


def _named(name: str, asked: Asked, before: Usage | None) -> Usage:
    through = asked.through or (before.through if before else "")
    return Usage(name=name, model=asked.model, through=through)


def _with(usage: Usage, reply: Reply) -> Usage:
    """Refusals are billed to nobody."""
    if reply.text is None:
        return usage
    return structs.replace(
        usage,
        calls=usage.calls + 1,
        input_tokens=usage.input_tokens + (reply.input_tokens or 0),
        output_tokens=usage.output_tokens + (reply.output_tokens or 0),
        uncounted=usage.uncounted + (reply.input_tokens is None),
    )
