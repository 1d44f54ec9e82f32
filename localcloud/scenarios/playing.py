"""Plays stories for people: what happens, how it ended, and the audit after each."""

import sys

from botocore.exceptions import ClientError

from localcloud.progress import told
from localcloud.scenarios import chosen, story
from localcloud.scenarios.audit import Audit, audit
from localcloud.scenarios.audit_table import table
from localcloud.scenarios.books import read
from localcloud.scenarios.stage import Stage, UnexpectedError
from localcloud.service import Service, ServiceError
from localcloud.watching import keep_report


def play_all(service: Service, name: str) -> int:
    """Play what a name stands for; 0 when all went as told and every audit is clean."""
    names = chosen(name)
    failed = [each for each in names if not _play_for_people(service, each)]
    if len(names) > 1:
        print(f"\n{len(names) - len(failed)} of {len(names)} scenarios went as they should.")
    if failed:
        print(f"Not as it should be: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def play(service: Service, name: str) -> Audit:
    """Play one story; returns the audit after it. Raises `UnexpectedError`."""
    stage = Stage(service)
    # Former champions hold their units for an hour of grace, which is not shortened.
    service.faults.order("quota", quota="no_commitment_model_units", value=40)
    try:
        said = story(name).play(stage)
    finally:
        stage.release()
    print(told(f"\nWhat happened: {said}"))
    if stage.last_run:
        keep_report(service, stage.last_run)
    found = audit(read(service))
    print(f"\n{table(found)}", flush=True)
    return found


def _play_for_people(service: Service, name: str) -> bool:
    print(told(f"\nScenario {name}: {story(name).SAYS}"), flush=True)
    try:
        return not play(service, name).findings
    except (UnexpectedError, ServiceError, ClientError) as error:
        print(f"\n{error}", file=sys.stderr)
        return False
