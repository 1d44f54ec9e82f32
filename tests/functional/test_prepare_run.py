"""PrepareRun: the record is opened, and what cannot reach service is refused before it costs."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.functional.samples import NOVA, NOW, RECIPE, Json, lines, recipe, records, unique
from tests.functional.world import Call, World
from tunedrop.availability import Quotas
from tunedrop.errors import (
    RecordMismatchError,
    RunCancelledError,
    RunEndingError,
    RunRefusedError,
    ServiceBusyError,
)
from tunedrop.recipe import load
from tunedrop.run import Failure, Source, plain

NOVA_LITE = "amazon.nova-lite-v1:0:300k"
PREPARED = {
    "recipe": RECIPE,
    "base_model_id": NOVA,
    "deployment_mode": "on_demand",
    "is_trained": False,
}


def given(source: Source, run_id: str = "") -> Json:
    name = run_id or unique(f"{RECIPE}-20261122")
    return {"run_id": name, "execution_arn": f"arn:aws:states:::{name}", **plain(source)}


def refusal(call: Call, event: Json) -> str:
    with pytest.raises(RunRefusedError) as refused:
        call("prepare_run", **event)
    return str(refused.value)


def test_the_workflow_is_told_what_it_decides_by(world: World, call: Call) -> None:
    world.deploy()
    assert call("prepare_run", **given(world.drop())) == PREPARED


def test_the_record_holds_the_recipe_and_the_pinned_file(world: World, call: Call) -> None:
    source, deployed = world.drop(), world.deploy()
    event = given(source)
    call("prepare_run", **event)
    run = world.services.records.get(event["run_id"])
    assert run.plan == deployed
    [file] = run.files["train"]
    assert (file["key"], file["version_id"]) == (source.key, source.version_id)
    assert run.source == source
    assert list(run.timeline) == ["PrepareRun"]
    assert run.record_limit == 20_000


def test_applications_find_the_base_model_until_the_first_promotion(
    world: World, call: Call
) -> None:
    world.deploy()
    assert world.model_parameter() is None
    call("prepare_run", **given(world.drop()))
    assert world.model_parameter() == "us.amazon.nova-micro-v1:0"


def test_a_second_call_finds_the_record_of_the_first(world: World, call: Call) -> None:
    world.deploy()
    event = given(world.drop())
    first = call("prepare_run", **event)
    run = world.services.records.get(event["run_id"])
    world.deploy(recipe(hyperparameters={"epochs": 3}))
    assert call("prepare_run", **event) == first
    assert world.services.records.get(event["run_id"]) == run


def test_a_run_started_by_hand_has_a_name_of_its_own(world: World, call: Call) -> None:
    world.deploy()
    assert call("prepare_run", **given(world.drop(), run_id=unique("by-hand"))) == PREPARED


def test_a_name_that_bedrock_cannot_carry_is_refused(world: World, call: Call) -> None:
    world.deploy()
    words = refusal(call, given(world.drop(), run_id="my_first try"))
    assert 'name "my_first try" cannot name things in Bedrock' in words


def test_a_record_of_another_object_under_the_same_name_is_a_mismatch(
    world: World, call: Call
) -> None:
    world.deploy()
    run = world.run()
    with pytest.raises(RecordMismatchError, match=f"belongs to {run.source.key}"):
        call("prepare_run", **given(world.drop("other.jsonl"), run_id=run.run_id))


def test_a_cancelled_run_goes_no_further(world: World, call: Call) -> None:
    world.deploy()
    run = world.run(source=world.drop())
    world.services.records.cancel(run.run_id, "somebody")
    with pytest.raises(RunCancelledError, match="cancelled by somebody"):
        call("prepare_run", **given(run.source, run_id=run.run_id))


def test_a_run_that_is_ending_is_not_prepared(world: World, call: Call) -> None:
    world.deploy()
    run = world.run(source=world.drop())
    world.services.records.begin_ending(run, Failure(error="X", cause="x"), NOW)
    with pytest.raises(RunEndingError, match="is ending"):
        call("prepare_run", **given(run.source, run_id=run.run_id))


def test_an_unknown_recipe_is_refused_with_the_known_ones(world: World, call: Call) -> None:
    words = refusal(call, given(world.put("datasets/invoices/a.jsonl")))
    assert words == 'There is no recipe "invoices". Deployed recipes: support.'


def test_a_recipe_without_its_parameter_is_refused(world: World, call: Call) -> None:
    words = refusal(call, given(world.drop()))
    assert words == f'The recipe "support" is not deployed in {world.settings.tunedrop_stage}.'


def test_a_version_that_is_gone_is_refused(world: World, call: Call) -> None:
    source = world.drop()
    world.ground.client("s3").delete_object(
        Bucket=source.bucket, Key=source.key, VersionId=source.version_id
    )
    assert "is not in" in refusal(call, given(source))


def test_a_run_request_pins_every_file_that_it_names(world: World, call: Call) -> None:
    world.deploy(recipe(allow_overrides=["hyperparameters"]))
    parts = [world.drop(f"parts/{name}.jsonl") for name in ("a", "b", "validation", "test")]
    request = (
        b"train: [parts/a.jsonl, parts/b.jsonl]\nvalidation: parts/validation.jsonl\n"
        b"test: parts/test.jsonl\nhyperparameters: {epochs: 3}\nnote: October\nagain: true\n"
    )
    event = given(world.drop("october.run.yaml", request))
    call("prepare_run", **event)
    run = world.services.records.get(event["run_id"])
    pinned = [file["version_id"] for side in run.files.values() for file in side]
    assert pinned == [part.version_id for part in parts]
    assert (run.plan.hyperparameters.epochs, run.note, run.again) == (3, "October", True)


REQUESTS = {
    "a missing file": (
        b"train: parts/lost.jsonl",
        'names "parts/lost.jsonl", but there is no datasets/support/parts/lost.jsonl in',
    ),
    "an override": (
        b"train: a.jsonl\nhyperparameters: {epochs: 3}",
        "the recipe allows no overrides of hyperparameters",
    ),
    "another encoding": ("train: é.jsonl".encode("utf-16"), "is not UTF-8 text (byte 0)"),
    "no YAML": (b"train: [a.jsonl", "october.run.yaml"),
    "an unknown key": (b"train: a.jsonl\nepochs: 3", "epochs"),
    "a path upwards": (b"train: ../other/a.jsonl", "must be a path below the recipe's folder"),
}


@pytest.mark.parametrize(("request_text", "words"), REQUESTS.values(), ids=REQUESTS)
def test_a_run_request_that_cannot_be_followed_is_refused(
    world: World, call: Call, request_text: bytes, words: str
) -> None:
    world.deploy()
    world.drop("a.jsonl")
    found = refusal(call, given(world.drop("october.run.yaml", request_text)))
    assert words in found
    assert "october.run.yaml" in found or "support" in found
    assert "Traceback" not in found


def test_an_override_out_of_range_is_refused_with_the_range(world: World, call: Call) -> None:
    world.deploy(recipe(allow_overrides=["hyperparameters"]))
    world.drop("a.jsonl")
    request = world.drop("a.run.yaml", b"train: a.jsonl\nhyperparameters: {epochs: 900}")
    words = refusal(call, given(request))
    assert "900" in words
    assert "1 to" in words


def test_a_retired_base_model_is_refused_with_its_dates_and_what_is_offered(
    world: World, call: Call
) -> None:
    haiku = "anthropic.claude-3-haiku-20240307-v1:0:200k"
    sections = {"name": RECIPE, "base_model": haiku, "method": "instruction_tuning"}
    world.deploy(load(sections, allow_retired=True))
    words = refusal(call, given(world.drop()))
    assert f"Bedrock offers no FINE_TUNING of {haiku} in us-east-1 now (" in words
    assert NOVA in words


def test_a_full_quota_of_custom_models_is_refused(world: World, call: Call) -> None:
    world.deploy()
    world.faults.order("quota", quota="custom_models", value=0)
    assert "holds its 0 custom models already (quota L-" in refusal(call, given(world.drop()))


def test_too_few_model_units_are_refused(world: World, call: Call) -> None:
    world.deploy(recipe(base_model=NOVA_LITE, deployment={"mode": "provisioned"}))
    world.faults.order("quota", quota="L-127FC9D0", value=0)
    words = refusal(call, given(world.drop()))
    assert "asks for 1 model unit(s) of" in words
    assert "quota L-127FC9D0 allows 0" in words


def test_a_quota_that_was_never_applied_to_the_account_has_its_default(world: World) -> None:
    quotas = Quotas(world.ground.client("service-quotas"))
    world.faults.order("quota", quota="L-CB5B847D", value=7)
    unlisted = {"operation": "GetServiceQuota", "code": "NoSuchResourceException"}
    world.faults.order("error", message="It does not exist.", **unlisted)
    assert (quotas.value("L-CB5B847D"), quotas.value("L-CB5B847D")) == (100, 7)
    assert quotas.value("L-00000000") is None


def test_a_drop_older_than_the_champion_is_refused(world: World, call: Call) -> None:
    world.deploy()
    champion = world.promoted(world.deployed_run(dropped_at="2099-01-01T00:00:00.000Z"))
    words = refusal(call, given(world.drop()))
    assert f"comes from a later drop (run {champion.run_id})" in words


def test_a_throttled_call_is_for_the_workflow_to_retry(world: World, call: Call) -> None:
    world.deploy()
    world.faults.order("error", operation="ListFoundationModels")
    event = given(world.drop())
    with pytest.raises(ServiceBusyError, match="list the foundation models"):
        call("prepare_run", **event)
    assert call("prepare_run", **event) == PREPARED


@pytest.mark.parametrize("change", [{"version_id": None}, {"attempt": 1}])
def test_an_input_of_another_shape_is_refused(
    world: World, call: Call, change: dict[str, Any]
) -> None:
    event = {**given(world.drop()), **change}
    event = {key: value for key, value in event.items() if value is not None}
    with pytest.raises(msgspec.ValidationError, match=next(iter(change))):
        call("prepare_run", **event)


def test_the_time_of_the_first_entry_is_kept(world: World) -> None:
    run = world.run()
    records = world.services.records
    records.enter(run.run_id, "PrepareRun", NOW)
    records.enter(run.run_id, "PrepareRun", NOW + timedelta(hours=1))
    assert world.find(run).timeline == {"PrepareRun": "2026-11-22T12:00:00.000Z"}


GENERAL = f"datasets/{RECIPE}/general/questions.jsonl"


def with_general_test_set(world: World, named: str, content: bytes | None = None) -> Json:
    """A drop for a recipe that names a general test set, which is there if it has content."""
    if content is not None:
        world.put(GENERAL, content)
    world.deploy(recipe(evaluation={"general_test_set": named}))
    return given(world.drop())


@pytest.mark.parametrize("in_bucket", [False, True], ids=["by its path", "by its uri"])
def test_the_general_test_set_is_pinned(world: World, call: Call, in_bucket: bool) -> None:
    uri = f"s3://{world.settings.datasets_bucket}/{GENERAL}"
    named = uri if in_bucket else "general/questions.jsonl"
    event = with_general_test_set(world, named, lines(records(6)))
    call("prepare_run", **event)
    [pinned] = world.services.records.get(event["run_id"]).files["general"]
    assert pinned["key"] == GENERAL
    assert pinned["version_id"]


@pytest.mark.parametrize(
    ("named", "content", "words"),
    [
        ("general/questions.jsonl", None, "there is no such object"),
        ("s3://elsewhere/questions.jsonl", None, "which the service may not read"),
        ("general/questions.jsonl", b'{"prompt": 1}', "cannot be asked: line 1: prompt"),
        ("general/questions.jsonl", b"", "it has 0 records"),
        ("general/questions.jsonl", lines(records(5)), "fewer than 6"),
        ("general/questions.jsonl", b'{"input": "text"}', "line 1 is no dialogue of texts"),
    ],
)
def test_a_general_test_set_that_cannot_be_asked_is_refused_before_anything_is_spent(
    world: World, call: Call, named: str, content: bytes | None, words: str
) -> None:
    assert words in refusal(call, with_general_test_set(world, named, content))
