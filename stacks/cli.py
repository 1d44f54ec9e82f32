"""`make deploy`, `make diff`, `make destroy`: the pinned CDK CLI on an account of AWS."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from stacks.config import ROOT, ConfigError, StageConfig, file_context, stage_config
from stacks.throw_away import empty_buckets
from tunedrop.settings import stack_prefix

CDK_CLI = ROOT / ".build" / "cdk" / "node_modules" / "aws-cdk" / "bin" / "cdk"


class CommandError(Exception):
    """The command was not begun, or stopped half-way; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whose credentials the shell holds."""

    account: str
    arn: str


# Runs a command with a Region as the shell's; returns its exit code.
Run = Callable[[Sequence[str], str], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Say where this goes, then go there."""
    options, passed_on = _parser().parse_known_args(arguments)
    try:
        refuse_emulation(os.environ)
        refuse_unknown(options.stage)
        config = stage_config({**file_context(), "stage": options.stage})
        announce(config, _caller(config.region))
        if options.command == "destroy":
            prepare_destroy(config, confirmed=options.yes, run=_run, empty=empty_buckets)
        return _run(cdk_command(options.command, config, passed_on), config.region)
    except (CommandError, ConfigError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1


def refuse_emulation(environment: Mapping[str, str]) -> None:
    """Refuse to deploy while the shell points AWS clients at an endpoint of its own."""
    pointing = sorted(name for name in environment if name.startswith("AWS_ENDPOINT_URL"))
    if pointing:
        name = pointing[0]
        raise CommandError(
            f"{name} is set to {environment[name]}: AWS clients of this shell talk to an emulated "
            "cloud, and this command is for a real account. Unset it "
            f"(unset {' '.join(pointing)}) and try again. The CDK CLI itself can deploy into the "
            "embedded cloud: see the README."
        )


def refuse_unknown(stage: str) -> None:
    """Refuse a stage that cdk.json does not have, in the words of `make`."""
    known = sorted(file_context().get("stages", {}))
    if stage not in known:
        raise CommandError(
            f"There is no stage {stage!r}. cdk.json knows: {', '.join(known)}. Choose one with "
            f"STAGE={known[0] if known else 'NAME'}, or add {stage!r} under `stages` in cdk.json."
        )


def announce(config: StageConfig, caller: Caller) -> None:
    """Say account, Region, stage and caller before anything is done."""
    lines = {
        "account": caller.account,
        "Region": config.region,
        "stage": config.stage + (" (throw-away: its data go with it)" if config.throw_away else ""),
        "caller": caller.arn,
    }
    for name, value in lines.items():
        print(f"{name:>8}  {value}", flush=True)  # noqa: T201
    if config.account not in (None, caller.account):
        raise CommandError(
            f"The stage {config.stage} belongs to account {config.account} (cdk.json), and these "
            f"credentials are for {caller.account}. Use credentials of {config.account}."
        )


def cdk_command(command: str, config: StageConfig, passed_on: Sequence[str]) -> list[str]:
    """The pinned CDK CLI on the stacks of a stage; a retained data stack is not destroyed."""
    if not CDK_CLI.exists():
        raise CommandError(f"There is no CDK CLI at {CDK_CLI}. `make {command}` installs it.")
    node = os.environ.get("JSII_NODE", "node")
    return [
        node,
        str(CDK_CLI),
        command,
        *_stacks(command, config),
        "--app",
        f"{sys.executable} app.py",
        "-c",
        f"stage={config.stage}",
        *(["--force"] if command == "destroy" else []),
        *passed_on,
    ]


def _stacks(command: str, config: StageConfig) -> list[str]:
    service, data = (f"{stack_prefix(config.stage)}-{part}" for part in ("service", "data"))
    if command == "destroy" and not config.throw_away:
        return [service]
    return [service, data]


def prepare_destroy(
    config: StageConfig, *, confirmed: bool, run: Run, empty: Callable[[StageConfig], None]
) -> None:
    """Ask once, then take down what the stage owns in Bedrock; stop while anything still bills.

    The buckets of a throw-away stage are emptied, without which they could not be deleted.
    The stacks come last: without them nothing would know what of Bedrock belongs to the stage.
    """
    if not config.throw_away:
        print(  # noqa: T201
            f"The data of stage {config.stage} stay: its data stack is protected, because "
            "cdk.json does not call the stage throw_away. Only the service is destroyed."
        )
    if not confirmed and not _agrees(config.stage):
        raise CommandError("Nothing was destroyed.")
    tunedrop = str(Path(sys.executable).with_name("tunedrop"))
    if run([tunedrop, "take-down", "--yes", "--stage", config.stage], config.region):
        raise CommandError(
            "Something of the stage may still bill in Bedrock (see above), so the stacks stay. "
            "Wait until it is gone, or delete it in Bedrock's console, and run `make destroy` "
            "again."
        )
    if config.throw_away:
        empty(config)


def _agrees(stage: str) -> bool:
    print(  # noqa: T201
        f"This deletes every custom model, deployment and throughput of stage {stage}. "
        "Applications that read its models will fail."
    )
    return input(f"Type {stage} to go on: ").strip() == stage


def _caller(region: str) -> Caller:
    try:
        identity = boto3.client("sts", region_name=region).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise CommandError(
            f"AWS does not accept the credentials of this shell: {error}. "
            "Sign in (for example with `aws sso login`) and try again."
        ) from error
    return Caller(account=identity["Account"], arn=identity["Arn"])


def _run(command: Sequence[str], region: str) -> int:
    environment = {**os.environ, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m stacks.cli",
        description="Deploy to, compare with, or destroy in the AWS account of this shell.",
        epilog="Further options are passed on to the CDK CLI.",
    )
    parser.add_argument("command", choices=["deploy", "diff", "destroy"])
    parser.add_argument("--stage", default="dev", help="a stage of cdk.json (dev)")
    parser.add_argument("--yes", action="store_true", help="destroy without asking")
    return parser


if __name__ == "__main__":
    sys.exit(main())
