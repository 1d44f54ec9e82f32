"""Lays out the questions of a run: its test set without leaks, and the general test set."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from msgspec import structs

from tunedrop.catalog import base_model
from tunedrop.dataset.records import AnyRecord, Record
from tunedrop.evaluation.exam import Exam
from tunedrop.evaluation.general import MOST_GENERAL_RECORDS
from tunedrop.evaluation.kept import KeptAnswers
from tunedrop.evaluation.leaks import Leaks
from tunedrop.evaluation.paper import Asked, Paper
from tunedrop.evaluation.scores import BASE, CHAMPION, CUSTOM
from tunedrop.evaluation.test_set import draw
from tunedrop.evaluation.text_exams import DialogueExam
from tunedrop.objects import Objects
from tunedrop.records import RunRecords
from tunedrop.run import TAKEN_DOWN, Run
from tunedrop.serving.champions import Champions
from tunedrop.serving.deployments import Deployments
from tunedrop.serving.recipe_state import Champion


@dataclass(frozen=True, kw_only=True)
class Papers:
    """Reads what there is to ask from S3, and whom from the recipe's item."""

    records: RunRecords
    champions: Champions
    deployments: Deployments
    artifacts: Objects
    datasets: Objects

    def test(self, run: Run, exam: Exam) -> Paper:
        """The test set, to every model that the recipe compares."""
        if not exam.compares:
            return self._paper(run, exam, self._test_set(run, exam), {CUSTOM: _custom(run)})
        records, in_service = self._test_set(run, exam), self._to_beat(run)
        champion = in_service if in_service and _is_comparable(run, in_service) else None
        unheard = self._why_unheard(run, champion) if champion else ""
        champion = None if unheard else champion
        champions_run = self.records.find(champion.run_id) if champion else None
        trained = [each.data_layout for each in (run, champions_run) if each]
        leaks, notes = Leaks(artifacts=self.artifacts).of(records, run.layout, trained)
        paper = self._paper(
            run,
            exam,
            {line: each for line, each in records.items() if line not in leaks},
            {**_both(run), **({CHAMPION: _champion(run, champion)} if champion else {})},
        )
        paper = replace(paper, leaked=len(leaks), notes=notes, unheard=unheard)
        paper = replace(paper, opponent=_opponent(run, in_service))
        return paper.of_heard() if _is_taken_down(run) else paper

    def general(self, run: Run) -> Paper | None:
        """The general test set, to the custom model and its base; None where there is none."""
        pinned = next(iter(run.files.get("general", ())), None)
        if pinned is None:
            return None
        chunks = self.datasets.chunks(pinned["key"], pinned["version_id"])
        records = _askable(run, draw(chunks, MOST_GENERAL_RECORDS))
        return self._paper(run, DialogueExam(labelled=False), records, _both(run), name="general")

    def _paper(
        self,
        run: Run,
        exam: Exam,
        records: dict[int, AnyRecord],
        models: dict[str, Asked],
        name: str = "test",
    ) -> Paper:
        prefix = run.layout.evaluation(f"asked/{name}-")
        kept = KeptAnswers(artifacts=self.artifacts, prefix=prefix)
        return Paper(
            exam=exam,
            records=records,
            models=models,
            kept=kept,
            is_brief=run.is_rollback,
            replies=kept.load(),
        )

    def _test_set(self, run: Run, exam: Exam) -> dict[int, AnyRecord]:
        key = run.data_layout.dataset("test.jsonl")
        chunks: Iterable[bytes] = self.artifacts.chunks(key) if self.artifacts.find(key) else ()
        return _askable(run, draw(chunks, exam.most))

    def _to_beat(self, run: Run) -> Champion | None:
        """The champion, where the recipe asks that it be beaten."""
        if run.plan.evaluation.beat != CHAMPION:
            return None
        return self.champions.state(run.recipe).champion

    def _why_unheard(self, run: Run, champion: Champion) -> str:
        """Why nobody answers as the champion now; "" too where it was asked before."""
        if _is_out(run, champion):
            return ""
        serving = champion.deployment
        view = self.deployments.find(serving.mode, serving.arn)
        if view and view.answers_as(champion.custom_model_arn):
            return ""
        what = "does not serve its model" if view else "is gone"
        return f"The champion was not asked: its {serving.mode} deployment {serving.name} {what}."


def _is_comparable(run: Run, champion: Champion) -> bool:
    """Whether both take the same kind of question, and are two models.

    The champion's own model is deployed again where its throughput is lost.
    """
    both = (run.plan.base_model, champion.base_model_id)
    is_alike = len({base_model(each).inference.request for each in both}) == 1
    return is_alike and not (run.job and run.job.custom_model_arn == champion.custom_model_arn)


def _opponent(run: Run, in_service: Champion | None) -> dict[str, str]:
    if run.plan.evaluation.beat != CHAMPION:
        return {}
    return {"champion_run_id": in_service.run_id if in_service else ""}


def _both(run: Run) -> dict[str, Asked]:
    base = base_model(run.plan.base_model).inference_id
    return {CUSTOM: _custom(run), BASE: Asked(model=base, through=base)}


def _custom(run: Run) -> Asked:
    serving = None if _is_taken_down(run) else run.deployment or run.trial
    model = run.job.custom_model_arn if run.job else ""
    return Asked(model=model, through=serving.arn if serving else "")


def _is_taken_down(run: Run) -> bool:
    """Whether the model answers nothing any more until its recipe's commitment is bought."""
    tested_on = run.deployment or run.trial
    return tested_on is not None and tested_on.status == TAKEN_DOWN


def _champion(run: Run, champion: Champion) -> Asked:
    through = "" if _is_out(run, champion) else champion.model_id
    return Asked(model=champion.custom_model_arn, through=through)


def _is_out(run: Run, champion: Champion) -> bool:
    """Whether the run's model took the champion's place, which was asked before."""
    return run.swap is not None and run.swap.arn == champion.model_id


def _askable(run: Run, records: dict[int, AnyRecord]) -> dict[int, AnyRecord]:
    """The records as the base model takes them: some take no system prompt."""
    if base_model(run.plan.base_model).inference.takes_system_prompt:
        return records
    return {line: _without_system(each) for line, each in records.items()}


def _without_system(record: AnyRecord) -> AnyRecord:
    if not isinstance(record, Record) or not record.system:
        return record
    first, *rest = record.turns
    first = structs.replace(first, text=f"{record.system}\n\n{first.text}")
    return Record(None, (first, *rest))
