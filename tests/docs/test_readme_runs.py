"""The README's commands, carried out in order by bash against a fresh embedded cloud."""

from pathlib import Path

from tests.docs.readme import DEPLOYED_CLOUD, carry_out, readme_script
from tests.localcloud.cloud_process import running_cloud


def test_readme_leads_from_a_drop_to_a_model_that_answers(tmp_path: Path) -> None:
    with running_cloud(tmp_path / "cloud") as cloud:
        said = carry_out(readme_script(DEPLOYED_CLOUD), cloud)
        client = cloud.client("ssm")
        model = client.get_parameter(Name="/tunedrop/dev/support-summaries/model")["Parameter"]
    assert said.count("RunSucceeded after") == 2
    assert "exit status 1" in said
    assert "Wants refund. Priority high." in said
    assert ":custom-model-deployment/" in model["Value"]
