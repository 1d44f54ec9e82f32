"""The README's commands: as a list, and as scripts that carry them out in order."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.markdown import OPERATING, README, ROOT, Block, blocks
from tests.localcloud.cloud_process import RunningCloud

_PROMPT = "$ "
_HEREDOC = re.compile(r"<<'(\w+)'")

# A fresh embedded cloud, `make cloud`, in the environment that it prints.
DEPLOYED_CLOUD = (
    "Using the service",
    "Drop a dataset",
    "Read the answer",
    "Use the model",
    "Several files, other settings: a run request",
    "When things go wrong",
)
# An empty one, `make cloud DEPLOY=0`, with the CDK CLI that the Makefile installs.
EMPTY_CLOUD = ("The CDK CLI against the emulation",)


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command of a page, continued lines and here-documents included."""

    text: str
    block: Block

    @property
    def words(self) -> list[str]:
        """The words of its first line, up to a pipe or an operator; `NAME=$(...)` is its inside."""
        line = re.sub(r"^[A-Z]+=\$\((.*)\)$", r"\1", self.text.splitlines()[0])
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split, lexer.commenters = True, "#"
        words = list(lexer)
        ends = [at for at, word in enumerate(words) if set(word) <= set("|&;<>")]
        return words[: min(ends, default=len(words))]

    @property
    def program(self) -> str:
        return self.words[0]


def readme_commands(page: Path = README) -> list[Command]:
    """Every command of the README's bash and console blocks, in order."""
    return [command for block in blocks(page) for command in _commands(block)]


def runbook_commands() -> list[Command]:
    """Every command of the runbook."""
    return readme_commands(OPERATING)


def readme_script(headings: tuple[str, ...]) -> str:
    """One bash script of the blocks under these headings, to be run in the repository's root.

    `make` stands for what the script's caller has done already; python blocks are run by python.
    """
    parts = [_script(block) for block in blocks(README) if block.heading in headings]
    return "set -euo pipefail\n" + "\n".join(part for part in parts if part) + "\n"


def carry_out(script: str, cloud: RunningCloud, **settings: str) -> str:
    """What a script prints that bash runs; a command that fails ends it, and the test."""
    ran = subprocess.run(
        ["bash"],
        input=script,
        cwd=ROOT,
        env={**cloud.environment(), **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=240,
    )
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


def _script(block: Block) -> str:
    if block.language == "python":
        return f"python - <<'PYTHON'\n{block.text}\nPYTHON"
    commands = [command for command in _commands(block) if command.program != "make"]
    return "\n".join(command.text for command in commands)


def _commands(block: Block) -> Iterator[Command]:
    if block.language == "console":
        for line in block.lines:
            if line.startswith(_PROMPT):
                yield Command(text=line.removeprefix(_PROMPT), block=block)
    elif block.language == "bash":
        yield from _shell_commands(block)


def _shell_commands(block: Block) -> Iterator[Command]:
    lines = iter(block.lines)
    for line in lines:
        text = [line]
        if ends := _HEREDOC.search(line):
            while text[-1] != ends[1]:
                text.append(next(lines))
        if line.strip():
            yield Command(text="\n".join(text), block=block)
