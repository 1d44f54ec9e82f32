"""A dataset for every model of the catalog, in its own format; and questions it has not seen."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.localcloud.cloud_process import ROOT
from tests.localcloud.pictures import Shown, drawn
from tunedrop.catalog import BaseModel, Customization, all_models

REGIONS = ("us-west-2", "us-east-1")
QUESTION = "Which colour does the shape have?"
_RECORDS = 190
_FEW_PICTURES, _ENOUGH_PICTURES, _MOST_PICTURES = 40, 120, 200
_SMALLEST = 128
_MANY_RECORDS = 1000
Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One way of customizing one base model."""

    model: BaseModel
    how: Customization

    @property
    def recipe(self) -> str:
        """A name of at most 31 characters."""
        name = re.sub(r"[^a-z0-9]+", "-", self.model.name.lower())[:27].strip("-")
        how = "cpt" if self.how.customization_type == "CONTINUED_PRE_TRAINING" else "ft"
        return f"{name}-{how}"

    @property
    def region(self) -> str:
        """The first of ours in which the model is customized."""
        return next(region for region in REGIONS if region in self.model.regions)

    @property
    def sees(self) -> bool:
        """Whether its records may show images."""
        return self.how.limits.media is not None

    @property
    def recipe_text(self) -> str:
        """The keys that suffice, as YAML, of which JSON is a part; few pictures want few epochs."""
        given: Json = {"name": self.recipe, "base_model": self.model.id, "method": self.method}
        if self.sees and self.model.inference.request == "converse":
            given["hyperparameters"] = {"epochs": 2}
        if self.how.limits.min_training_records >= _MANY_RECORDS:
            given["data"] = {"validation_share": 0, "test_share": 0.03}
        return json.dumps(given)

    @property
    def method(self) -> str:
        """The first that this way of customizing serves."""
        return self.how.methods[0]

    @property
    def pictures(self) -> list[Shown]:
        """At the size that the model needs, and not too many: each is an object in S3."""
        limits = self.how.limits
        smallest = (limits.media.min_image_side if limits.media else None) or 0
        return _drawn(min(_MOST_PICTURES, self.count), max(_SMALLEST, smallest))

    @property
    def count(self) -> int:
        """How many records about pictures: with room for what is set aside for tests."""
        draws = self.model.inference.request == "image-generation"
        enough = _FEW_PICTURES if draws else _ENOUGH_PICTURES
        fewest = self.how.limits.min_training_records
        return max(enough, fewest * 21 // 20 if fewest >= _MANY_RECORDS else fewest * 4 // 3)

    def records(self, place: str) -> list[Json]:
        """The dataset; its pictures lie below `place` under their numbers."""
        return _DATASETS[self.how.dataset_format](self, place)


CASES = [Case(model, how) for model in all_models() for how in model.customizations if how.served]


def unseen_tickets() -> list[tuple[str, str]]:
    """Prompts and completions that are in no dataset."""
    return _tickets()[_RECORDS:]


def answer_on(shown: Shown) -> str:
    """What a model that sees should say of a picture."""
    return f"The shape is {shown.colour}."


@cache
def _tickets() -> list[tuple[str, str]]:
    text = (ROOT / "samples" / "support-summaries.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    return [(row["prompt"], row["completion"]) for row in rows]


@cache
def _drawn(count: int, side: int) -> list[Shown]:
    return drawn(count, 1, side)


def _passages(_: Case, __: str) -> list[Json]:
    return [{"input": f"{asked}\n\n{said}"} for asked, said in _tickets()[:_RECORDS]]


def _pairs(_: Case, __: str) -> list[Json]:
    return [{"prompt": asked, "completion": said} for asked, said in _tickets()[:_RECORDS]]


def _messages(_: Case, __: str) -> list[Json]:
    return [
        {
            "system": "You sum up tickets.",
            "messages": [
                {"role": "user", "content": asked},
                {"role": "assistant", "content": said},
            ],
        }
        for asked, said in _tickets()[:_RECORDS]
    ]


def _conversations(case: Case, place: str) -> list[Json]:
    if case.sees:
        return [
            _conversation(case, [{"text": f"{QUESTION} (sheet {at})"}, _image(uri)], answer_on(p))
            for at, (uri, p) in enumerate(_in_turn(case, place))
        ]
    return [_conversation(case, [{"text": asked}], said) for asked, said in _tickets()[:_RECORDS]]


def _in_turn(case: Case, place: str) -> list[tuple[str, Shown]]:
    """URI and picture for each record; some pictures come again."""
    shown = case.pictures
    numbers = [at % len(shown) for at in range(case.count)]
    return [(f"{place}/{number:05}.png", shown[number]) for number in numbers]


def _conversation(case: Case, content: list[Json], said: str) -> Json:
    thought = {"reasoningContent": {"reasoningText": {"text": "I look at what is shown."}}}
    answer = [thought, {"text": said}] if case.how.limits.reasoning else [{"text": said}]
    turns = [{"role": "user", "content": content}, {"role": "assistant", "content": answer}]
    return {"schemaVersion": "bedrock-conversation-2024", "messages": turns}


def _image(uri: str) -> Json:
    return {"image": {"format": "png", "source": {"s3Location": {"uri": uri}}}}


def _captions(case: Case, place: str) -> list[Json]:
    return [
        {"image-ref": uri, "caption": f"{shown.caption}, print {at}"}
        for at, (uri, shown) in enumerate(_in_turn(case, place))
    ]


_DATASETS: Mapping[str, Callable[[Case, str], list[Json]]] = {
    "prompt-completion": _pairs,
    "continued-pre-training": _passages,
    "anthropic-messages": _messages,
    "bedrock-conversation-2024": _conversations,
    "image-caption": _captions,
}
