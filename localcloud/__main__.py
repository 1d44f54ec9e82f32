"""`python -m localcloud run | cloud | fault`: what `make run` and `make cloud` call."""

import argparse
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from localcloud import demo, place, shell
from localcloud.assembly import AnnotatedAssemblyError
from localcloud.deploy import OUTPUTS_FILE, DeployError, write_outputs
from localcloud.order import DemoError, place_order
from localcloud.scenarios import UnknownScenarioError, chosen
from localcloud.server import LocalCloud, Options, PortInUseError
from localcloud.service import ServiceError
from localcloud.setting_up import deploy_app, deploy_assembly
from localcloud.synth import SynthError

_HIGHEST_PORT = 65535
_LOOKS_UP_EVERY_SECONDS = 1.0
_PORT_IS = f"a port is a number from 1 to {_HIGHEST_PORT}"
_ARGUMENT = re.compile(r"^argument [^:]*: ")
FORESEEN = (
    PortInUseError,
    SynthError,
    AnnotatedAssemblyError,
    DeployError,
    DemoError,
    ServiceError,
    UnknownScenarioError,
)


class _Parser(argparse.ArgumentParser):
    """Tells what is wrong in a sentence; `make` is no place for the usage of this module."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and exit with 2."""
        self.exit(2, f"{_ARGUMENT.sub('', message)}.\n")


def main(argv: Sequence[str]) -> int:
    """Run a command; foreseeable faults are told in a sentence and end with status 1."""
    if argv and argv[0] == "fault":
        from localcloud.bedrock import faults

        return faults.main(argv[1:])
    options = _parser().parse_args(argv)
    options.state = options.state or place.state(options.port)
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, signal.default_int_handler)
    try:
        return _run(options) if options.command == "run" else _cloud(options)
    except FORESEEN as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m localcloud", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="follow one dataset to a deployed custom model")
    run.add_argument(
        "--dataset", default="", help="a dataset, or a folder (default: the recipe's sample)"
    )
    run.add_argument("--recipe", default="", help="a name in recipes/")
    run.add_argument("--scenario", default="", help="play a scenario instead (or all of them)")
    cloud = commands.add_parser("cloud", help="leave the embedded cloud running")
    cloud.add_argument("--deploy", default="1", type=_switch("DEPLOY"), help="0 leaves it empty")
    cloud.add_argument(
        "--keep-retired", default="0", type=_switch("KEEP_RETIRED"), help="1: they take jobs"
    )
    cloud.add_argument("--assembly", type=Path, help="deploy what is synthesized here already")
    cloud.add_argument("--context", action="append", default=[], metavar="KEY=VALUE")
    for command in (run, cloud):
        command.add_argument("--port", type=_port, default=place.DEFAULT_PORT, help=_PORT_IS)
        command.add_argument(
            "--state", type=Path, help="where its files go (default: .localcloud, by port)"
        )
    commands.add_parser("fault", help="order faults at a running cloud; fault --help lists them")
    return parser


def _port(given: str) -> int:
    if given.isdecimal() and 0 < int(given) <= _HIGHEST_PORT:
        return int(given)
    raise argparse.ArgumentTypeError(f"PORT={given} is no port; {_PORT_IS}")


def _switch(name: str) -> Callable[[str], str]:
    def switch(given: str) -> str:
        if given in ("0", "1"):
            return given
        raise argparse.ArgumentTypeError(f"{name}={given} is neither 0 nor 1")

    return switch


def _run(options: argparse.Namespace) -> int:
    settings = Options(port=options.port, state=options.state)
    if options.scenario:
        chosen(options.scenario)
        if options.dataset or options.recipe:
            raise DemoError(
                "A scenario has datasets and recipes of its own: leave out DATASET=, RECIPE=."
            )
        return demo.run_scenario(options.scenario, settings)
    order = place_order(dataset=options.dataset, recipe=options.recipe)
    return demo.run(order, settings)


def _cloud(options: argparse.Namespace) -> int:
    settings = Options(
        port=options.port, state=options.state, keep_retired=options.keep_retired == "1"
    )
    with LocalCloud(settings) as cloud:
        (options.state / OUTPUTS_FILE).unlink(missing_ok=True)
        outputs = {}
        if options.assembly:
            outputs = deploy_assembly(options.assembly, cloud.endpoint_url)
        elif options.deploy == "1":
            context = dict(pair.split("=", 1) for pair in options.context)
            outputs = deploy_app(cloud.endpoint_url, options.state, context)
        write_outputs(outputs, options.state)
        _welcome(cloud.endpoint_url, outputs, options.state)
        # Not one wait without an end: a signal that another thread received would never end it.
        while True:
            time.sleep(_LOOKS_UP_EVERY_SECONDS)


def _welcome(endpoint_url: str, outputs: dict[str, str], state: Path) -> None:
    print(f"\nThe embedded cloud, an emulation of AWS, runs at {endpoint_url}.")
    if outputs:
        print(f"\nStack outputs (also in {state / OUTPUTS_FILE}):")
        print(json.dumps(outputs, indent=2))
    print("\nPaste this into a shell to point the AWS CLI, boto3 or the CDK at it:\n")
    for name, value in shell.client_settings(endpoint_url, place.REGION).items():
        print(f"export {name}={value}")
    print(f"\nWhat its functions print is in {state / 'logs'}. Ctrl-C ends it.", flush=True)


def _leave(status: int) -> NoReturn:
    """End at once; taking apart what the emulation holds in memory would take seconds."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _leave(main(sys.argv[1:]))
