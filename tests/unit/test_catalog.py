"""The catalog: whole, in agreement with Bedrock's own patterns, and helpful when asked wrongly."""

import re

import pytest

from tunedrop.catalog import all_models, base_model, catalog
from tunedrop.catalog.models import BaseModel
from tunedrop.errors import InvalidInputError

# botocore 1.44.5: BaseModelIdentifier admits lower case only.
MODEL_ID = re.compile(r"[a-z0-9-]{1,63}[.][a-z0-9-]{1,63}(([:][a-z0-9-]{1,63}){0,2})?")

every_model = pytest.mark.parametrize("model", all_models(), ids=lambda model: model.id)


@every_model
def test_id_is_one_that_bedrock_takes(model: BaseModel) -> None:
    assert MODEL_ID.fullmatch(model.id)


def test_ids_are_unique() -> None:
    ids = [model.id for model in all_models()]
    assert len(set(ids)) == len(ids)


@every_model
def test_inference_id_is_not_the_training_id(model: BaseModel) -> None:
    assert model.inference_id != model.id
    assert model.inference_id.endswith(model.inference.model_id)


@every_model
def test_defaults_lie_within_their_ranges(model: BaseModel) -> None:
    for customization in model.customizations:
        for each in customization.hyperparameters:
            assert each.default is None or each.accepts(each.default)


@every_model
def test_every_method_leads_to_a_customization(model: BaseModel) -> None:
    assert model.methods
    assert all(method in model.customization(method).methods for method in model.methods)


@every_model
def test_retired_models_have_a_date_and_active_ones_have_none(model: BaseModel) -> None:
    assert model.lifecycle.takes_jobs == (model.lifecycle.end_of_life_date is None)


@every_model
def test_every_model_names_the_sources_of_its_facts(model: BaseModel) -> None:
    about = {fact.about for fact in model.facts}
    assert {"datasets", "hyperparameters", "lifecycle", "quotas", "metric_files"} <= about
    assert all(fact.source and fact.as_of <= catalog().facts_as_of for fact in model.facts)


@every_model
def test_on_demand_serving_names_its_regions(model: BaseModel) -> None:
    assert model.serving.on_demand == bool(model.serving.on_demand_regions)


@every_model
def test_known_prices_name_their_source(model: BaseModel) -> None:
    prices = model.prices
    known = [prices.storage_usd_per_month, *prices.model_unit_usd_per_hour.values()]
    assert all(price is None for price in known) or (prices.source and prices.as_of)
    for each in model.customizations:
        training = each.training_price
        assert training.usd is None or (training.source and training.as_of)


def test_unknown_model_is_refused_with_the_nearest_and_all_known() -> None:
    with pytest.raises(InvalidInputError) as refused:
        base_model("amazon.nova-micro-v1:0")
    assert 'Did you mean "amazon.nova-micro-v1:0:128k"?' in str(refused.value)
    assert all(model.id in str(refused.value) for model in all_models())


def test_method_that_a_model_does_not_offer_is_refused_with_those_that_it_does() -> None:
    model = all_models()[0]
    with pytest.raises(InvalidInputError, match="instruction_tuning"):
        model.customization("continued_pre_training")


def test_inference_through_a_profile_needs_the_profile_and_its_models() -> None:
    arns = base_model("amazon.nova-micro-v1:0:128k").inference_arns("us-east-1", "123456789012")
    assert arns[0] == (
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-micro-v1:0"
    )
    assert "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-micro-v1:0" in arns


def test_token_limit_depends_on_the_batch_size() -> None:
    limits = base_model("amazon.titan-text-express-v1:0:8k").customization("instruction_tuning")
    assert [limits.limits.tokens_per_record(size) for size in (1, 2, 64)] == [4096, 2048, 2048]
