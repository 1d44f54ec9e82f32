"""The CDK app: two stacks of one stage, their tags, and the rules that fail a synth."""

import json
import os
from pathlib import Path
from typing import Any

from aws_cdk import App, Environment, Tags, Validations
from aws_cdk import aws_lambda as lambda_
from cdk_nag import AwsSolutionsChecks

from stacks.config import COMMAND_LINE, ROOT, StageConfig, file_context, stage_config
from stacks.data_stack import DataStack
from stacks.recipes import recipes_of
from stacks.service_stack import ServiceStack
from tunedrop.settings import TAG_STAGE, stack_prefix


class SynthesisError(Exception):
    """cdk-nag found something that is neither mended nor acknowledged with a reason."""


def synthesize(app: App | None = None) -> None:
    """Write the cloud assembly; findings of cdk-nag are a `SynthesisError` that lists them."""
    app = app or application()
    try:
        app.synth()
    except RuntimeError as error:
        # The library fails like this for faults of its own too; only findings are in the report.
        if not _findings(Path(app.outdir)):
            raise
        raise SynthesisError(
            f"{error}\nMend each finding, or acknowledge it beside its resource with the reason."
        ) from error


def _findings(assembly: Path) -> list[str]:
    report = assembly / "validation-report.json"
    if not report.exists():
        return []
    plugins = json.loads(report.read_text(encoding="utf-8"))["pluginReports"]
    return [v["ruleName"] for plugin in plugins for v in plugin["violations"]]


def application(
    *,
    context: dict[str, Any] | None = None,
    outdir: str | None = None,
    code: lambda_.Code | None = None,
) -> App:
    """The app over cdk.json's context; `context` and the CDK CLI's own come on top of it.

    It does not need the CDK CLI: `python app.py` synthesizes too.
    """
    app = App(
        analytics_reporting=False,
        context={**file_context(), **(context or {})},
        outdir=outdir or os.environ.get("CDK_OUTDIR", str(ROOT / "cdk.out")),
    )
    _place_stacks(app, stage_config(_context(app)), code)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return app


def _place_stacks(app: App, config: StageConfig, code: lambda_.Code | None) -> None:
    env = Environment(account=config.account, region=config.region)
    prefix = stack_prefix(config.stage)
    data = DataStack(app, f"{prefix}-data", config=config, env=env)
    ServiceStack(
        app,
        f"{prefix}-service",
        env=env,
        stage=config.stage,
        datasets_bucket=data.datasets_bucket,
        artifacts_bucket=data.artifacts_bucket,
        runs_table=data.runs_table,
        key=data.key,
        recipes=recipes_of(
            config.recipe_directory,
            region=config.region,
            accept_retired_models=config.accept_retired_models,
        ),
        log_retention=config.log_retention,
        notification_emails=config.notification_emails,
        alarm_emails=config.alarm_emails,
        code=code,
    )
    Tags.of(app).add(TAG_STAGE, config.stage)


def _context(app: App) -> dict[str, Any]:
    found = {key: app.node.try_get_context(key) for key in ("stage", "stages", *COMMAND_LINE)}
    return {key: value for key, value in found.items() if value is not None}
