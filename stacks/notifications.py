"""Who hears what: one topic for what becomes of runs, one for what somebody must look at."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

# In a key's own policy this means the key, which it cannot name otherwise.
_THIS_KEY = ["*"]


def topic(scope: Construct, id: str, *, key: kms.IKey, emails: Sequence[str]) -> sns.Topic:
    """A topic under the key, for TLS publishers only, with its e-mail subscribers."""
    created = sns.Topic(scope, id, master_key=key, enforce_ssl=True)
    for email in emails:
        created.add_subscription(subscriptions.EmailSubscription(email))
    return created


def let_alarms_publish(topic: sns.Topic) -> None:
    """Let CloudWatch's alarms of this account publish.

    A topic with a policy of its own, such as the one about TLS, has lost the default policy by
    which they could.
    """
    stack = Stack.of(topic)
    statement = iam.PolicyStatement(
        sid="Alarms",
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=["sns:Publish"],
        resources=[topic.topic_arn],
        conditions=_by_alarms_of(stack),
    )
    topic.add_to_resource_policy(statement)


def let_services_use(key: kms.IKey, scope: Construct) -> None:
    """Let CloudWatch use the key for alarms to the topic and for log groups.

    Both act in their own name, so that the key's policy has to name them; EventBridge, which
    delivers to queues with SQS's own key, does not need it. The actions are those that AWS
    documents. Has no effect on an imported key.
    """
    stack = Stack.of(scope)
    log_groups = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:*"
    key.add_to_resource_policy(_for_alarms(stack))
    key.add_to_resource_policy(_for_logs(log_groups, stack.region))


def _by_alarms_of(stack: Stack) -> dict[str, dict[str, str]]:
    alarms = f"arn:{stack.partition}:cloudwatch:{stack.region}:{stack.account}:alarm:*"
    return {
        "StringEquals": {"aws:SourceAccount": stack.account},
        "ArnLike": {"aws:SourceArn": alarms},
    }


def _for_alarms(stack: Stack) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="AlarmsToTopics",
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=["kms:Decrypt", "kms:GenerateDataKey*"],
        resources=_THIS_KEY,
        conditions=_by_alarms_of(stack),
    )


def _for_logs(log_groups: str, region: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="LogGroups",
        principals=[iam.ServicePrincipal(f"logs.{region}.amazonaws.com")],
        actions=[
            "kms:Encrypt*",
            "kms:Decrypt*",
            "kms:ReEncrypt*",
            "kms:GenerateDataKey*",
            "kms:Describe*",
        ],
        resources=_THIS_KEY,
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
    )
