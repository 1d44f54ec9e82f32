"""Recipes: three keys suffice, and whatever is wrong is named with what is accepted."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tunedrop import recipe as recipes
from tunedrop.catalog import all_models, base_model
from tunedrop.catalog.models import BaseModel
from tunedrop.errors import InvalidInputError

ROOT = Path(__file__).parents[2]
NOVA = "amazon.nova-micro-v1:0:128k"
HAIKU = "anthropic.claude-3-haiku-20240307-v1:0:200k"
THREE_KEYS = {"name": "support", "base_model": NOVA, "method": "instruction_tuning"}


def loaded(**keys: Any) -> recipes.Recipe:
    return recipes.load({**THREE_KEYS, **keys}, allow_retired=True)


def refusal(**keys: Any) -> str:
    with pytest.raises(InvalidInputError) as refused:
        recipes.load({**THREE_KEYS, **keys}, where="recipes/support.yaml")
    return str(refused.value)


def test_three_keys_suffice() -> None:
    recipe = loaded()
    assert recipe.deployment.mode == "on_demand"
    assert recipe.data.test_share == 0.1
    assert recipe.evaluation.beat is None


EMBEDDING, CANVAS = "amazon.titan-embed-image-v1:0", "amazon.nova-canvas-v1:0"
SERVED = [
    (model, method)
    for model in all_models()
    for how in model.customizations
    for method in how.methods
    if how.served
]


def needs_general_test_set(model: BaseModel, method: str) -> bool:
    return method == "domain_adaptation" and model.inference.request == "converse"


@pytest.mark.parametrize(("model", "method"), SERVED, ids=lambda each: getattr(each, "id", each))
def test_every_model_of_the_catalog_can_be_named(model: BaseModel, method: str) -> None:
    needed = needs_general_test_set(model, method)
    asked = {"general_test_set": "general/questions.jsonl"} if needed else {}
    recipe = loaded(base_model=model.id, method=method, evaluation=asked)
    assert recipe.deployment.mode in ("on_demand", "provisioned")
    assert recipes.from_json(recipes.to_json(recipe)) == recipe
    sent = recipes.bedrock_hyperparameters(recipe)
    for spec in model.customization(method).hyperparameters:
        assert spec.bedrock_key in sent or not spec.required
        assert spec.bedrock_key not in sent or spec.accepts(sent[spec.bedrock_key])
    assert {"epochCount", "stepCount"} & set(sent), "how long a job trains is always said"


@pytest.mark.parametrize("key", THREE_KEYS)
def test_missing_key_is_named(key: str) -> None:
    given = {name: value for name, value in THREE_KEYS.items() if name != key}
    with pytest.raises(InvalidInputError, match=f"{key} is missing"):
        recipes.load(given)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"budgte": {}}, 'budgte is not a known key (did you mean "budget"?); known here: name,'),
        ({"data": {"share": 1}}, "data.share is not a known key"),
        ({"data": {"test_share": 0.7}}, "data.test_share is 0.7; it must be a share from 0 to 0.5"),
        ({"data": {"test_share": float("nan")}}, "data.test_share is NaN"),
        ({"data": {"test_share": 0.3, "validation_share": 0.3}}, "together are 0.6; at most 0.5"),
        ({"data": 3}, "data is 3; it must be a section with validation_share"),
        ({"name": "Support"}, 'name is "Support"; it must be a-z, 0-9 and single hyphens'),
        ({"name": "a--b"}, 'name is "a--b"'),
        ({"name": "a-"}, 'name is "a-"'),
        ({"name": "a\n"}, 'name is "a\\n"'),
        ({"name": "a" * 32}, "at most 31 characters"),
        ({"method": "tuning"}, 'method is "tuning"; it must be'),
        (
            {"method": "continued_pre_training"},
            "is not offered by Nova Micro, which offers instruction_tuning, domain_adaptation, "
            "transfer_learning; no active model offers it; the substitute is supervised tuning",
        ),
        (
            {"method": "reinforcement"},
            "active models that offer it: amazon.nova-2-lite-v1:0:256k, openai.gpt-oss-20b, qwen",
        ),
        (
            {"base_model": "amazon.nova-2-lite-v1:0:256k", "method": "reinforcement"},
            'method "reinforcement" is not served by this version: `tunedrop check` validates its '
            "datasets, but no run trains on them; runs of Nova 2 Lite serve instruction_tuning",
        ),
        ({"method": "distillation"}, 'method is "distillation"; it must be continued_pre_training'),
        ({"hyperparameters": {"steps": 4}}, "steps is not a hyperparameter of Nova Micro"),
        ({"base_model": "amazon.nova-micro"}, "The catalog knows no base model"),
        ({"deployment": {"patience": "soon"}}, 'it must be a duration such as "6h"'),
        ({"deployment": {"commitment": "1 month"}}, "for mode provisioned only"),
        ({"deployment": {"reuse": "after_test"}}, "deployment.reuse is for mode provisioned only"),
        (
            {"deployment": {"mode": "provisioned", "reuse": "always"}},
            "it must be after_test or none or a section with window, hours such as",
        ),
        (
            {"deployment": {"mode": "provisioned", "reuse": {"window": "2-5"}}},
            "it must be after_test or none or a section with window, hours such as",
        ),
        (
            {"deployment": {"mode": "provisioned", "reuse": {"window": "23:30-00:15"}}},
            "deployment.reuse.window 23:30-00:15 is open for 0:45:00; at least an hour is accepted",
        ),
        (
            {"deployment": {"mode": "provisioned", "reuse": {"window": "02:00-05:00"}}},
            "deployment.patience is 6h; with deployment.reuse.window at least 24h is accepted",
        ),
        (
            {"evaluation": {"metrics": {"bleu": 0.3}}},
            'evaluation.metrics is {"bleu": 0.3}; it must be rouge_l',
        ),
        ({"evaluation": {"general_test_set": "s3://a/b"}}, "it must be a .jsonl file: its path"),
        ({"evaluation": {"general_loss": 1.5}}, "it must be a loss from 0 to 1"),
        ({"evaluation": {"metrics": {"recall_at_1": 0.3}}}, "are measured by rouge_l, chrf"),
        ({"data": {"personal_data": "hide"}}, "it must be keep or redact or reject or report"),
        (
            {"data": {"duplicates": {"reject_above": 2}}},
            "it must be drop or keep or reject or a section with reject_above, otherwise",
        ),
        ({"data": {"near_duplicates": "drop"}}, "let data.duplicates drop, too"),
        ({"data": {"retention": "12h"}}, 'data.retention is "12h"; it must be whole days such as'),
        ({"data": {"retention": "6d"}}, "at least 7d is accepted with deployment.patience 6h"),
        (
            {"data": {"retention": "39d"}, "deployment": {"patience": "7d"}},
            "at least 40d is accepted with deployment.patience 7d",
        ),
        (
            {"data": {"retention": "30d"}, "evaluation": {"general_test_set": "general/a.jsonl"}},
            "evaluation.general_test_set lies below datasets/support/, where data.retention",
        ),
        (
            {
                "data": {"retention": "30d"},
                "evaluation": {"general_test_set": "s3://a-bucket/datasets/support/a.jsonl"},
            },
            "put it below another folder of datasets/, and name it by its s3:// URI",
        ),
        ({"deployment": {"expires_after": "7d"}}, "expires_after is for mode provisioned only"),
        (
            {"deployment": {"mode": "provisioned", "expires_after": "1h"}},
            "deployment.expires_after is 1h; at least 2h is accepted",
        ),
        ({"owners": ["somebody"]}, "a list of ARNs of IAM roles or users"),
        ({"hyperparameters": {"batch_size": 4}}, "batch_size is not a hyperparameter of Nova"),
        ({"hyperparameters": {"bedrock": {"topK": 4}}}, "bedrock.topK is not a hyperparameter"),
        (
            {"hyperparameters": {"epochs": 2, "bedrock": {"epochCount": 3}}},
            "are the same; give one of them",
        ),
    ],
)
def test_what_is_wrong_is_named_with_what_is_accepted(keys: dict[str, Any], message: str) -> None:
    assert message in refusal(**keys)


def test_out_of_range_hyperparameter_names_file_key_value_and_range() -> None:
    assert refusal(hyperparameters={"epochs": 9}) == (
        "recipes/support.yaml: hyperparameters.epochs is 9; Nova Micro takes 1 to 5 (integer)."
    )


def test_all_problems_are_told_at_once() -> None:
    message = refusal(foo=1, data={"test_share": 2}, hyperparameters={"epochs": 9})
    assert "has 3 problems" in message


def test_retired_model_is_refused_with_dates_and_active_alternatives() -> None:
    message = refusal(base_model=HAIKU)
    assert "Legacy since 2026-03-10, end of life 2026-09-10" in message
    assert NOVA in message
    assert "titan" not in message


def test_recipe_must_be_called_as_its_file() -> None:
    with pytest.raises(InvalidInputError, match='it must be that of its file, "other"'):
        recipes.load(THREE_KEYS, "other")


@pytest.mark.parametrize("text", ["", "- a", "a: [", "a: 1\na: 2", "\t", "a: !!python/none x"])
def test_text_that_is_no_recipe_is_refused_without_a_traceback(text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^recipes/a\.yaml"):
        recipes.load(text, where="recipes/a.yaml")


def test_exponents_without_a_point_are_numbers() -> None:
    text = f"name: a\nbase_model: {NOVA}\nmethod: instruction_tuning\n"
    recipe = recipes.load(text + "hyperparameters: {learning_rate: 2e-5}\n")
    assert recipes.bedrock_hyperparameters(recipe)["learningRate"] == "0.00002"


def test_neutral_names_become_bedrock_keys_and_epochs_are_always_said() -> None:
    recipe = loaded(base_model=HAIKU, hyperparameters={"batch_size": 8})
    assert recipes.bedrock_hyperparameters(recipe) == {"epochCount": "2", "batchSize": "8"}
    assert recipes.effective(recipe, "epochs") == 2
    assert recipes.effective(recipe, "learning_rate") is None


def test_grace_depends_on_what_idle_capacity_costs() -> None:
    assert loaded().deployment.grace_seconds == 24 * 3600
    assert loaded(deployment={"mode": "provisioned"}).deployment.grace_seconds == 3600
    assert loaded(deployment={"grace": "45s"}).deployment.grace_seconds == 45


def test_overrides_are_merged_where_the_recipe_allows_them() -> None:
    recipe = loaded(allow_overrides=["hyperparameters"], hyperparameters={"epochs": 2})
    changed = recipes.with_overrides(recipe, {"learning_rate": 0.00002})
    assert recipes.bedrock_hyperparameters(changed) == {
        "epochCount": "2",
        "learningRate": "0.00002",
    }


def test_overrides_are_refused_where_the_recipe_does_not_allow_them() -> None:
    with pytest.raises(InvalidInputError, match="allows no overrides of hyperparameters"):
        recipes.with_overrides(loaded(), {"epochs": 3})
    assert recipes.with_overrides(loaded(), {}) == loaded()


def test_overrides_are_held_against_the_catalog() -> None:
    recipe = loaded(allow_overrides=["hyperparameters"])
    with pytest.raises(InvalidInputError, match="takes 1 to 5"):
        recipes.with_overrides(recipe, {"epochs": 30})


def test_base_model_must_be_customized_in_the_region() -> None:
    recipes.check_region(loaded(), "us-east-1")
    with pytest.raises(InvalidInputError, match="not customized in eu-west-1, only in us-east-1"):
        recipes.check_region(loaded(), "eu-west-1")


def test_on_demand_serving_must_be_offered_in_the_region(monkeypatch: pytest.MonkeyPatch) -> None:
    serving = msgspec.structs.replace(base_model(NOVA).serving, on_demand_regions=("us-west-2",))
    moved = msgspec.structs.replace(base_model(NOVA), serving=serving)
    monkeypatch.setattr("tunedrop.recipe.checks.base_model", lambda model_id: moved)
    with pytest.raises(InvalidInputError, match="not served on demand in us-east-1, only in us-we"):
        recipes.check_region(loaded(), "us-east-1")


def test_shipped_recipes_take_jobs_today_and_fit_their_parameter() -> None:
    shipped = recipes.load_directory(ROOT / "recipes")
    assert {each.deployment.mode for each in shipped} == {"on_demand", "provisioned"}
    assert all(len(recipes.to_json(each)) <= 4096 for each in shipped)


def test_recipes_for_retired_models_need_the_switch() -> None:
    folder = ROOT / "tests" / "recipes"
    assert len(recipes.load_directory(folder, allow_retired=True)) == 3
    with pytest.raises(InvalidInputError, match="takes no new customization jobs"):
        recipes.load_directory(folder)


def test_patience_beyond_a_week_is_refused() -> None:
    assert "patience is 8d; at most 7d" in refusal(deployment={"patience": "8d"})


@pytest.mark.parametrize(
    ("base_model", "evaluation", "words"),
    [
        (EMBEDDING, {"metrics": {"rouge_l": 0.3}}, "measured by recall_at_1, recall_at_5"),
        (EMBEDDING, {"general_test_set": "general/questions.jsonl"}, "answers with no text"),
        (CANVAS, {"metrics": {"recall_at_1": 0.3}}, "images are not compared"),
        (CANVAS, {"beat": "base"}, "evaluation.beat cannot be judged for Nova Canvas"),
    ],
)
def test_what_a_models_answers_cannot_show_is_refused(
    base_model: str, evaluation: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidInputError, match=words):
        loaded(base_model=base_model, evaluation=evaluation)


def test_embeddings_are_asked_for_recall() -> None:
    goals = {"metrics": {"recall_at_5": 0.5}, "beat": "base"}
    assert loaded(base_model=EMBEDDING, evaluation=goals).evaluation.metrics == {"recall_at_5": 0.5}


def test_a_retention_is_accepted_that_outlasts_every_wait() -> None:
    general = {"general_test_set": "s3://a-bucket/datasets/general/a.jsonl"}
    assert loaded(data={"retention": "7d"}, evaluation=general).data.retention_days == 7
    assert loaded().data.retention_days is None
