"""Run records to make pages of."""

import math
from typing import Any

RUN_ID = "support-summaries-20261122-0a1b2c3d4e5f"
ACCOUNT = "us-east-1:123456789012"
SUMMARY = (
    "Mr. Smith is getting a check-up, and Doctor Hawkins advises him to have one every year. "
    "Hawkins will give some information about classes and medications to help him quit smoking."
)
DIALOGUE = (
    "Summarize the following conversation.\n\n#Person1#: Hi, Mr. Smith. I'm Doctor Hawkins. Why "
    "are you here today?\n#Person2#: I found it would be a good idea to get a check-up.\n"
    "#Person1#: Yes, well, you haven't had one for 5 years. You should have one every year."
)


def minimal(outcome: str | None = "ServiceFailed") -> dict[str, Any]:
    """A run of which little more than its end is known."""
    return {"run_id": RUN_ID, "recipe": "support-summaries", "stage": "dev", "outcome": outcome}


def started(outcome: str | None, cause: str = "") -> dict[str, Any]:
    """A run that got as far as its first state."""
    return {
        **minimal(outcome),
        "status": "ended",
        "cause": cause,
        "started_at": "2026-11-22T10:00:03.120Z",
        "ended_at": "2026-11-22T10:00:21.900Z",
        "dropped_at": "2026-11-22T10:00:00Z",
        "source": {
            "bucket": "tunedrop-dev-datasets",
            "key": "datasets/support-summaries/october.jsonl",
            "version_id": "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY",
        },
        "execution_arn": f"arn:aws:states:{ACCOUNT}:execution:FineTuning:{RUN_ID}",
        "snapshot": {
            "name": "support-summaries",
            "base_model": "amazon.nova-micro-v1:0:128k",
            "method": "instruction_tuning",
            "hyperparameters": {"epochs": 2, "learning_rate": 1e-05},
            "evaluation": {"max_validation_loss": 2.5, "metrics": {"rouge_l": 0.3}, "beat": "base"},
            "deployment": {"mode": "provisioned"},
            "budget": {"training_usd": 50.0, "hourly_usd": 70.0},
        },
        "note": "October tickets",
        "timeline": {
            "PrepareRun": "2026-11-22T10:00:03.400Z",
            "ValidateDataset": "2026-11-22T10:00:05.050Z",
            "RecordOutcome": "2026-11-22T10:00:19.000Z",
        },
    }


def finding(line: int, code: str, message: str, **more: Any) -> dict[str, Any]:
    return {
        "severity": "error",
        "line": line,
        "field": "messages[3].role",
        "code": code,
        "message": message,
        "hint": "Add the answer that the model should give.",
        "file": "october.jsonl",
        **more,
    }


def _findings() -> list[dict[str, Any]]:
    return [
        finding(
            14,
            "last-turn",
            'The last turn has role "user"; a record must end with an assistant turn.',
        ),
        finding(
            90,
            "reserved-words",
            'The text holds "User:", which Nova reserves.',
            field="messages[0].content[0].text",
            hint="Write it without the colon.",
        ),
        finding(
            200,
            "not-json",
            "This is no JSON: a comma or a bracket is missing near column 81.",
            field="",
            hint="",
        ),
        finding(
            310,
            "short-answer",
            "The answer is a single character.",
            severity="warning",
            hint="Check that it is meant.",
        ),
    ]


def rejected() -> dict[str, Any]:
    """A dataset with findings."""
    run = started(
        "DatasetRejected",
        "The dataset was rejected: 41 of 1,000 records of october.jsonl do not suit "
        'amazon.nova-micro-v1:0:128k. Line 14: the last turn has role "user"; a record must end '
        'with an assistant turn. Line 90: the text holds "User:", which Nova reserves. Line 200: '
        "this is no JSON. Still billing: nothing.",
    )
    run["dataset"] = {
        "records": {"train": 959, "validation": 0, "test": 0, "rejected": 41},
        "tokens": 412_345,
        "counts": {"last-turn": 38, "reserved-words": 2, "not-json": 1},
        "findings": _findings(),
        "files": [
            {
                "name": "october.jsonl",
                "key": "datasets/support-summaries/october.jsonl",
                "version_id": "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY",
                "sha256": "9f86d081884c7d65" * 4,
            }
        ],
        "digest": "60303ae22b998861" * 4,
    }
    return run


def succeeded() -> dict[str, Any]:
    """A run with every section."""
    run = {**rejected(), "outcome": "RunSucceeded", "ended_at": "2026-11-22T12:41:09Z"}
    run["cause"] = (
        "support-summaries now answers with the model of this run: it beats the base model "
        "on 100 test records (rouge_l 0.412 against 0.288)."
    )
    run["dataset"] = {
        **run["dataset"],
        "records": {"train": 800, "validation": 100, "test": 100, "rejected": 0},
        "findings": run["dataset"]["findings"][3:],
        "counts": {"short-answer": 1},
    }
    return {
        **run,
        "timeline": _timeline(),
        "cost": _cost(),
        "job": _job(),
        "losses": _losses(),
        "deployment": _deployment(),
        "evaluation": _evaluation(),
        "system_prompt": "Sum up the conversation in two sentences.",
        "promotion": {
            "version": 4,
            "promoted_at": "2026-11-22T12:41:02Z",
            "replaced_run_id": "support-summaries-20261003-9c8b7a6d5e4f",
        },
    }


