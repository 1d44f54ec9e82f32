"""`tunedrop check` starts fast: what it does not need is not imported."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tunedrop.settings import adopt_region

ROOT = Path(__file__).resolve().parents[3]
HEAVY = {"boto3", "botocore", "aws_cdk", "jinja2", "moto", "asyncio", "http", "email"}
ASK = """
import json, sys
from tunedrop.cli import main
status = main(sys.argv[1:])
print(json.dumps([status, sorted(each for each in sys.modules if "." not in each)]))
"""


def imported(*arguments: str) -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", ASK, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    status, modules = json.loads(ran.stdout.splitlines()[-1])
    assert status in (0, 1)
    return set(modules)


@pytest.mark.parametrize(
    "arguments",
    [
        ("samples/support-summaries.jsonl", "--recipe", "support-summaries"),
        ("samples/support-summaries.jsonl", "--base-model", "amazon.nova-micro-v1:0:128k"),
        ("tests/data/datasets/missing-field.jsonl", "--recipe", "support-summaries", "--json"),
    ],
    ids=["recipe", "base model", "findings"],
)
def test_a_local_file_is_checked_without_aws(arguments: tuple[str, ...]) -> None:
    modules = imported("check", *arguments)
    assert "tunedrop" in modules
    assert modules & HEAVY == set()


@pytest.mark.parametrize(
    ("given", "region"),
    [
        ({"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "us-west-2"}, "us-west-2"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-west-2"}, "us-west-2"),
        ({}, None),
    ],
)
def test_either_name_of_the_region_counts(given: dict[str, str], region: str | None) -> None:
    adopt_region(given)
    assert given.get("AWS_DEFAULT_REGION") == region
