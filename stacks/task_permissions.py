"""What each function may do, state by state; what all of them may is in `everybody`."""

from collections.abc import Sequence

from stacks.permissions import Permission
from stacks.resources import (
    CUSTOM_MODEL,
    DEPLOYMENT,
    EVERYTHING,
    JOB,
    THROUGHPUT,
    Resources,
)

_READ = ("GetObject", "GetObjectVersion")
_WRITE = ("PutObject", "AbortMultipartUpload")

# What a client of an encrypted table needs of the table's key.
_TABLE_KEY = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)

Permissions = Sequence[Permission]


def everybody(r: Resources) -> Permissions:
    """Every function reads the record of its run and writes what it did into it."""
    return [
        r.records("GetItem", "PutItem", "UpdateItem"),
        r.use_key("dynamodb", actions=_TABLE_KEY),
    ]


def start_run(r: Resources) -> Permissions:
    """Answers every drop, and reads run requests; the right to start is granted by the intake."""
    return [
        r.use_key("s3"),
        r.objects(r.datasets_bucket, "datasets/", *_READ),
        r.listing(r.datasets_bucket, "datasets/"),
        r.objects(r.artifacts_bucket, "answers/", "GetObject", *_WRITE),
        r.listing(r.artifacts_bucket, "answers/"),
    ]


def prepare_run(r: Resources) -> Permissions:
    """Reads the recipe and the run request, and asks whether the run can reach service.

    A recipe's first run writes the parameter that applications read: the base model until then.
    """
    return [
        r.use_key("s3"),
        Permission(actions=["ssm:GetParameter"], resources=r.recipe_parameters()),
        r.objects(r.datasets_bucket, "datasets/", *_READ),
        r.listing(r.datasets_bucket, "datasets/"),
        r.base_models("GetFoundationModel"),
        r.bedrock_lists(
            "ListFoundationModels",
            "ListCustomModels",
            "ListCustomModelDeployments",
        ),
        *_model_parameters(r),
        _quotas(),
    ]


def validate_dataset(r: Resources) -> Permissions:
    """Reads the pinned versions, writes the findings, and looks for a run over the same bytes.

    Records are held against those that the champion was trained on, too: its run's fingerprints.
    """
    return [
        r.use_key("s3"),
        r.objects(r.datasets_bucket, "datasets/", *_READ),
        r.listing(r.datasets_bucket, "datasets/"),
        r.objects(r.artifacts_bucket, "runs/", "GetObject", *_WRITE, "PutObjectTagging"),
        r.listing(r.artifacts_bucket, "runs/"),
    ]


def upload_dataset(r: Resources) -> Permissions:
    """Reads the pinned versions and the findings, writes the training files, and copies media.

    Not before it has asked whether model units are free for what is to be trained. A copy is read
    and written by whoever asks for it, and its tags are new ones.
    """
    return [
        r.use_key("s3"),
        r.objects(r.datasets_bucket, "datasets/", *_READ),
        r.listing(r.datasets_bucket, "datasets/"),
        r.objects(r.artifacts_bucket, "runs/", "GetObject", *_WRITE, "PutObjectTagging"),
        r.bedrock_lists("ListProvisionedModelThroughputs"),
        _quotas(),
    ]


def create_customization_job(r: Resources) -> Permissions:
    """Creates the job under the customization role, and finds it again by its name."""
    return [
        r.base_models("CreateModelCustomizationJob", creating=True),
        r.create_in_bedrock("CreateModelCustomizationJob", "TagResource", on=(JOB, CUSTOM_MODEL)),
        r.bedrock("GetModelCustomizationJob", on=(JOB,)),
        Permission(
            actions=["iam:PassRole"],
            resources=[r.customization_role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}},
        ),
        _model_key(r),
    ]


def wait_for_customization_job(r: Resources) -> Permissions:
    """Looks at the job and stops one that is stuck; answering its token is granted apart."""
    return [
        r.bedrock("GetModelCustomizationJob", on=(JOB,)),
        r.own_bedrock("StopModelCustomizationJob", on=(JOB,)),
    ]


