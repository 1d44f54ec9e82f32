"""The life of a customization job after it was created: validation, processing, training."""

import logging
import random
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from localcloud.bedrock import hyperparameters
from localcloud.bedrock.checks import check_bytes, check_counts, check_sizes, read_file
from localcloud.bedrock.cloud import Cloud
from localcloud.bedrock.data_access import DataAccess
from localcloud.bedrock.dialogues import Record
from localcloud.bedrock.errors import JobFailure
from localcloud.bedrock.events import announce
from localcloud.bedrock.fault_book import Fault
from localcloud.bedrock.gallery import Gallery
from localcloud.bedrock.outputs import files
from localcloud.bedrock.skills import skill_of
from localcloud.bedrock.state import (
    COMPLETED,
    FAILED,
    IN_PROGRESS,
    PROCESSING,
    STOPPED,
    STOPPING,
    TRAINING,
    VALIDATION,
    CustomModel,
    Job,
    Learned,
    RegionState,
    now,
)

_log = logging.getLogger(__name__)

# Emulated seconds; Bedrock takes hours, which nobody wants to watch.
_VALIDATION_SECONDS = 50.0
_PROCESSING_SECONDS = 50.0
_TRAINING_SECONDS = 150.0
_STOPPING_SECONDS = 50.0
_INTERNAL_ERROR = "Encountered an internal error when processing the request."


class _InterruptedError(Exception):
    """The job is to stop, or the embedded cloud closes."""


@dataclass(frozen=True, kw_only=True)
class _Data:
    """What was read: records by role, and their number by input URI."""

    training: list[Record]
    validation: list[Record]
    counts: dict[str, int]
    checksum: int


