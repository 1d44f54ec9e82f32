"""`tunedrop watch`: follows a run, state by state, to its end."""

import argparse
import time
from collections.abc import Callable

from tunedrop.cli.runs import find_run
from tunedrop.cli.stage import deployed
from tunedrop.cli.terminal import cause_in_lines, coloured, wrapped
from tunedrop.errors import InvalidInputError
from tunedrop.report.sentences import STATE_WORDS
from tunedrop.run import ENDED, ENDING, Job, Run, moment
from tunedrop.services import Services

_LOOK_EVERY_SECONDS = 1
_RECORD_WITHIN_SECONDS = 30
_PATIENT_LOOKS = 2
_NAME = 24
_INDENT = " " * (len("12:00:00Z  ") + _NAME + 1)
_GREEN = frozenset({"RunSucceeded", "RunUnchanged"})


def run(options: argparse.Namespace) -> int:
    """0: the run ended green; 1: it did not."""
    return follow_new(deployed(options.stage), options.run_id)


def follow_new(services: Services, run_id: str, sleep: Callable[[float], None] = time.sleep) -> int:
    """Follow a run that has just been started; its record is opened by its first state."""
    for look in range(_RECORD_WITHIN_SECONDS // _LOOK_EVERY_SECONDS):
        if services.records.find(run_id):
            return follow(services, run_id, sleep)
        if look == _PATIENT_LOOKS:
            print(f"No run {run_id} yet; it may be about to begin ...", flush=True)
        sleep(_LOOK_EVERY_SECONDS)
    raise InvalidInputError(
        f'The stage "{services.settings.tunedrop_stage}" knows no run {run_id}, and none of that '
        f"name has begun within {_RECORD_WITHIN_SECONDS} seconds. List them with: tunedrop runs "
        "RECIPE."
    )


def follow(services: Services, run_id: str, sleep: Callable[[float], None] = time.sleep) -> int:
    """Print each state as it is entered, and the outcome; returns the exit code."""
    told: set[str] = set()
    while True:
        try:
            followed = find_run(services, run_id)
            _tell(followed, told)
            if followed.status == ENDED:
                return conclude(services, followed)
            sleep(_LOOK_EVERY_SECONDS)
        except KeyboardInterrupt:
            print(f"\nThe run goes on. Follow it again with: tunedrop watch {run_id}")
            raise


def _tell(followed: Run, told: set[str]) -> None:
    for name, at, words in _news(followed):
        if name not in told:
            told.add(name)
            print(wrapped(words, _INDENT, f"{_clock(at)}  {name:{_NAME}} "), flush=True)
    if followed.status == ENDING and ENDING not in told:
        told.add(ENDING)
        cause = followed.failure.cause if followed.failure else ""
        print(wrapped(f"cleaning up: {cause}", _INDENT, " " * len("12:00:00Z  ")), flush=True)


def _news(followed: Run) -> list[tuple[str, str, str]]:
    """States that were entered and jobs that were given up, in order: name, moment, words.

    A state is dated by its first time, so that a later attempt shows by the job that it replaces.
    """
    states = [(name, at, STATE_WORDS.get(name, "")) for name, at in followed.timeline.items()]
    attempts = [
        (f"attempt {job.attempt + 1}", job.ended_at or job.intended_at, given_up(job))
        for job in followed.former_jobs
    ]
    return sorted([*states, *attempts], key=lambda each: each[1])


def given_up(job: Job) -> str:
    """Why a job was followed by another attempt: it was stuck, or Bedrock failed by itself."""
    why = job.stopping_because or "Bedrock had an internal error"
    return f"{job.name} ended {job.status or 'early'}: {why}; tried again"


def conclude(services: Services, followed: Run) -> int:
    """Print how a run ended; returns the exit code."""
    took = moment(followed.ended_at) - moment(followed.started_at)
    is_green = followed.outcome in _GREEN
    outcome = coloured(followed.outcome, "green" if is_green else "red")
    print(
        f"{_clock(followed.ended_at)}  {outcome} after {took.total_seconds():.0f} s\n"
        f"{cause_in_lines(followed.cause)}\n"
        f"Report: {services.artifacts.uri(followed.layout.report)}"
    )
    return 0 if is_green else 1


def _clock(at: str) -> str:
    return f"{at[11:19]}Z"
