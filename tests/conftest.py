"""The order of the tests: what takes long begins first, so that no worker ends after all others."""

import pytest

_LONGEST_FIRST = (
    "tests/localcloud/test_every_model.py",
    "tests/localcloud/test_scenarios.py",
    "tests/localcloud/test_runs.py",
    "tests/localcloud/",
    "tests/docs/",
    "tests/infrastructure/",
    "tests/bundle/",
    "tests/functional/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    found = (at for at, path in enumerate(_LONGEST_FIRST) if item.nodeid.startswith(path))
    return next(found, len(_LONGEST_FIRST))
