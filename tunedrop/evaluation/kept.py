"""Answers as they are kept beside a run, so that no question is asked, and paid for, twice."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from tunedrop.evaluation.answers import Reply
from tunedrop.objects import Objects

_LARGEST = 64 << 20


class _Kept(Struct, frozen=True, omit_defaults=True):
    """A line of a file of answers."""

    model: str
    question: int
    reply: Reply


@dataclass(frozen=True, kw_only=True)
class KeptAnswers:
    """Files of answers below a prefix; each call adds one and changes none."""

    artifacts: Objects
    prefix: str

    def load(self) -> dict[tuple[str, int], Reply]:
        """All replies by model id and number of the question."""
        found = {}
        for key in self.artifacts.list(self.prefix):
            for line in self.artifacts.read(key, limit=_LARGEST).splitlines():
                kept = msgspec.json.decode(line, type=_Kept)
                found[kept.model, kept.question] = kept.reply
        return found

    def add(self, replies: Mapping[tuple[str, int], Reply]) -> None:
        """Keep more replies."""
        if not replies:
            return
        number = sum(1 for _ in self.artifacts.list(self.prefix))
        output = self.artifacts.output(f"{self.prefix}{number:05}.jsonl")
        for (model, question), reply in replies.items():
            kept = _Kept(model=model, question=question, reply=reply)
            output.write(msgspec.json.encode(kept) + b"\n")
        output.close()
