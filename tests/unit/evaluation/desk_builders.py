"""A desk over buckets in memory and models that answer by rule, whose every question is kept."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.unit.run_builders import NOW, KeptRecords, recipe, run
from tunedrop.evaluation.answers import Reply
from tunedrop.evaluation.desk import EvaluationDesk, Progress
from tunedrop.evaluation.papers import Papers
from tunedrop.evaluation.questions import Question
from tunedrop.run import Deployment, Run, timestamp
from tunedrop.serving.deployments import DeploymentView
from tunedrop.serving.recipe_state import Champion, RecipeState

Json = dict[str, Any]
Rule = Callable[[str, Question], str]

CUSTOM = "arn:custom"
CHAMPION = "arn:champion"
CHAMPIONS_RUN = "support-20261121-0123456789ab"


@dataclass
class Bucket:
    """Objects in memory."""

    bucket: str = "artifacts"
    content: dict[str, bytes] = field(default_factory=dict)

    def find(self, key: str, version_id: str = "") -> bytes | None:
        return self.content.get(key)

    def chunks(self, key: str, version_id: str = "") -> Iterator[bytes]:
        yield self.content[key]

    def read(self, key: str, version_id: str = "", *, limit: int = 0) -> bytes:
        return self.content[key]

    def read_if_there(self, key: str) -> bytes | None:
        return self.content.get(key)

    def write(self, key: str, content: bytes, content_type: str, *, expires: bool = False) -> None:
        self.content[key] = content

    def list(self, prefix: str) -> Iterator[str]:
        return iter(sorted(key for key in self.content if key.startswith(prefix)))

    def output(self, key: str) -> "_Output":
        return _Output(self, key)


@dataclass
class _Output:
    bucket: Bucket
    key: str
    held: bytes = b""

    def write(self, data: bytes) -> None:
        self.held += data

    def close(self) -> None:
        self.bucket.content[self.key] = self.held


@dataclass
class Models:
    """Answers by a rule, and remembers what was asked."""

    rule: Rule
    asked: list[tuple[str, Question]] = field(default_factory=list)

    def answer(self, model_id: str, question: Question) -> Reply:
        answer = self.rule(model_id, question)
        self.asked.append((model_id, question))
        return Reply(text=answer, input_tokens=10, output_tokens=len(answer))


@dataclass
class _Champions:
    champion: Champion | None = None

    def state(self, recipe: str) -> RecipeState:
        return RecipeState(champion=self.champion)


class _Deployments:
    def find(self, mode: str, arn: str) -> DeploymentView:
        return DeploymentView(arn=arn, status="Active", failure="", created_at=NOW)


@dataclass
class World:
    """One run at TestDeployment."""

    run: Run
    models: Models
    artifacts: Bucket = field(default_factory=Bucket)
    datasets: Bucket = field(default_factory=lambda: Bucket("datasets"))
    champion: Champion | None = None

    def __post_init__(self) -> None:
        self.records = KeptRecords(self.run)

    def test(
        self, *, seconds: Callable[[], float] = lambda: 900, after: timedelta = timedelta(0)
    ) -> Progress:
        """One call of TestDeployment, with so many seconds left and so long after the first."""
        papers = Papers(
            records=self.records,  # type: ignore[arg-type]
            champions=_Champions(self.champion),  # type: ignore[arg-type]
            deployments=_Deployments(),  # type: ignore[arg-type]
            artifacts=self.artifacts,  # type: ignore[arg-type]
            datasets=self.datasets,  # type: ignore[arg-type]
        )
        desk = EvaluationDesk(
            records=self.records,  # type: ignore[arg-type]
            papers=papers,
            artifacts=self.artifacts,  # type: ignore[arg-type]
            inference=self.models,
        )
        return desk.test(self.records.run, NOW + after, seconds)

    def file(self, name: str, lines: list[Json]) -> None:
        """Put a file of the run's dataset."""
        self.artifacts.content[self.run.layout.dataset(name)] = jsonl(lines)

    def general(self, lines: list[Json]) -> None:
        """Put the general test set that the run is pinned to."""
        self.datasets.content["datasets/support/general.jsonl"] = jsonl(lines)

    def kept(self, name: str) -> bytes:
        """A file of the evaluation."""
        return self.artifacts.content[self.run.layout.evaluation(name)]

    def answers(self) -> list[Json]:
        """The lines of answers.jsonl."""
        return [json.loads(line) for line in self.kept("answers.jsonl").splitlines()]

    @property
    def section(self) -> Json:
        """The evaluation in the run record."""
        return dict(self.records.run.evaluation)

    def asked(self, model_id: str) -> int:
        """How many questions a model was asked."""
        return sum(each == model_id for each, _ in self.models.asked)


def jsonl(lines: list[Json]) -> bytes:
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def pairs(count: int, prompt: str = "question", completion: str = "the right answer") -> list[Json]:
    """Prompts that all differ."""
    return [{"prompt": f"{prompt} {n}", "completion": f"{completion} {n}"} for n in range(count)]


def world(rule: Rule, test_set: list[Json], **sections: Any) -> World:
    """A world with a test set, for a recipe of these sections."""
    planned = recipe(**sections)
    pinned = {"key": "datasets/support/general.jsonl", "version_id": "v1", "size": 1}
    asks_general = planned.evaluation.general_test_set is not None
    made = run(
        planned,
        files={"general": [pinned]} if asks_general else {},
        timeline={"TestDeployment": timestamp(NOW)},
        deployment=Deployment(mode="on_demand", name="n", intended_at="", arn=CUSTOM),
    )
    built = World(run=made, models=Models(rule))
    built.file("test.jsonl", test_set)
    built.file("train.jsonl", pairs(3, prompt="trained on"))
    return built


def champion(base_model_id: str = "amazon.nova-micro-v1:0:128k") -> Champion:
    """A champion of another run."""
    return Champion(
        run_id=CHAMPIONS_RUN,
        order="",
        model_id=CHAMPION,
        custom_model_arn="arn:model",
        base_model_id=base_model_id,
        deployment=Deployment(mode="on_demand", name="c", intended_at="", arn=CHAMPION),
    )


def knows(model_id: str, question: Any) -> str:
    """The custom model knows the answers of `pairs`, the others do not."""
    number = question.prompt.rpartition(" ")[2]
    return f"the right answer {number}" if model_id == CUSTOM else "no idea"
