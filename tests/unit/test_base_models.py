"""Base models: what Bedrock says wins over the catalog, and a refusal says where to turn."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from tunedrop import recipe as recipes
from tunedrop.availability import LiveModels
from tunedrop.base_models import check_base_model
from tunedrop.catalog import base_model
from tunedrop.errors import RunRefusedError

MICRO = "amazon.nova-micro-v1:0:128k"
LITE = "amazon.nova-lite-v1:0:300k"
NOVA_2 = "amazon.nova-2-lite-v1:0:256k"
HAIKU = "anthropic.claude-3-haiku-20240307-v1:0:200k"
LLAMA = "meta.llama3-3-70b-instruct-v1:0:128k"
EMBEDDINGS = "amazon.titan-embed-image-v1:0"
CANVAS = "amazon.nova-canvas-v1:0"
EXPRESS = "amazon.titan-text-express-v1:0:8k"


class Live:
    """Bedrock with a few models; those that it does not list have no lifecycle either."""

    def __init__(self, listed: dict[str, str], **dates: datetime) -> None:
        self.listed, self.dates = listed, dates

    def trainable(self, customization_type: str) -> dict[str, str]:
        return self.listed if customization_type == "FINE_TUNING" else {}

    def lifecycle(self, model_id: str) -> dict[str, Any]:
        return {"status": self.listed[model_id], **self.dates} if model_id in self.listed else {}


EAST = {MICRO: "ACTIVE", LITE: "ACTIVE", EMBEDDINGS: "ACTIVE"}


def noted(live: Live, model_id: str, region: str = "us-east-1", **keys: str) -> str:
    sections = {"name": "a", "base_model": model_id, "method": "instruction_tuning", **keys}
    recipe = recipes.load(sections, allow_retired=True, allow_unserved=True)
    return check_base_model(cast(LiveModels, live), base_model(model_id), recipe, region)


def refusal(live: Live, model_id: str, region: str = "us-east-1", **keys: str) -> str:
    with pytest.raises(RunRefusedError) as refused:
        noted(live, model_id, region, **keys)
    return str(refused.value)


def test_active_model_is_accepted_without_a_word() -> None:
    assert noted(Live(EAST), MICRO) == ""


def test_model_that_is_gone_is_refused_with_its_dates_and_what_takes_the_same_records() -> None:
    assert refusal(Live(EAST), HAIKU) == (
        f"Bedrock offers no FINE_TUNING of {HAIKU} in us-east-1 now (legacy since 2026-03-10, end "
        f"of life 2026-09-10). Active models in us-east-1 that take the same records: {MICRO}, "
        f"{LITE}. Change base_model in the recipe and deploy it."
    )


def test_model_that_bedrock_calls_legacy_is_refused_by_bedrocks_own_dates() -> None:
    dates = {
        "legacyTime": datetime(2027, 1, 2, tzinfo=UTC),
        "endOfLifeTime": datetime(2027, 7, 2, tzinfo=UTC),
    }
    words = refusal(Live({**EAST, MICRO: "LEGACY"}, **dates), MICRO)
    assert f"Bedrock has declared {MICRO} LEGACY" in words
    assert "(legacy since 2027-01-02, end of life 2027-07-02)" in words
    assert f"take the same records: {LITE}." in words


def test_model_that_bedrock_offers_is_accepted_whatever_the_catalog_says() -> None:
    note = noted(Live({LLAMA: "ACTIVE"}), LLAMA, "us-west-2")
    assert note == (
        f"The catalog calls {LLAMA} LEGACY; Bedrock offers FINE_TUNING of it in us-west-2 as "
        "ACTIVE, and its word counts."
    )


def test_legacy_models_are_not_offered_instead() -> None:
    words = refusal(Live({LLAMA: "LEGACY", EMBEDDINGS: "ACTIVE"}), HAIKU, "us-west-2")
    assert "No active model that takes the same records is offered in us-west-2" in words
    assert f"in other Regions there are {MICRO} (us-east-1)" in words
    assert f"Active there for other records: {EMBEDDINGS}." in words
    assert LLAMA not in words


def test_images_are_no_replacement_for_texts() -> None:
    words = refusal(Live(EAST), CANVAS)
    assert "No active model that takes the same records is offered in us-east-1." in words


def test_passages_are_no_replacement_for_dialogues() -> None:
    words = refusal(Live(EAST), EXPRESS, method="continued_pre_training")
    assert "Bedrock offers no CONTINUED_PRE_TRAINING" in words
    assert "No active model that takes the same records" in words
    assert words.endswith("other records: none. Change base_model in the recipe and deploy it.")


def test_model_of_another_region_is_refused_with_its_regions() -> None:
    words = refusal(Live({}), MICRO, "eu-west-1")
    assert "(no end of life is known, it is customized in us-east-1)" in words


def test_reinforcement_is_refused_as_not_yet_served() -> None:
    assert refusal(Live(EAST), NOVA_2, method="reinforcement") == (
        'method "reinforcement" is not served by this version: `tunedrop check` validates its '
        "datasets, but no run trains on them; runs of Nova 2 Lite serve instruction_tuning, "
        "domain_adaptation, transfer_learning. Change the recipe's method."
    )
