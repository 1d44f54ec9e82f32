"""Every S3 key and every name of a run."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

DATASETS_PREFIX = "datasets/"
ANSWERS_PREFIX = "answers/"
RUNS_PREFIX = "runs/"
TRAINING_PREFIX = "training/"

DATASET_SUFFIX = ".jsonl"
RUN_REQUEST_SUFFIX = ".run.yaml"

# What Bedrock takes as a custom model name, job name and deployment name at once, with room for
# the attempt behind it (63 characters in all: botocore 1.44.5, CustomModelName).
RUN_ID_PATTERN = re.compile(r"[0-9a-zA-Z](-?[0-9a-zA-Z]){0,59}")
_RUN_ID_MAX = 60
_LONGEST_ANSWERED_KEY = 1000


def make_run_id(
    *, recipe: str, bucket: str, key: str, version_id: str, dropped_at: datetime
) -> str:
    """Name of the run of one object version: the same version always gives the same name."""
    digest = hashlib.sha256("\0".join((bucket, key, version_id)).encode()).hexdigest()
    return f"{recipe}-{dropped_at:%Y%m%d}-{digest[:12]}"


def is_run_id(name: str) -> bool:
    """Whether Bedrock's resources can carry this name with an attempt behind it."""
    return len(name) <= _RUN_ID_MAX and RUN_ID_PATTERN.fullmatch(name) is not None


def attempt_name(run_id: str, attempt: int) -> str:
    """Name of what an attempt (from 1) makes: a job and its model, or what serves one."""
    return f"{run_id}-{attempt}"


def run_of_attempt(name: str) -> str:
    """The run_id of a name made by `attempt_name`."""
    return name.rpartition("-")[0]


def answer_key(dropped_key: str) -> str:
    """Where the answer to a drop lies in the artifacts bucket.

    A key that leaves no room for that in S3's 1,024 bytes is cut, with a digest behind it.
    """
    name = dropped_key.encode()
    if len(name) > _LONGEST_ANSWERED_KEY:
        cut = name[: _LONGEST_ANSWERED_KEY - 20].decode(errors="ignore")
        dropped_key = f"{cut}-{hashlib.sha256(name).hexdigest()[:12]}"
    return f"{ANSWERS_PREFIX}{dropped_key}.json"


@dataclass(frozen=True, kw_only=True)
class RunLayout:
    """The keys of one run in the artifacts bucket."""

    recipe: str
    run_id: str

    @property
    def root(self) -> str:
        return f"{RUNS_PREFIX}{self.recipe}/{self.run_id}/"

    @property
    def record(self) -> str:
        return f"{self.root}run.json"

    @property
    def report(self) -> str:
        return f"{self.root}report.html"

    def dataset(self, name: str) -> str:
        """Key of a file that the run was validated, trained or tested with."""
        return f"{self.root}dataset/{name}"

    def evaluation(self, name: str) -> str:
        """Key of a file that the test of the deployment wrote."""
        return f"{self.root}evaluation/{name}"

    @property
    def training_output(self) -> str:
        return f"{TRAINING_PREFIX}{self.recipe}/{self.run_id}/"
