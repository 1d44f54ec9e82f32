"""Reads the command line and calls the command; a fault that people can mend ends with 2."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from io import TextIOWrapper

from tunedrop.errors import TunedropError
from tunedrop.settings import adopt_region, default_stage

COULD_NOT_RUN = 2
_INTERRUPTED = 130

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 good, 1 bad news, 2 could not run."""
    options = parser().parse_args(argv)
    _print_whatever_comes()
    adopt_region()
    try:
        return _command(options.command)(options)
    except TunedropError as error:
        return _could_not_run(str(error))
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _could_not_run(f"{error.filename or 'The system'}: {error.strerror or error}.")
    except Exception as error:
        if not _is_of_aws(error):
            raise
        return _could_not_run(f"AWS refused: {error}")


def _could_not_run(why: str) -> int:
    print(f"tunedrop: {why}", file=sys.stderr)
    return COULD_NOT_RUN


def _print_whatever_comes() -> None:
    """Names of files may hold what the terminal's encoding does not."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _is_of_aws(error: Exception) -> bool:
    """Whether AWS's library raised it, which is not imported here for the sake of asking."""
    return any(kind.__module__.startswith("botocore.") for kind in type(error).__mro__)


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(
        prog="tunedrop",
        description="Drop a dataset into S3, get a fine-tuned model in service on Amazon Bedrock.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _check_options(commands.add_parser("check", help="validate a dataset on this machine"))
    _submit_options(
        commands.add_parser("submit", help="check a dataset, upload it and watch its run")
    )
    runs = commands.add_parser("runs", help="list the runs of a recipe, newest first")
    runs.add_argument("recipe", metavar="RECIPE")
    runs.add_argument("--limit", type=_count, default=50, help="at most so many (default: 50)")
    runs.add_argument("--json", action="store_true", help="whole records, as JSON")
    _stage_option(runs)
    for name, what in _OF_A_RUN.items():
        _run_options(commands.add_parser(name, help=what), name)
    rollback = commands.add_parser(
        "rollback", help="put the model before this one back into service"
    )
    rollback.add_argument("recipe", metavar="RECIPE")
    _watch_option(rollback)
    _stage_option(rollback)
    take_down = commands.add_parser(
        "take-down", help="take down all that a stage owns in Bedrock, before it is destroyed"
    )
    _stage_option(take_down)
    return top


_GIVEN = "a dataset (.jsonl), a folder with train.jsonl, or a run request (.run.yaml)"

_OF_A_RUN = {
    "show": "what is known of a run",
    "watch": "follow a run to its end",
    "approve": "let a run's model be deployed",
    "decline": "keep a run's model from being deployed",
    "cancel": "end a run and take down what it made",
    "rerun": "run the same object version again",
    "promote": "deploy the model that a run has trained, through the same gates",
}

_STARTERS = ("rerun", "promote")


def _check_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", help=f"{_GIVEN}; here or in S3 (s3://...)")
    asked = command.add_mutually_exclusive_group(required=True)
    asked.add_argument("--recipe", help="a file, a name in recipes/, or a deployed recipe")
    asked.add_argument("--base-model", metavar="MODEL", help="without a recipe: a base model")
    command.add_argument(
        "--method", help="with --base-model (default: instruction_tuning, where it is offered)"
    )
    command.add_argument("--json", action="store_true", help="one JSON object, for machines")
    _stage_option(command)


def _submit_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", help=_GIVEN)
    command.add_argument("--recipe", required=True, help="the name of a deployed recipe")
    command.add_argument("--name", help="the name to drop it under (default: its own)")
    command.add_argument("--no-check", action="store_true", help="upload without checking first")
    command.add_argument("--no-watch", action="store_true", help="return once it is uploaded")
    _stage_option(command)


def _run_options(command: argparse.ArgumentParser, name: str) -> None:
    command.add_argument("run_id", metavar="RUN")
    if name in _STARTERS:
        _watch_option(command)
    if name == "show":
        command.add_argument("--json", action="store_true", help="the whole record, as JSON")
    _stage_option(command)


def _count(given: str) -> int:
    if given.isdecimal() and int(given) > 0:
        return int(given)
    raise argparse.ArgumentTypeError(f'"{given}" is not a whole number from 1')


def _watch_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--no-watch", action="store_true", help="return once it has started")


def _stage_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--stage",
        default=default_stage(),
        help="the deployed stage (default: $TUNEDROP_STAGE, else dev)",
    )


def _command(name: str) -> Command:
    """Import the command alone: `check` must start fast."""
    command: Command = import_module(f"tunedrop.cli.{name.replace('-', '_')}").run
    return command
