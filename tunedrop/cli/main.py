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
_AWS_SETTINGS = "Check the AWS settings of the shell: credentials, AWS_REGION, AWS_ENDPOINT_URL."

Command = Callable[[argparse.Namespace], int]
Options = Callable[[argparse.ArgumentParser], None]


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
        told = str(error).rstrip(".")
        return _could_not_run(f"AWS refused, or could not be asked: {told}. {_AWS_SETTINGS}")


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
    for name, (what, options) in _COMMANDS.items():
        options(commands.add_parser(name, help=what, description=f"{what[:1].upper()}{what[1:]}."))
    return top


_GIVEN = "a dataset (.jsonl), a folder with train.jsonl, or a run request (.run.yaml)"


def _check_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", help=f"{_GIVEN}; here or in S3 (s3://...)")
    asked = command.add_mutually_exclusive_group(required=True)
    asked.add_argument("--recipe", help="a file, a name in recipes/, or a deployed recipe")
    asked.add_argument("--base-model", metavar="MODEL", help="without a recipe: a base model")
    command.add_argument(
        "--method", help="with --base-model (default: instruction_tuning, where it is offered)"
    )
    command.add_argument(
        "--quality", action="store_true", help="say what the records are worth: the data card"
    )
    command.add_argument("--report", default="", metavar="FILE", help="the same as a page (HTML)")
    command.add_argument(
        "--media", action="store_true", help="look at the images and videos in S3, too"
    )
    command.add_argument("--json", action="store_true", help="one JSON object, for machines")
    _stage_option(command)


def _prepare_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", help=f"{_GIVEN}; here or in S3 (s3://...)")
    command.add_argument(
        "--recipe", required=True, help="a file, a name in recipes/, or a deployed recipe"
    )
    command.add_argument(
        "--out",
        metavar="DIR",
        help="the folder to write (default: NAME.prepared, here); one that it wrote is replaced",
    )
    _stage_option(command)


def _models_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("model", nargs="?", metavar="MODEL", help="one of them, in detail")
    command.add_argument("--json", action="store_true", help="one JSON object, for machines")


def _submit_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", help=_GIVEN)
    command.add_argument("--recipe", required=True, help="the name of a deployed recipe")
    command.add_argument("--name", help="the name to drop it under (default: its own)")
    command.add_argument("--no-check", action="store_true", help="upload without checking first")
    command.add_argument("--no-watch", action="store_true", help="return once it is uploaded")
    _stage_option(command)


def _take_down_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--yes", action="store_true", help="do not ask")
    _stage_option(command)


def _runs_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("recipe", metavar="RECIPE")
    command.add_argument("--limit", type=_count, default=50, help="at most so many (default: 50)")
    command.add_argument("--json", action="store_true", help="whole records, as JSON")
    _stage_option(command)


def _show_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="the whole record, as JSON")
    _run_options(command)


def _run_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("run_id", metavar="RUN")
    _stage_option(command)


def _approve_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--commitment",
        default="",
        metavar="TERM",
        help="the term that the run asks for, such as '1 month', where it asks for one",
    )
    _run_options(command)


def _starter_options(command: argparse.ArgumentParser) -> None:
    _watch_option(command)
    _run_options(command)


def _rollback_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("recipe", metavar="RECIPE")
    _watch_option(command)
    _stage_option(command)


def _extend_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("recipe", metavar="RECIPE")
    command.add_argument("--by", required=True, metavar="DURATION", help="such as 12h or 7d")
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


# In the order in which people meet them: what it does, and its options.
_COMMANDS: dict[str, tuple[str, Options]] = {
    "models": ("list the base models and what each accepts", _models_options),
    "check": ("validate a dataset on this machine", _check_options),
    "prepare": ("write on this machine what a run would train and test with", _prepare_options),
    "submit": ("check a dataset, upload it and watch its run", _submit_options),
    "runs": ("list the runs of a recipe, newest first", _runs_options),
    "show": ("what is known of a run", _show_options),
    "watch": ("follow a run to its end", _run_options),
    "approve": ("let a run's model be deployed", _approve_options),
    "decline": ("keep a run's model from being deployed", _run_options),
    "cancel": ("end a run and take down what it made", _run_options),
    "rerun": ("run the same object version again", _starter_options),
    "promote": (
        "deploy the model that a run has trained, through the same gates",
        _starter_options,
    ),
    "rollback": ("put the model before this one back into service", _rollback_options),
    "extend": ("move the deadline of provisioned throughput that expires", _extend_options),
    "take-down": (
        "take down all that a stage owns in Bedrock; part of `make destroy`",
        _take_down_options,
    ),
}


def _command(name: str) -> Command:
    """Import the command alone: `check` must start fast."""
    command: Command = import_module(f"tunedrop.cli.{name.replace('-', '_')}").run
    return command
