"""Worlds that several test modules share."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.synth import synthesize
from tests.localcloud.bedrock_world import World, served_world
from tests.localcloud.cloud_process import RunningCloud, running_cloud
from tests.once import once


@pytest.fixture(scope="session")
def bare_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    """The embedded cloud with nothing in it, for the small stacks of the tests."""
    with running_cloud(tmp_path_factory.mktemp("bare_cloud"), "--deploy", "0") as cloud:
        yield cloud


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real stacks, synthesized for the clouds of all workers."""
    return once("assembly", tmp_path_factory, synthesize)


@pytest.fixture(scope="session")
def deployed_cloud(
    assembly: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningCloud]:
    """The embedded cloud with the real stacks in it."""
    state = tmp_path_factory.mktemp("deployed_cloud")
    with running_cloud(state, "--assembly", str(assembly)) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def bedrock_world() -> Iterator[World]:
    """The stand-in as of today: retired models are shut."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with served_world() as world:
        yield world


@pytest.fixture(scope="session")
def bedrock_retired_world() -> Iterator[World]:
    """The stand-in with retired models kept open."""
    with served_world(keep_retired=True) as world:
        yield world


@pytest.fixture(autouse=True)
def bedrock_without_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test leaves a fault or a quota behind for the next."""
    yield
    for name in ("bedrock_world", "bedrock_retired_world"):
        if name in request.fixturenames:
            request.getfixturevalue(name).faults.clear()
