"""Reads the command line and calls the command; a fault that people can mend ends with 2."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from tunedrop.errors import TunedropError
from tunedrop.settings import default_stage

COULD_NOT_RUN = 2
_INTERRUPTED = 130

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 good, 1 bad news, 2 could not run."""
    options = parser().parse_args(argv)
    try:
        return _command(options.command)(options)
    except TunedropError as error:
        print(f"tunedrop: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


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
    runs.add_argument("recipe")
    _stage_option(runs)
    take_down = commands.add_parser(
        "take-down", help="take down all that a stage owns in Bedrock, before it is destroyed"
    )
    _stage_option(take_down)
    for name, what in _OF_A_RUN.items():
        _run_options(commands.add_parser(name, help=what), name)
    return top


_OF_A_RUN = {
    "show": "what is known of a run",
    "watch": "follow a run to its end",
    "approve": "let a run's model be deployed",
    "decline": "keep a run's model from being deployed",
    "cancel": "end a run and take down what it made",
    "rerun": "run the same object version again",
}


def _check_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", help="a dataset (.jsonl) or a run request (.run.yaml)")
    command.add_argument(
        "--recipe", required=True, help="a file, a name in recipes/, or a deployed recipe"
    )
    command.add_argument("--json", action="store_true", help="one JSON object, for machines")
    _stage_option(command)


def _submit_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", help="a dataset (.jsonl) or a run request (.run.yaml)")
    command.add_argument("--recipe", required=True, help="the name of a deployed recipe")
    command.add_argument("--name", help="the name to drop it under (default: the file's own)")
    command.add_argument("--no-check", action="store_true", help="upload without checking first")
    command.add_argument("--no-watch", action="store_true", help="return once it is uploaded")
    _stage_option(command)


def _run_options(command: argparse.ArgumentParser, name: str) -> None:
    command.add_argument("run_id", metavar="RUN")
    if name == "rerun":
        command.add_argument("--no-watch", action="store_true", help="return once it has started")
    if name == "show":
        command.add_argument("--json", action="store_true", help="the whole record, as JSON")
    _stage_option(command)


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
