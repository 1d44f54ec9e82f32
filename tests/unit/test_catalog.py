"""The catalog: whole, in agreement with Bedrock's own patterns, and helpful when asked wrongly."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader

from tunedrop.catalog import account_quotas, all_models, base_model, catalog
from tunedrop.catalog.models import BaseModel, Customization, Hyperparameter
from tunedrop.errors import InvalidInputError

ROOT = Path(__file__).parents[2]
# Every base model that Bedrock has let people customize.
KNOWN = [
    "amazon.nova-2-lite-v1:0:256k",
    "amazon.nova-canvas-v1:0",
    "amazon.nova-lite-v1:0:300k",
    "amazon.nova-micro-v1:0:128k",
    "amazon.nova-pro-v1:0:300k",
    "amazon.titan-embed-image-v1:0",
    "amazon.titan-image-generator-v1:0",
    "amazon.titan-image-generator-v2:0",
    "amazon.titan-text-express-v1:0:8k",
    "amazon.titan-text-lite-v1:0:4k",
    "amazon.titan-text-premier-v1:0:32k",
    "anthropic.claude-3-haiku-20240307-v1:0:200k",
    "cohere.command-light-text-v14:7:4k",
    "cohere.command-text-v14:7:4k",
    "meta.llama2-13b-v1:0:4k",
    "meta.llama2-70b-v1:0:4k",
    "meta.llama3-1-70b-instruct-v1:0:128k",
    "meta.llama3-1-8b-instruct-v1:0:128k",
    "meta.llama3-2-11b-instruct-v1:0:128k",
    "meta.llama3-2-1b-instruct-v1:0:128k",
    "meta.llama3-2-3b-instruct-v1:0:128k",
    "meta.llama3-2-90b-instruct-v1:0:128k",
    "meta.llama3-3-70b-instruct-v1:0:128k",
    "openai.gpt-oss-20b",
    "qwen.qwen3-32b",
]
# What takes jobs on the day of the facts; everything else has dates or a note that say why not.
ACTIVE = {
    "amazon.nova-micro-v1:0:128k",
    "amazon.nova-lite-v1:0:300k",
    "amazon.nova-pro-v1:0:300k",
    "amazon.nova-2-lite-v1:0:256k",
    "amazon.titan-embed-image-v1:0",
    "openai.gpt-oss-20b",
    "qwen.qwen3-32b",
}
QUOTA_CODE = re.compile(r"L-[0-9A-F]{8}")
REGION = re.compile(r"[a-z]{2}-[a-z]+-[1-9]")
FACTS = {"regions", "datasets", "hyperparameters", "lifecycle", "inference", "serving", "quotas"}

every_model = pytest.mark.parametrize("model", all_models(), ids=lambda model: model.id)
every_customization = pytest.mark.parametrize(
    ("model", "how"),
    [(model, how) for model in all_models() for how in model.customizations],
    ids=lambda each: each.id if isinstance(each, BaseModel) else each.customization_type,
)


def shape(name: str, service: str = "bedrock") -> dict[str, Any]:
    """A shape of the service model that botocore ships."""
    described: dict[str, Any] = Loader().load_service_model(service, "service-2")["shapes"][name]
    return described


def matches(value: str, name: str, service: str = "bedrock") -> bool:
    described = shape(name, service)
    fits = described.get("min", 0) <= len(value) <= described.get("max", len(value))
    return fits and re.fullmatch(described["pattern"], value) is not None


def quota_codes() -> Iterator[str]:
    for model in all_models():
        yield from filter(None, [model.serving.model_units_quota_code])
        for how in model.customizations:
            yield from filter(None, [how.limits.records_quota_code])
    quotas = account_quotas()
    yield from filter(None, (getattr(quotas, each).code for each in quotas.__struct_fields__))


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def test_every_model_that_could_ever_be_customized_is_there() -> None:
    assert sorted(model.id for model in all_models()) == KNOWN


def test_what_takes_jobs_is_what_the_lifecycle_page_calls_active() -> None:
    assert {model.id for model in all_models() if model.lifecycle.takes_jobs} == ACTIVE


@every_model
def test_ids_are_ones_that_bedrock_takes(model: BaseModel) -> None:
    assert matches(model.id, "BaseModelIdentifier")
    assert matches(model.foundation_model_arn("us-east-1"), "BaseModelIdentifier")
    assert matches(model.inference.model_id, "BedrockModelId")
    assert matches(model.inference_id, "InferenceProfileId")
    assert all(matches(each, "BedrockModelId") for each in model.serving.provisioned_model_ids)


@every_model
def test_what_answers_is_not_called_by_the_context_that_training_names(model: BaseModel) -> None:
    assert not re.search(r":[0-9]+k$", model.inference_id)
    if re.search(r":[0-9]+k$", model.id):
        assert model.inference_id != model.id
    assert model.inference_id.endswith(model.inference.model_id)
    is_profile = model.inference.kind == "inference_profile"
    assert is_profile == (model.inference_id != model.inference.model_id)


@every_model
def test_regions_are_regions_and_what_is_trained_can_be_asked_there(model: BaseModel) -> None:
    regions = {*model.regions, *model.inference.regions, *model.serving.on_demand_regions}
    assert model.regions
    assert all(REGION.fullmatch(each) for each in regions)
    assert set(model.regions) <= set(model.inference.regions)


def test_quota_codes_are_codes_and_each_stands_for_one_quota() -> None:
    codes = list(quota_codes())
    assert all(QUOTA_CODE.fullmatch(code) for code in codes)
    assert all(matches(code, "QuotaCode", "service-quotas") for code in codes)
    assert len(set(codes)) == len(codes)


@every_customization
def test_customization_is_one_that_bedrock_has(model: BaseModel, how: Customization) -> None:
    known = shape("CustomizationType")["enum"]
    assert {how.customization_type, *model.other_customization_types} <= set(known)
    assert how.customization_type not in model.other_customization_types


@every_customization
def test_hyperparameters_are_told_apart_and_defaults_are_accepted(
    model: BaseModel, how: Customization
) -> None:
    keys = [each.bedrock_key for each in how.hyperparameters]
    names = [each.name for each in how.hyperparameters if each.name]
    assert len(set(keys)) == len(keys)
    assert len(set(names)) == len(names)
    assert [each for each in how.hyperparameters if not is_whole(each)] == []


def is_whole(each: Hyperparameter) -> bool:
    """Its range is one, it accepts its default, and a required one can always be given."""
    if each.type == "enum":
        return bool(each.values) and each.default in (None, *each.values)
    bounds = (each.minimum, each.maximum)
    is_range = None in bounds or each.minimum <= each.maximum  # type: ignore[operator]
    has_value = each.default is not None or each.automatic is not None
    return (
        is_range
        and (each.default is None or each.accepts(each.default))
        and (has_value or not each.required)
    )


def test_ranges_of_reinforcement_are_those_of_the_service_model() -> None:
    members = shape("RFTHyperParameters")["members"]
    how = base_model("amazon.nova-2-lite-v1:0:256k").customization("reinforcement")
    assert {each.bedrock_key for each in how.hyperparameters} == set(members)
    for each in how.hyperparameters:
        described = shape(members[each.bedrock_key]["shape"])
        assert (each.minimum, each.maximum) == (described.get("min"), described.get("max"))
        assert list(each.values) == described.get("enum", [])


@every_model
def test_every_method_leads_to_one_customization(model: BaseModel) -> None:
    assert model.methods
    assert len(set(model.methods)) == len(model.methods)
    assert all(method in model.customization(method).methods for method in model.methods)


@every_customization
def test_limits_agree_with_one_another(model: BaseModel, how: Customization) -> None:
    limits = how.limits
    most = limits.max_training_records
    assert limits.min_training_records >= 1
    assert most is None or most >= limits.min_training_records
    assert limits.records_quota_code is None or limits.max_records_in_all is not None
    steps = [step.max_tokens for step in limits.max_tokens_by_batch_size]
    assert all(step < (limits.max_tokens_per_record or 0) for step in steps)
    estimate = how.token_estimate
    assert estimate.cautious_characters_per_token < estimate.characters_per_token
    assert estimate.source


@every_customization
def test_media_are_limited_where_the_model_sees_them(model: BaseModel, how: Customization) -> None:
    media = how.limits.media
    sees = {"image", "video"} & set(model.input_modalities)
    if how.dataset_format == "reinforcement":
        assert media is None
        return
    assert (media is not None) == bool(sees)
    if media is None:
        return
    assert bool(media.image_formats) == ("image" in sees)
    assert bool(media.video_formats) == ("video" in sees)
    assert (media.max_videos_per_record is not None) == bool(media.video_formats)
    assert media.source
    assert media.key_pattern is None or re.fullmatch(media.key_pattern, "a/b-c_d.png")


@every_customization
def test_formats_say_what_kind_of_model_they_are_of(model: BaseModel, how: Customization) -> None:
    limits = how.limits
    captioned = how.dataset_format == "image-caption"
    assert captioned == (limits.max_caption_characters is not None)
    assert captioned == (model.inference.request != "converse")
    assert captioned == (how.training_price.unit == "image")
    assert ("text" in model.output_modalities) == (model.inference.request == "converse")
    assert (how.dataset_format == "continued-pre-training") == (
        how.customization_type == "CONTINUED_PRE_TRAINING"
    )
    assert (how.dataset_format == "reinforcement") == (not how.served)


@every_model
def test_lifecycle_agrees_with_its_dates(model: BaseModel) -> None:
    life, today = model.lifecycle, day(catalog().facts_as_of)
    legacy, end = day(life.legacy_date), day(life.end_of_life_date)
    assert today is not None
    assert legacy is None or end is None or legacy < end
    if life.status == "ACTIVE":
        assert (legacy, end) == (None, None)
        return
    assert end is not None
    assert (life.status == "END_OF_LIFE") == (end <= today)
    assert legacy is not None or life.note, "a legacy date that is unknown is told to be so"


@every_model
def test_every_group_of_facts_names_its_source_and_its_day(model: BaseModel) -> None:
    needed = FACTS | ({"metric_files"} if model.metric_files else set())
    assert needed <= {fact.about for fact in model.facts}
    assert all(fact.source and fact.as_of[:4].isdigit() for fact in model.facts)
    assert all(fact.as_of <= catalog().facts_as_of for fact in model.facts)


@every_model
def test_serving_says_where_and_under_which_quota(model: BaseModel) -> None:
    serving = model.serving
    assert serving.on_demand == bool(serving.on_demand_regions)
    assert set(serving.on_demand_regions) <= set(model.regions)
    assert serving.on_demand == (serving.on_demand_requests_per_minute is not None)
    assert serving.provisioned == bool(serving.provisioned_model_ids)
    assert serving.provisioned == (serving.model_units_quota_code is not None)
    assert serving.provisioned or not serving.no_commitment
    assert serving.provisioned or serving.on_demand or serving.note


@every_model
def test_known_prices_name_their_source(model: BaseModel) -> None:
    prices = model.prices
    assert set(prices.model_unit_usd_per_hour) == {"none", "1 month", "6 months"}
    known = [prices.storage_usd_per_month, *prices.model_unit_usd_per_hour.values()]
    assert all(price is None for price in known) == (prices.source is None)
    assert (prices.source is None) == (prices.as_of is None)
    for each in (how.training_price for how in model.customizations):
        assert each.usd is None or each.usd > 0
        assert (each.usd is None) == (each.source is None) == (each.as_of is None)


def test_a_longer_commitment_is_never_dearer() -> None:
    for model in all_models():
        prices = model.prices.model_unit_usd_per_hour
        known = [prices[each] for each in ("none", "1 month", "6 months") if prices[each]]
        assert known == sorted(known, key=lambda price: -(price or 0)), model.id


@pytest.mark.parametrize("given", ["amazon.nova-micro-v1:0", "Nova Micro"])
def test_unknown_model_is_refused_with_the_nearest(given: str) -> None:
    with pytest.raises(InvalidInputError, match=r'mean "amazon\.nova-micro-v1:0:128k"'):
        base_model(given)


def test_unknown_model_that_is_like_none_is_refused_with_all_known() -> None:
    with pytest.raises(InvalidInputError) as refused:
        base_model("???")
    assert all(model.id in str(refused.value) for model in all_models())


def test_method_that_a_model_does_not_offer_is_refused_with_those_that_it_does() -> None:
    model = all_models()[0]
    with pytest.raises(InvalidInputError, match="instruction_tuning"):
        model.customization("continued_pre_training")


def test_domain_adaptation_is_continued_pre_training_where_a_model_offers_it() -> None:
    express = base_model("amazon.titan-text-express-v1:0:8k")
    assert express.customization("domain_adaptation").dataset_format == "continued-pre-training"
    premier = base_model("amazon.titan-text-premier-v1:0:32k")
    assert premier.customization("domain_adaptation").dataset_format == "prompt-completion"


def test_token_limit_depends_on_the_batch_size() -> None:
    limits = base_model("amazon.titan-text-express-v1:0:8k").customization("instruction_tuning")
    assert [limits.limits.tokens_per_record(size) for size in (1, 2, 64)] == [4096, 2048, 2048]


@pytest.mark.parametrize(
    ("width", "height", "tokens"),
    [(10, 10, 1601), (1119, 560, 1601), (1120, 560, 3202), (8192, 8192, 6404), (560, 4000, 3202)],
)
def test_images_count_by_whole_tiles(width: int, height: int, tokens: int) -> None:
    media = base_model("meta.llama3-2-11b-instruct-v1:0:128k").customizations[0].limits.media
    assert media is not None
    assert media.image_tokens is not None
    assert media.image_tokens.of(width, height) == tokens


@pytest.mark.parametrize(
    ("key", "accepted", "refused"),
    [
        ("epochCount", [1, "100", 2.0, "Auto"], [0, 101, 1.5, "auto", "nan", "", "many"]),
        ("batchSize", [256, "9216"], [255, "Auto", "inf"]),
    ],
)
def test_numbers_are_accepted_within_their_range_and_bedrocks_own_word(
    key: str, accepted: list[Any], refused: list[Any]
) -> None:
    how = base_model("amazon.titan-embed-image-v1:0").customization("instruction_tuning")
    spec = next(each for each in how.hyperparameters if each.bedrock_key == key)
    assert [value for value in accepted if not spec.accepts(value)] == []
    assert [value for value in refused if spec.accepts(value)] == []


def test_words_are_accepted_as_they_are_listed() -> None:
    how = base_model("amazon.nova-2-lite-v1:0:256k").customization("reinforcement")
    effort = next(each for each in how.hyperparameters if each.type == "enum")
    assert effort.range == "low or medium or high"
    assert (effort.accepts("low"), effort.accepts("Low"), effort.accepts(1)) == (True, False, False)


def test_a_range_that_nobody_documents_accepts_any_number() -> None:
    how = base_model("openai.gpt-oss-20b").customization("reinforcement")
    epochs = how.hyperparameters[0]
    assert epochs.range == "any (integer)"
    assert epochs.accepts(10_000)
    assert not epochs.accepts(1.5)


def words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Names and texts of the code, docstrings left out."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in docstrings:
                yield node.lineno, node.value
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name


@pytest.mark.parametrize("package", ["tunedrop", "lambdas", "stacks"])
def test_no_code_names_a_model_or_a_family(package: str) -> None:
    families = {model.family.partition("-")[0] for model in all_models()}
    ids = {re.escape(each) for m in all_models() for each in (m.id, m.inference_id)}
    named = re.compile(rf"(?<![a-z])({'|'.join(families)})(?![a-z])|{'|'.join(ids)}", re.I)
    found = [
        f"{file.relative_to(ROOT)}:{line}: {text}"
        for file in sorted((ROOT / package).rglob("*.py"))
        for line, text in words(ast.parse(file.read_text(encoding="utf-8")))
        if named.search(text)
    ]
    assert found == []
