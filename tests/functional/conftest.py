"""One quick cloud per worker, one fresh stage per test, handlers called in process."""

import json
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from typing import Any

import pytest

from lambdas import runtime
from tests.functional.ground import Ground, client
from tests.functional.quick_cloud import quick_cloud
from tests.functional.stage import build_world
from tests.functional.world import Call, Context, World
from tunedrop.services import Services
from tunedrop.settings import Settings

# Bedrock is one for all tests of a worker; what they leave behind must not stand in each other's
# way. Tests of full quotas set their own.
_ROOM = {"scheduled_jobs": 200, "deployments": 500, "deployments_in_progress": 100}
_MORE_ROOM = {"custom_models": 1000, "no_commitment_model_units": 500}


@pytest.fixture(scope="session")
def ground() -> Iterator[Ground]:
    """The quick cloud of this worker."""
    with quick_cloud() as endpoint_url:
        yield Ground(endpoint_url)


@pytest.fixture
def world(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> World:
    """A fresh stage; handlers called in this test serve it."""
    ground.faults.clear()
    for quota, value in {**_ROOM, **_MORE_ROOM}.items():
        ground.faults.order("quota", quota=quota, value=value)
    monkeypatch.setattr(Services, "client", lambda _, service: client(ground.endpoint_url, service))
    built = build_world(ground)
    serve(built.settings, monkeypatch)
    return built


def serve(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the handlers of this process find this environment, and no other."""
    for each in fields(settings):
        monkeypatch.setenv(each.name.upper(), getattr(settings, each.name))
    runtime.services.cache_clear()


@pytest.fixture
def call(world: World) -> Call:
    """Calls a function's handler, by the name of its module; its answer is JSON, as Lambda's."""

    def invoke(module: str, **event: Any) -> Any:
        answer = import_module(f"lambdas.{module}").handler(event, Context())
        return json.loads(json.dumps(answer))

    return invoke