def evaluate_model(r: Resources) -> Permissions:
    """Reads the metric files that Bedrock wrote."""
    return [
        r.use_key("s3"),
        r.objects(r.artifacts_bucket, "training/", "GetObject"),
        r.listing(r.artifacts_bucket, "training/"),
    ]


def approve_deployment(r: Resources) -> Permissions:
    """Asks people."""
    return _announce(r)


def approve_commitment(r: Resources) -> Permissions:
    """Takes down what the model was tested on, passes the recipe's turn on, and asks people."""
    return [
        *_delete_deployments(r),
        # The turn to deploy for a recipe is an item; giving it back deletes it.
        r.records("DeleteItem"),
        *_announce(r),
    ]


def answer_approval(r: Resources) -> Permissions:
    """Asks STS who answers, for which nobody needs a right; answering tokens is granted apart."""
    return []


def provision_throughput(r: Resources) -> Permissions:
    """Buys model units, which bill from now on, in the recipe's turn."""
    return [
        # The throughput gets its name by this call, the custom model has its tag from the job.
        r.create_in_bedrock(
            "CreateProvisionedModelThroughput", "TagResource", on=(CUSTOM_MODEL, THROUGHPUT)
        ),
        r.bedrock("GetProvisionedModelThroughput", on=(THROUGHPUT,)),
        # Among the runs that wait for their turn the latest drop goes first; the turn of a run
        # that has to ask a person is given back, which deletes its item.
        r.runs_of_recipe(),
        r.records("DeleteItem"),
        _model_key(r),
    ]


def swap_throughput(r: Resources) -> Permissions:
    """Moves the champion's throughput to another model, and takes down what that was tested on."""
    return [
        *_swap(r),
        *_delete_deployments(r),
        # Among the runs that wait for their turn the latest drop goes first; the turn of a run
        # that waits for its recipe's window is given back, which deletes its item.
        r.runs_of_recipe(),
        r.records("DeleteItem"),
    ]


def deploy_on_demand(r: Resources) -> Permissions:
    """Creates the deployment, in the recipe's turn."""
    return [
        r.create_in_bedrock(
            "CreateCustomModelDeployment", "TagResource", on=(CUSTOM_MODEL, DEPLOYMENT)
        ),
        r.bedrock("GetCustomModelDeployment", on=(DEPLOYMENT,)),
        # Without room for it, the champion's throughput may be what the recipe's window opens.
        r.bedrock("GetProvisionedModelThroughput", on=(THROUGHPUT,)),
        # Among the runs that wait for their turn the latest drop goes first.
        r.runs_of_recipe(),
        _model_key(r),
    ]


def wait_for_deployment(r: Resources) -> Permissions:
    """Looks at what is being deployed."""
    return [
        r.bedrock("GetProvisionedModelThroughput", on=(THROUGHPUT,)),
        r.bedrock("GetCustomModelDeployment", on=(DEPLOYMENT,)),
    ]


def test_deployment(r: Resources) -> Permissions:
    """Asks the custom model, the champion and the base model, and writes their answers."""
    return [
        r.use_key("s3"),
        # What is larger than a part is read at the version of its first one.
        r.objects(r.artifacts_bucket, "runs/", *_READ, *_WRITE, "PutObjectTagging"),
        r.listing(r.artifacts_bucket, "runs/"),
        # The general test set, and images that records of old runs name where they were dropped.
        r.objects(r.datasets_bucket, "datasets/", *_READ),
        r.own_bedrock("InvokeModel", on=(THROUGHPUT, DEPLOYMENT)),
        # Whether the champion answers, and its throughput suits the model that has passed.
        r.bedrock("GetProvisionedModelThroughput", on=(THROUGHPUT,)),
        r.bedrock("GetCustomModelDeployment", on=(DEPLOYMENT,)),
        *r.invoke_base_models(r.known_models),
        r.use_key("bedrock", actions=["kms:Decrypt"]),
    ]


