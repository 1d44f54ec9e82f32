"""`tunedrop submit`: checks a dataset, drops it and follows its run."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from tunedrop.answers import NOTHING_STARTED, RUN_STARTED, Answer, Answers
from tunedrop.cli import check, watch
from tunedrop.cli.stage import deployed
from tunedrop.errors import InvalidInputError, ServiceBusyError
from tunedrop.layout import DATASETS_PREFIX
from tunedrop.services import Services

_ANSWER_WITHIN_SECONDS = 120
_LOOK_EVERY_SECONDS = 1


def run(options: argparse.Namespace) -> int:
    """0: the run ended green (or was only to be started); 1: it did not."""
    file = check.droppable(options.file)
    if not options.no_check and not check.is_fit(file, options):
        return 1
    services = deployed(options.stage)
    key = f"{DATASETS_PREFIX}{options.recipe}/{options.name or file.name}"
    version = drop(services, file, key)
    print(f"Dropped at {services.datasets.uri(key)} (version {version}).")
    if options.no_watch:
        return 0
    answer = wait_for_answer(services.answers, key, version)
    if answer.outcome in (RUN_STARTED, NOTHING_STARTED):  # else the run has ended; watch tells how
        print(answer.reason)
    return watch.follow_new(services, answer.run_id) if answer.run_id else 1


def drop(services: Services, file: Path, key: str) -> str:
    """Upload a file; returns the version that S3 gave it."""
    if not file.is_file():
        raise InvalidInputError(f"There is no file {file}.")
    services.s3.upload_file(str(file), services.datasets.bucket, key)
    found = services.datasets.find(key)
    return found.version_id if found else ""


def wait_for_answer(
    answers: Answers, key: str, version: str, sleep: Callable[[float], None] = time.sleep
) -> Answer:
    """The answer to a drop; a `ServiceBusyError` when none comes within two minutes."""
    for _ in range(_ANSWER_WITHIN_SECONDS // _LOOK_EVERY_SECONDS):
        answer = answers.find(key)
        if answer and answer.version_id == version:
            return answer
        sleep(_LOOK_EVERY_SECONDS)
    raise ServiceBusyError(
        f"No answer to {key} within {_ANSWER_WITHIN_SECONDS} seconds. The drop is not lost; look "
        "at the intake's dead-letter queue."
    )
