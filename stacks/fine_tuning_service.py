"""The whole service as one construct, for this app's stack or for a stack of your own."""

from collections.abc import Sequence

from aws_cdk import CfnOutput
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.alarms import Alarms
from stacks.clean_up import CleanUpAfterEnd, allow_nested_execution
from stacks.customization_role import CustomizationRole
from stacks.intake import Intake
from stacks.lambda_bundle import bundled_code
from stacks.log_groups import LogGroups
from stacks.notifications import let_alarms_publish, let_services_use, topic
from stacks.recipes import RecipeParameters, allow_owners, allow_use, with_base_models
from stacks.resources import Resources
from stacks.resume import Resume
from stacks.retention import delete_in_time
from stacks.sweep import Sweep
from stacks.task_functions import CREATE_TIMEOUT, FunctionSettings, task_functions
from stacks.workflow import DEFINITIONS, Workflow
from tunedrop.errors import InvalidInputError
from tunedrop.recipe import Recipe
from tunedrop.settings import SERVICE_NAME


class FineTuningService(Construct):
    """Datasets in, fine-tuned models in service on Amazon Bedrock out.

    Place it in any stack that has a concrete Region in which Bedrock customizes the recipes' base
    models::

        FineTuningService(
            self, "FineTuning",
            stage="prod",
            datasets_bucket=datasets,   # versioned, sends its events to EventBridge
            artifacts_bucket=artifacts, # the service alone writes here
            runs_table=runs,            # key `pk`, index `by_recipe` (`recipe`, `started_at`)
            key=key,                    # encrypts all of the above; its policy gets statements
            recipes=load_directory(Path("recipes")),
        )

    `stacks.data_stack.DataStack` makes the four data resources as the service wants them. A `key`
    that was imported must let CloudWatch Logs and alarms use it (see `stacks.notifications`). For
    recipes with `data.retention` the buckets get lifecycle rules, and must be made in the app.
    `stage` separates services of one account and Region: it is part of parameter names and tags.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: str,
        datasets_bucket: s3.IBucket,
        artifacts_bucket: s3.IBucket,
        runs_table: dynamodb.ITable,
        key: kms.IKey,
        recipes: Sequence[Recipe],
        log_retention: logs.RetentionDays = logs.RetentionDays.THREE_MONTHS,
        notification_emails: Sequence[str] = (),
        alarm_emails: Sequence[str] = (),
        code: lambda_.Code | None = None,
    ) -> None:
        """`code` replaces the bundle of this repository, which tests do without."""
        super().__init__(scope, id)
        self._recipes = {recipe.name: recipe for recipe in recipes}
        let_services_use(key, self)
        delete_in_time(datasets_bucket, artifacts_bucket, recipes)
        self._place_topics(key, notification_emails, alarm_emails)
        role = CustomizationRole(self, "CustomizationRole", bucket=artifacts_bucket, key=key)
        self._resources = Resources(
            scope=self,
            stage=stage,
            datasets_bucket=datasets_bucket,
            artifacts_bucket=artifacts_bucket,
            runs_table=runs_table,
            key=key,
            recipes=with_base_models(recipes),
            notifications_topic=self.notifications_topic,
            customization_role=role,
        )
        log_groups = LogGroups(retention=log_retention, key=key)
        self._place_functions(code or bundled_code(), log_groups)
        self._place_workflows(log_groups)
        self._place_events()
        self._place_recipes()
        self._place_outputs()

    def grant_use(self, grantee: iam.IGrantable, recipe: str) -> None:
        """Let a principal drop datasets of a recipe, read what became of them, use its model.

        That is: write `datasets/<recipe>/`, read that recipe's answers and runs, use the key for
        these, read its model parameter and invoke its models; nothing else.
        """
        if recipe not in self._recipes:
            raise InvalidInputError(
                f'There is no recipe "{recipe}". '
                f"The service has: {', '.join(sorted(self._recipes))}."
            )
        allow_use(grantee, self._resources, self._recipes[recipe])

    def _place_topics(self, key: kms.IKey, people: Sequence[str], on_call: Sequence[str]) -> None:
        self.notifications_topic = topic(self, "Notifications", key=key, emails=people)
        self.alarms_topic = topic(self, "Pages", key=key, emails=on_call)
        let_alarms_publish(self.alarms_topic)

    def _environment(self) -> dict[str, str]:
        r = self._resources
        return {
            "TUNEDROP_STAGE": r.stage,
            "DATASETS_BUCKET": r.datasets_bucket.bucket_name,
            "ARTIFACTS_BUCKET": r.artifacts_bucket.bucket_name,
            "RUNS_TABLE": r.runs_table.table_name,
            "NOTIFICATIONS_TOPIC_ARN": r.notifications_topic.topic_arn,
            "CUSTOMIZATION_ROLE_ARN": r.customization_role.role_arn,
            "MODEL_KEY_ARN": r.key.key_arn,
            "RECIPE_NAMES": ",".join(sorted(self._recipes)),
            "CREATE_TIMEOUT_SECONDS": str(CREATE_TIMEOUT),
            "POWERTOOLS_SERVICE_NAME": SERVICE_NAME,
        }

    def _place_functions(self, code: lambda_.Code, log_groups: LogGroups) -> None:
        settings = FunctionSettings(code=code, environment=self._environment(), logs=log_groups)
        self._functions = task_functions(self, resources=self._resources, settings=settings)

    def _place_workflows(self, log_groups: LogGroups) -> None:
        self.clean_up_run = Workflow(
            self,
            "CleanUpRun",
            definition=DEFINITIONS / "clean_up_run.asl.json",
            functions=self._functions,
            logs=log_groups,
        )
        self.fine_tuning = Workflow(
            self,
            "FineTuning",
            definition=DEFINITIONS / "fine_tuning.asl.json",
            functions=self._functions,
            substitutions={"CleanUpRunStateMachineArn": self.clean_up_run.arn},
            logs=log_groups,
        )
        allow_nested_execution(self.fine_tuning, self.clean_up_run)

    def _place_events(self) -> None:
        functions = self._functions
        machines = {"fine_tuning": self.fine_tuning, "clean_up_run": self.clean_up_run}
        intake = Intake(
            self,
            "Intake",
            bucket=self._resources.datasets_bucket,
            start_run=functions["StartRun"],
            fine_tuning=self.fine_tuning,
        )
        Resume(
            self,
            "Resume",
            resume_run=functions["ResumeRun"],
            answering=(functions["WaitForCustomizationJob"], functions["AnswerApproval"]),
            fine_tuning=self.fine_tuning,
        )
        CleanUpAfterEnd(self, "CleanUpAfterEnd", **machines)
        Sweep(self, "HourlySweep", function=functions["Sweep"], **machines)
        Alarms(
            self,
            "Alarms",
            stage=self._resources.stage,
            topic=self.alarms_topic,
            dead_letter_queue=intake.dead_letter_queue,
            clean_up_run=self.clean_up_run,
            sweep=functions["Sweep"],
        )

    def _place_recipes(self) -> None:
        recipes = list(self._recipes.values())
        stage = self._resources.stage
        parameters = RecipeParameters(self, "Recipes", stage=stage, recipes=recipes)
        for recipe in recipes:
            allow_owners(parameters, self._resources, recipe)

    def _place_outputs(self) -> None:
        _output(self, "StateMachineArn", self.fine_tuning.arn)
        _output(self, "NotificationsTopicArn", self.notifications_topic.topic_arn)
        _output(self, "AlarmsTopicArn", self.alarms_topic.topic_arn)
        approval = self._functions["AnswerApproval"].function
        _output(self, "AnswerApprovalFunctionName", approval.function_name)


def _output(scope: Construct, name: str, value: str) -> None:
    # People and scripts read these names, so they carry no path of constructs.
    CfnOutput(scope, name, value=value).override_logical_id(name)