def promote_model(r: Resources) -> Permissions:
    """Writes the champion and the parameter that applications read."""
    return _model_parameters(r)


def clean_up(r: Resources) -> Permissions:
    """Stops and deletes what a run left behind, of this stage only; swaps the champion back."""
    return [*_take_down(r), *_swap(r)]


def record_outcome(r: Resources) -> Permissions:
    """Writes the record, the report and the answer, and tells people."""
    return [
        r.use_key("s3"),
        r.objects(r.artifacts_bucket, "runs/", *_READ, *_WRITE),
        r.objects(r.artifacts_bucket, "answers/", "GetObject", *_WRITE),
        r.listing(r.artifacts_bucket, "runs/", "answers/"),
        *_announce(r),
        # The turn to deploy for a recipe is an item; giving it back deletes it.
        r.records("DeleteItem"),
    ]


def resume_run(r: Resources) -> Permissions:
    """Looks at the job that Bedrock's event is about, as the state that waits for it does."""
    return wait_for_customization_job(r)


def sweep(r: Resources) -> Permissions:
    """Finds what carries our tags and has no living owner, and takes it down."""
    return [
        r.bedrock_lists(
            "ListModelCustomizationJobs",
            "ListCustomModels",
            "ListProvisionedModelThroughputs",
            "ListCustomModelDeployments",
        ),
        r.bedrock("ListTagsForResource", on=EVERYTHING),
        *_take_down(r),
        *_swap(r),
        r.runs_of_recipe(),
        Permission(actions=["ssm:GetParameter"], resources=r.recipe_parameters()),
        r.every_model_parameter(),
        *_announce(r),
    ]


def _announce(r: Resources) -> Permissions:
    topic = r.notifications_topic.topic_arn
    return [Permission(actions=["sns:Publish"], resources=[topic]), r.use_key("sns")]


def _model_parameters(r: Resources) -> Permissions:
    actions = ["ssm:GetParameter", "ssm:PutParameter"]
    return [Permission(actions=actions, resources=r.model_parameters())]


def _quotas() -> Permission:
    return Permission(
        actions=["servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota"],
        resources=["*"],
        why="Reading quotas takes no resource.",
    )


def _swap(r: Resources) -> Permissions:
    # Throughput is moved to a custom model of this stage's, never to a base model.
    return [
        r.bedrock("GetProvisionedModelThroughput", on=(THROUGHPUT,)),
        r.own_bedrock("UpdateProvisionedModelThroughput", on=(THROUGHPUT, CUSTOM_MODEL)),
        _model_key(r),
    ]


def _take_down(r: Resources) -> Permissions:
    return [
        r.bedrock("GetModelCustomizationJob", on=(JOB,)),
        r.own_bedrock("StopModelCustomizationJob", on=(JOB,)),
        r.bedrock("GetCustomModel", on=(CUSTOM_MODEL,)),
        r.own_bedrock("DeleteCustomModel", on=(CUSTOM_MODEL,)),
        *_delete_deployments(r),
    ]


def _delete_deployments(r: Resources) -> Permissions:
    # What is gone has no tags, so that IAM would refuse to delete it: each is looked up before.
    return [
        r.bedrock("GetProvisionedModelThroughput", on=(THROUGHPUT,)),
        r.own_bedrock("DeleteProvisionedModelThroughput", on=(THROUGHPUT,)),
        r.bedrock("GetCustomModelDeployment", on=(DEPLOYMENT,)),
        r.own_bedrock("DeleteCustomModelDeployment", on=(DEPLOYMENT,)),
    ]


def _model_key(r: Resources) -> Permission:
    # Bedrock takes its own grant on the key in the name of whoever creates the job or deployment.
    return r.use_key(
        "bedrock",
        actions=["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant"],
    )
