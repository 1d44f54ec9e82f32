"""Stories of the service at work and in trouble: `make run SCENARIO=name` plays one.

The tests play the very same. Each module of a story says in SAYS what happens in it, and `play`
tells it on a stage, raises `UnexpectedError` where it goes otherwise, and returns what happened.
"""

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

RECIPES = "localcloud/scenarios/recipes"
ALL = "all"
# In the order in which they are played.
NAMES = (
    "promoted",
    "shuffled",
    "overfitted",
    "tie",
    "approved",
    "declined",
    "silent",
    "budget",
    "race",
    "timeout",
    "swap",
    "swap-failed",
    "window",
    "rollback",
    "committed",
    "orphan",
    "stopped",
    "expiry",
)


class UnknownScenarioError(Exception):
    """There is no story of that name; the message lists them."""


def story(name: str) -> ModuleType:
    """The module of a story."""
    return import_module(f"localcloud.scenarios.{name.replace('-', '_')}")


def told() -> Mapping[str, str]:
    """Every story in a sentence, by its name."""
    return {name: str(story(name).SAYS) for name in NAMES}


def chosen(name: str) -> tuple[str, ...]:
    """The stories that a name stands for; raises `UnknownScenarioError`."""
    if name == ALL:
        return NAMES
    if name in NAMES:
        return (name,)
    listed = "\n".join(f"  {known:12}{says}" for known, says in told().items())
    raise UnknownScenarioError(
        f"There is no scenario {name!r} (SCENARIO=). Known are:\n{listed}\n"
        f"  {ALL:12}All of them, one after the other in one cloud."
    )