def _timeline() -> dict[str, Any]:
    return {
        "PrepareRun": "2026-11-22T10:00:03.400Z",
        "ValidateDataset": "2026-11-22T10:00:05.050Z",
        "UploadDataset": "2026-11-22T10:00:19.000Z",
        "CreateCustomizationJob": "2026-11-22T10:00:31.000Z",
        "WaitForCustomizationJob": "2026-11-22T10:00:33.000Z",
        "EvaluateModel": "2026-11-22T11:52:10.000Z",
        "ProvisionThroughput": "2026-11-22T11:52:14.000Z",
        "WaitForDeployment": "2026-11-22T11:52:16.000Z",
        "TestDeployment": "2026-11-22T12:16:40.000Z",
        "PromoteModel": "2026-11-22T12:41:01.000Z",
        "RecordOutcome": "2026-11-22T12:41:03.000Z",
    }


def _job() -> dict[str, Any]:
    return {
        "attempt": 1,
        "name": f"{RUN_ID}-1",
        "status": "Completed",
        "arn": f"arn:aws:bedrock:{ACCOUNT}:model-customization-job/amazon.nova-micro-v1:0/a1b2c3d4",
        "submitted_at": "2026-11-22T10:00:32Z",
        "ended_at": "2026-11-22T11:52:08Z",
        "custom_model_arn": f"arn:aws:bedrock:{ACCOUNT}:custom-model/amazon.nova-micro-v1:0/e5f6a7",
    }


def _losses() -> dict[str, Any]:
    return {
        "training": [
            [step, 1 + step // 100, 1.1 + 1.7 * math.exp(-step / 45) + 0.09 * math.sin(step * 1.7)]
            for step in range(1, 200)
        ],
        "validation": [[50, 1, 1.95], [100, 1, 1.52], [150, 2, 1.41], [199, 2, 1.38]],
        "verdict": "Training loss fell from 2.75 to 1.12; validation loss fell from 1.95 to 1.38 "
        "(limit 2.50).",
    }


def _deployment() -> dict[str, Any]:
    return {
        "mode": "provisioned",
        "name": f"{RUN_ID}-1",
        "status": "InService",
        "hourly_usd": 60.5,
        "arn": f"arn:aws:bedrock:{ACCOUNT}:provisioned-model/b1c2d3e4f5a6",
    }


def _evaluation() -> dict[str, Any]:
    return {
        "records": 100,
        "metrics": {
            "rouge_l": {
                "custom": 0.412,
                "base": 0.288,
                "gain": 0.124,
                "low": 0.097,
                "high": 0.151,
                "minimum": 0.3,
                "against": "base",
            },
            "exact_match": {
                "custom": 0.02,
                "base": 0.0,
                "gain": 0.02,
                "low": -0.004,
                "high": 0.05,
                "against": "base",
            },
        },
        "verdict": "On 100 test records the custom model beats the base model: rouge_l 0.412 "
        "against 0.288 (+0.124, 95% interval +0.097 to +0.151).",
        "examples": [
            {
                "prompt": DIALOGUE,
                "reference": SUMMARY,
                "base": "They talk about health.",
                "custom": "Doctor Hawkins advises Mr. Smith to have a check-up every year.",
            },
            {"prompt": DIALOGUE, "reference": SUMMARY, "base": SUMMARY, "custom": ""},
        ],
    }


def _cost() -> dict[str, Any]:
    training = {
        "what": f"training, {RUN_ID}-1",
        "unit": "1,000 tokens",
        "quantity": 824.7,
        "usd_per_unit": 0.001,
        "usd": 0.8247,
        "source": "the recipe",
        "note": "about 412,345 tokens, 2 epochs",
    }
    stored = {"what": f"storage of the custom model {RUN_ID}-1", "unit": "month", "goes_on": True}
    return {
        "training_usd_estimate": 0.8247,
        "why": "412,345 tokens x 2 epochs x $0.001 per 1,000 tokens",
        "actual": {
            "lines": [training, stored],
            "usd": 0.8247,
            "is_complete": False,
            "as_of": "2026-11-22T12:41:09Z",
        },
    }


def service_failed() -> dict[str, Any]:
    """A run that broke while it waited for its job."""
    run = {**succeeded(), "outcome": "ServiceFailed", "ended_at": "2026-11-22T11:54:40Z"}
    for section in ("evaluation", "promotion", "losses", "deployment"):
        del run[section]
    run["timeline"] = {
        state: when for state, when in run["timeline"].items() if when < "2026-11-22T11:52:12"
    } | {"CleanUp": "2026-11-22T11:52:40Z", "RecordOutcome": "2026-11-22T11:54:38Z"}
    run["cause"] = (
        "EvaluateModel failed with AccessDeniedException: the function may not read the metric "
        "files. Still billing: provisioned-model/b1c2d3e4f5a6."
    )
    run["clean_up"] = {
        "still_billing": ["provisioned-model/b1c2d3e4f5a6"],
        "taken_down": [f"custom model {RUN_ID}-1"],
    }
    return run
