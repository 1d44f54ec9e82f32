"""Tests a deployment: the test set through the custom model, its base and the champion."""

import random
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from tunedrop.catalog import base_model
from tunedrop.dataset import formats
from tunedrop.dataset.records import Record
from tunedrop.evaluation.answers import Answers, Inference, Pace, ask
from tunedrop.evaluation.comparison import Comparison, compare
from tunedrop.evaluation.examples import pick_examples
from tunedrop.objects import Objects
from tunedrop.records import RunRecords
from tunedrop.run import Run
from tunedrop.serving.champions import Champions


@dataclass(frozen=True, kw_only=True)
class EvaluationDesk:
    """Asks, compares, keeps every answer, and decides."""

    records: RunRecords
    champions: Champions
    artifacts: Objects
    inference: Inference[Record]

    def test(self, run: Run, remaining_seconds: Callable[[], float]) -> Comparison:
        """The comparison; a `ModelRejectedError` when the recipe's ask is not met.

        A second call asks again and overwrites the first call's answers.
        """
        test_set = self._test_set(run)
        pace = Pace(remaining=remaining_seconds, sleep=time.sleep, random=random.random)
        answers = ask(self.inference, self._models(run), test_set, pace)
        references = [record.turns[-1].text for record in test_set]
        comparison = compare(
            references, answers.by_model, run.plan.evaluation, seed=zlib.crc32(run.run_id.encode())
        )
        section = {**comparison.record(), "asked": answers.sentence()}
        self._keep(run, test_set, answers, section)
        self.records.update(run, evaluation=section)
        comparison.require_accepted()
        return comparison

    def _models(self, run: Run) -> dict[str, str]:
        models = {
            "custom": run.deployment.arn if run.deployment else "",
            "base": base_model(run.plan.base_model).inference_id,
        }
        champion = self.champions.state(run.recipe).champion
        if champion and run.plan.evaluation.beat == "champion":
            models["champion"] = champion.model_id
        return models

    def _test_set(self, run: Run) -> list[Record]:
        content = self.artifacts.read_if_there(run.layout.dataset("test.jsonl")) or b""
        how = base_model(run.plan.base_model).customization(run.plan.method)
        return [
            formats.parse(how.dataset_format, msgspec.json.decode(line))
            for line in content.splitlines()
        ]

    def _keep(
        self, run: Run, test_set: Sequence[Record], answers: Answers, section: Mapping[str, Any]
    ) -> None:
        prompts = [record.turns[-2].text for record in test_set]
        references = [record.turns[-1].text for record in test_set]
        rows = zip(prompts, references, *answers.by_model.values(), strict=True)
        names = ("prompt", "reference", *answers.by_model)
        lines = (msgspec.json.encode(dict(zip(names, row, strict=True))) for row in rows)
        self.artifacts.write(
            run.layout.evaluation("answers.jsonl"), b"\n".join(lines), "application/jsonl"
        )
        metrics = {**section, "examples": pick_examples(prompts, references, answers.by_model)}
        self.artifacts.write(
            run.layout.evaluation("metrics.json"), msgspec.json.encode(metrics), "application/json"
        )
