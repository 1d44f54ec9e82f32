"""What every handler shares: its log, the check of its input, the service behind it."""

from functools import cache
from typing import Any, TypeVar

import msgspec
from aws_lambda_powertools import Logger
from msgspec import Struct

from tunedrop.services import Services
from tunedrop.settings import Settings

Given = TypeVar("Given", bound=Struct)

logger = Logger()


class RunInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The input of a state that needs to know its run and nothing else."""

    run_id: str


class WaitInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The input of a state that waits: whoever holds the token resumes it."""

    run_id: str
    task_token: str


def parse(event: dict[str, Any], kind: type[Given]) -> Given:
    """The event as the state's input; an unknown or missing field is an error that names it."""
    given = msgspec.convert(event, kind)
    logger.append_keys(run_id=getattr(given, "run_id", ""))
    return given


def dump(output: Struct) -> dict[str, Any]:
    """A state's output as JSON data."""
    plain: dict[str, Any] = msgspec.to_builtins(output)
    return plain


@cache
def services() -> Services:
    """The service, built once per process."""
    return Services(Settings.from_environment())
