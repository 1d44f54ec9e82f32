"""`tunedrop submit`: checks a dataset or a folder of them, drops it and follows its run."""

import argparse
import time
from collections.abc import Callable

from tunedrop.answers import NOTHING_STARTED, RUN_STARTED, Answer, Answers
from tunedrop.cli import check, uploads, watch
from tunedrop.cli.given import Given, RequestRefusedError, given
from tunedrop.cli.recipes import find_recipe
from tunedrop.cli.stage import deployed
from tunedrop.cli.terminal import wrapped
from tunedrop.cli.verdict import show_refusal
from tunedrop.errors import ServiceBusyError
from tunedrop.services import Services

_ANSWER_WITHIN_SECONDS = 120
_LOOK_EVERY_SECONDS = 1


def run(options: argparse.Namespace) -> int:
    """0: the run ended green (or was only to be started); 1: it did not."""
    try:
        found = given(options.file)
        folder = uploads.folder_of(found)
        name = options.name or found.file or folder.resolve().name
        if not (options.no_check or _is_fit(found, options)):
            return 1
    except RequestRefusedError as error:
        show_refusal(error)
        return 1
    return _submit(deployed(options.stage), found, name, options)


def _is_fit(found: Given, options: argparse.Namespace) -> bool:
    return check.is_fit(found, find_recipe(options.recipe, options.stage))


def _submit(services: Services, found: Given, name: str, options: argparse.Namespace) -> int:
    key, version = uploads.upload(services, found, options.recipe, name)
    print(f"Dropped at {services.datasets.uri(key)} (version {version}).")
    if options.no_watch:
        return 0
    answer = wait_for_answer(services.answers, key, version)
    if answer.outcome in (RUN_STARTED, NOTHING_STARTED):  # else the run has ended; watch tells how
        print(wrapped(answer.reason))
    return watch.follow_new(services, answer.run_id) if answer.run_id else 1


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
