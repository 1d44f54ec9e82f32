"""Judges the losses that Bedrock wrote beside a custom model, before anything bills."""

from dataclasses import dataclass

from tunedrop.objects import Objects
from tunedrop.records import RunRecords
from tunedrop.run import Run
from tunedrop.training import metric_files


@dataclass(frozen=True, kw_only=True)
class LossDesk:
    """Reads the metric files of a run's job and keeps the curves in its record."""

    records: RunRecords
    artifacts: Objects

    def judge(self, run: Run) -> str:
        """The verdict as a sentence; a `ModelRejectedError` says by how much and what to try.

        Of a model that an earlier run has trained, the verdict that was found then, if any was.
        """
        if run.goes_on_from and run.losses.get("verdict"):
            return str(run.losses["verdict"])
        job_id = run.job.arn.rpartition("/")[2] if run.job else ""
        curves = metric_files.read(self._files(run), job_id=job_id)
        losses = {**curves.stored(), "notes": list(curves.notes)}
        self.records.update(run, losses=losses)
        verdict = metric_files.judge(curves, run.plan.evaluation)
        told = {"verdict": verdict.sentence, "perplexity": verdict.perplexity}
        self.records.update(run, losses={**losses, **told, "summary": verdict.summary})
        return verdict.sentence

    def _files(self, run: Run) -> dict[str, bytes]:
        keys = self.artifacts.list(run.data_layout.training_output)
        return {key: self.artifacts.read(key) for key in keys if metric_files.is_metric_file(key)}
