"""The answer to a drop: a small JSON file beside the dropped key's name, for people and scripts."""

import msgspec
from msgspec import Struct

from tunedrop.layout import answer_key
from tunedrop.objects import Objects

RUN_STARTED = "RunStarted"
NOTHING_STARTED = "NothingStarted"


class Answer(Struct, frozen=True, kw_only=True):
    """What became of a drop; `outcome` is RunStarted, NothingStarted or how the run ended."""

    key: str
    version_id: str
    outcome: str
    reason: str
    answered_at: str
    dropped_at: str = ""
    run_id: str = ""
    report: str = ""
    model_parameter: str = ""


class Answers:
    """The answers in the artifacts bucket; the newest drop of a key has the last word."""

    def __init__(self, artifacts: Objects) -> None:
        self._artifacts = artifacts

    def find(self, key: str) -> Answer | None:
        """The answer to the newest drop of `key`, or None."""
        content = self._artifacts.read_if_there(answer_key(key))
        return msgspec.json.decode(content, type=Answer) if content else None

    def write(self, answer: Answer) -> None:
        """Answer a drop, unless the answer there is of a later drop or of the run's end."""
        earlier = self.find(answer.key)
        if earlier and _is_old_news(answer, earlier):
            return
        content = msgspec.json.format(msgspec.json.encode(answer)) + b"\n"
        self._artifacts.write(answer_key(answer.key), content, "application/json")


def _is_old_news(answer: Answer, earlier: Answer) -> bool:
    if answer.run_id and answer.run_id == earlier.run_id:
        # A run that was stopped before it opened its record does not know when it was dropped.
        return answer.outcome == RUN_STARTED
    return earlier.dropped_at > answer.dropped_at
