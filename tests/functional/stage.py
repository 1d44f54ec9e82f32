"""Makes a fresh stage in the quick cloud."""

from tests.functional.ground import ENDING_AT_ONCE, WAITING, Ground
from tests.functional.samples import RECIPE, unique
from tests.functional.world import World
from tunedrop.services import Services
from tunedrop.settings import Settings


def build_world(ground: Ground, **changes: str) -> World:
    """A fresh stage."""
    stage, s3 = unique("stage"), ground.client("s3")
    for kind in ("datasets", "artifacts"):
        s3.create_bucket(Bucket=f"{stage}-{kind}")
        s3.put_bucket_versioning(
            Bucket=f"{stage}-{kind}", VersioningConfiguration={"Status": "Enabled"}
        )
    _create_table(ground, stage)
    topic = ground.client("sns").create_topic(Name=stage)["TopicArn"]
    queue = _subscribed_queue(ground, stage, topic)
    given = {
        "tunedrop_stage": stage,
        "datasets_bucket": f"{stage}-datasets",
        "artifacts_bucket": f"{stage}-artifacts",
        "runs_table": stage,
        "notifications_topic_arn": topic,
        "customization_role_arn": ground.customization_role_arn,
        "model_key_arn": ground.key_arn,
        "recipe_names": RECIPE,
        "create_timeout_seconds": "90",
        "state_machine_arn": ground.machine(WAITING),
        "clean_up_state_machine_arn": ground.machine(ENDING_AT_ONCE),
    }
    return World(
        ground=ground, services=Services(Settings(**{**given, **changes})), queue_url=queue
    )


def _create_table(ground: Ground, name: str) -> None:
    ground.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in ("pk", "recipe", "started_at")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_recipe",
                "KeySchema": [
                    {"AttributeName": "recipe", "KeyType": "HASH"},
                    {"AttributeName": "started_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )


def _subscribed_queue(ground: Ground, name: str, topic: str) -> str:
    sqs = ground.client("sqs")
    url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    ground.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    return url
