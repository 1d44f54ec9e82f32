"""The stories that `make run SCENARIO=` plays: each goes as it is told, and leaves all in order."""

from collections.abc import Iterator

import pytest

from localcloud.scenarios import ALL, NAMES, RECIPES, UnknownScenarioError, chosen, told
from localcloud.scenarios.playing import play
from localcloud.service import Service
from tests.docs.markdown import README, rows
from tests.localcloud.cloud_process import running_cloud


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A cloud with the recipes of the stories; they are played in it one after the other."""
    state = tmp_path_factory.mktemp("scenarios_cloud")
    with running_cloud(state, "--context", f"recipes={RECIPES}") as cloud:
        yield Service(endpoint_url=cloud.endpoint_url, outputs=cloud.outputs, state=state)


@pytest.mark.parametrize("name", NAMES)
def test_story_goes_as_it_is_told_and_the_audit_after_it_is_clean(
    service: Service, name: str
) -> None:
    assert play(service, name).findings == ()


def test_readme_tells_every_story_in_its_own_words() -> None:
    of_scenarios = {cells[0].strip("`"): cells[1] for cells in rows(README) if len(cells) == 2}
    assert {name: of_scenarios.get(name) for name in NAMES} == told()


def test_a_wrong_name_is_answered_with_all_names() -> None:
    with pytest.raises(UnknownScenarioError) as refused:
        chosen("shufled")
    assert [name for name in (*NAMES, ALL) if f"\n  {name} " not in str(refused.value)] == []