class JobRun:
    """Takes one job to its end, in a thread of its own."""

    def __init__(self, cloud: Cloud, state: RegionState, job: Job, fault: Fault | None) -> None:
        self._cloud, self._state, self._job, self._fault = cloud, state, job, fault
        self._access = DataAccess(
            cloud.s3(state.region),
            region=state.region,
            role_arn=job.request["roleArn"],
            job_arn=job.arn,
        )
        self._gallery = Gallery(self._access, job.base, job.customization.limits.media)

    def start(self) -> None:
        """Begin, and return at once."""
        threading.Thread(target=self._run, name=f"job {self._job.name}", daemon=True).start()

    def _run(self) -> None:
        try:
            self._complete()
        except _InterruptedError:
            self._stop()
        except JobFailure as failure:
            self._end(FAILED, str(failure))
        except Exception:
            _log.exception("customization job %s", self._job.name)
            self._end(FAILED, _INTERNAL_ERROR)

    def _complete(self) -> None:
        with self._phase(VALIDATION, _VALIDATION_SECONDS):
            if self._fault is not None and self._fault.kind == "job_internal_error":
                raise JobFailure(self._fault.message or _INTERNAL_ERROR)
            self._access.check_write(self._output)
            data = self._read()
        with self._phase(PROCESSING, _PROCESSING_SECONDS):
            training, validation = self._examples(data)
        if self._fault is not None and self._fault.kind == "job_stuck":
            self._wait(None)
        with self._phase(TRAINING, _TRAINING_SECONDS):
            learned = self._train(training, validation, data)
            self._write(learned, data)
        self._keep_model(learned, training)

    def _read(self) -> _Data:
        job, limits = self._job, self._job.customization.limits
        source = job.request["trainingDataConfig"]["s3Uri"]
        validators = job.request.get("validationDataConfig", {}).get("validators", [])
        content = self._access.read(source)
        check_bytes(source, content, limits.max_training_file_bytes)
        training = self._check(source, content)
        counts, validation = {source: len(training)}, []
        for uri in (each["s3Uri"] for each in validators):
            more = self._access.read(uri)
            check_bytes(uri, more, limits.max_validation_file_bytes)
            records = self._check(uri, more)
            counts[uri] = len(records)
            validation += records
        quota = limits.records_quota_code
        check_counts(
            training,
            validation if validators else None,
            limits,
            self._cloud.quotas.value(quota) if quota else limits.max_records_in_all,
        )
        return _Data(
            training=training, validation=validation, counts=counts, checksum=zlib.crc32(content)
        )

    def _check(self, uri: str, content: bytes) -> list[Record]:
        customization = self._job.customization
        records = read_file(uri, content, customization)
        self._gallery.look(uri, records)
        batch_size = hyperparameters.batch_size(self._job.hyperparameters)
        check_sizes(uri, records, customization, batch_size, self._gallery.tokens)
        return records

    def _examples(self, data: _Data) -> tuple[list[Any], list[Any]]:
        """What is trained on, and what is held back, by the file or by the share that it is."""
        read, seen = skill_of(self._job.base).examples, self._gallery.thumbnails
        training, validation = read(data.training, seen), read(data.validation, seen)
        held_out = int(self._plan(len(training), data).held_out * len(training))
        if held_out:
            random.Random(data.checksum).shuffle(training)
            training, validation = training[held_out:], training[:held_out]
        earlier = self._job.parent.examples if self._job.parent else ()
        return [*earlier, *training], validation

    def _plan(self, records: int, data: _Data) -> hyperparameters.Plan:
        job = self._job
        return hyperparameters.plan(
            job.customization, job.hyperparameters, records, validated=bool(data.validation)
        )

    def _train(self, training: list[Any], validation: list[Any], data: _Data) -> Learned:
        if self._fault is not None and self._fault.kind == "job_fails":
            raise JobFailure(self._fault.message or _INTERNAL_ERROR)
        return skill_of(self._job.base).train(
            training,
            validation,
            self._plan(len(training), data),
            data.checksum,
            self._check_interrupted,
        )

    def _write(self, learned: Learned, data: _Data) -> None:
        for name, content in files(self._job, learned, data.counts):
            self._access.write(name, content, self._output)

    def _keep_model(self, learned: Learned, examples: list[Any]) -> None:
        job = self._job
        with self._state.lock:
            self._check_interrupted()
            arn = self._state.new_arn("custom-model", job.base.id)
            self._state.models[arn] = CustomModel(
                arn=arn,
                name=job.model_name,
                job=job,
                learned=learned,
                examples=examples,
                created=now(),
            )
            self._state.keep_tags(arn, job.request.get("customModelTags", ()))
            job.model_arn, job.learned = arn, learned
            self._end(COMPLETED)

    @property
    def _output(self) -> str:
        uri: str = self._job.request["outputDataConfig"]["s3Uri"]
        return uri

    @contextmanager
    def _phase(self, name: str, seconds: float) -> Iterator[None]:
        """The phase lasts as long as its work, and no less than its time."""
        until = time.monotonic() + self._cloud.paced(seconds)
        self._note(name, IN_PROGRESS)
        try:
            yield
        except JobFailure:
            self._wait(until)
            raise
        self._wait(until)
        self._note(name, COMPLETED)

    def _wait(self, until: float | None) -> None:
        left = None if until is None else max(0.0, until - time.monotonic())
        self._job.interrupted.wait(left)
        self._check_interrupted()

    def _check_interrupted(self, *_: object) -> None:
        if self._job.interrupted.is_set():
            raise _InterruptedError

    def _note(self, phase: str, status: str) -> None:
        with self._state.lock:
            self._check_interrupted()
            found = self._job.phases[phase]
            found.status, found.modified = status, now()
            found.created = found.created or found.modified
            self._job.modified = found.modified

    def _stop(self) -> None:
        if not self._cloud.closing.wait(self._cloud.paced(_STOPPING_SECONDS)):
            self._end(STOPPED)

    def _end(self, status: str, failure: str | None = None) -> None:
        job = self._job
        with self._state.lock:
            job.status, job.failure = status, failure
            job.ended = job.modified = now()
            for phase in job.phases.values():
                if phase.status in (IN_PROGRESS, STOPPING):
                    phase.status, phase.modified = status, job.ended
            announce(self._cloud, self._state, job)
