"""`tunedrop watch`: follows a run, state by state, to its end."""

import argparse
import time
from collections.abc import Callable

from tunedrop.cli.runs import find_run
from tunedrop.cli.stage import deployed
from tunedrop.errors import InvalidInputError
from tunedrop.report.sentences import STATE_WORDS
from tunedrop.run import ENDED, ENDING, Run, moment
from tunedrop.services import Services

_LOOK_EVERY_SECONDS = 1
_RECORD_WITHIN_SECONDS = 30
_PATIENT_LOOKS = 2
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
        followed = find_run(services, run_id)
        for state, at in new_states(followed, told):
            print(f"{at[11:19]}Z  {state:24} {STATE_WORDS.get(state, '')}", flush=True)
        if followed.status == ENDED:
            return conclude(services, followed)
        if followed.status == ENDING and ENDING not in told:
            told.add(ENDING)
            print(f"           cleaning up: {followed.failure.cause if followed.failure else ''}")
        sleep(_LOOK_EVERY_SECONDS)


def new_states(followed: Run, told: set[str]) -> list[tuple[str, str]]:
    """The states entered since the last look, in order; they are added to `told`."""
    entered = sorted(followed.timeline.items(), key=lambda item: item[1])
    new = [(state, at) for state, at in entered if state not in told]
    told.update(state for state, _ in new)
    return new


def conclude(services: Services, followed: Run) -> int:
    """Print how a run ended; returns the exit code."""
    took = moment(followed.ended_at) - moment(followed.started_at)
    print(
        f"{followed.ended_at[11:19]}Z  {followed.outcome} after {took.total_seconds():.0f} s\n"
        f"{followed.cause}\nReport: {services.artifacts.uri(followed.layout.report)}"
    )
    return 0 if followed.outcome in _GREEN else 1
