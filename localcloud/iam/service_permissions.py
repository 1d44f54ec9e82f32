"""The actions and resources of requests to the services that name their resources in the body.

Taken from the service authorization reference; operations that are not listed need the action of
their own name on every resource.
"""

from collections.abc import Callable, Iterator
from urllib.parse import unquote

from moto.dynamodb.models import dynamodb_backends
from moto.sns.models import sns_backends
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from localcloud.bedrock.policy import Question
from localcloud.iam.signed_request import Request
from localcloud.place import ACCOUNT

_TRANSACTION_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_WITH_KEY = ("Decrypt", "GenerateDataKey")


def service_questions(request: Request) -> Iterator[Question]:
    """The questions about a request; none for services that are not known here."""
    if reader := _READERS.get(request.service):
        yield from reader(request)


def key_questions(request: Request, key_arn: str | None) -> Iterator[Question]:
    """What a role needs of the key with which a service encrypts for it."""
    if not key_arn:
        return
    via = f"{request.service}.{request.region}.amazonaws.com"
    for action in _WITH_KEY:
        yield Question(action=f"kms:{action}", resource=key_arn, context={"kms:ViaService": via})


def _dynamodb(request: Request) -> Iterator[Question]:
    given = request.parameters
    if "TransactItems" in given:
        for item in given["TransactItems"]:
            for kind, body in item.items():
                yield from _on_table(request, _TRANSACTION_ACTIONS[kind], body["TableName"])
    elif "RequestItems" in given:
        for table in given["RequestItems"]:
            yield from _on_table(request, request.operation, table)
    elif "TableName" in given:
        index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
        yield from _on_table(request, request.operation, given["TableName"], index)


def _on_table(request: Request, action: str, table: str, index: str = "") -> Iterator[Question]:
    name = table.rpartition("/")[2]
    arn = f"arn:aws:dynamodb:{request.region}:{ACCOUNT}:table/{name}"
    yield Question(action=f"dynamodb:{action}", resource=arn + index)
    known = dynamodb_backends[ACCOUNT][request.region].tables.get(name)
    encryption = (known and known.sse_specification) or {}
    key = encryption.get("KMSMasterKeyId")
    yield from key_questions(request, key if key and key.startswith("arn:") else None)


def _ssm(request: Request) -> Iterator[Question]:
    given = request.parameters
    names = given.get("Names") or [given.get("Name") or given.get("Path") or ""]
    for name in names:
        arn = f"arn:aws:ssm:{request.region}:{ACCOUNT}:parameter/{name.lstrip('/')}"
        yield Question(action=f"ssm:{request.operation}", resource=arn if name else "*")


def _sqs(request: Request) -> Iterator[Question]:
    queue = str(request.parameters.get("QueueUrl", "*")).rpartition("/")[2]
    arn = f"arn:aws:sqs:{request.region}:{ACCOUNT}:{queue}"
    yield Question(action=f"sqs:{request.operation.removesuffix('Batch')}", resource=arn)


def _sns(request: Request) -> Iterator[Question]:
    arn = str(request.parameters.get("TopicArn", "*"))
    yield Question(action=f"sns:{request.operation}", resource=arn)
    topic = sns_backends[ACCOUNT][request.region].topics.get(arn)
    key = topic.kms_master_key_id if topic else None
    yield from key_questions(request, key if key and key.startswith("arn:") else None)


def _states(request: Request) -> Iterator[Question]:
    given = request.parameters
    arn = given.get("stateMachineArn") or given.get("executionArn") or "*"
    if "taskToken" in given:
        arn = _machine_of_token(request.region, given["taskToken"])
    yield Question(action=f"states:{request.operation}", resource=arn)


def _machine_of_token(region: str, token: str) -> str:
    for execution in stepfunctions_parser_backends[ACCOUNT][region]._get_executions():
        env = execution.exec_worker.env
        if env and env.callback_pool_manager.get(token):
            return str(execution.state_machine_arn)
    return "*"


def _kms(request: Request) -> Iterator[Question]:
    key = str(request.parameters.get("KeyId", "*"))
    arn = key if key.startswith(("arn:", "*")) else _arn(request, "kms", f"key/{key}")
    yield Question(action=f"kms:{request.operation}", resource=arn)


def _events(request: Request) -> Iterator[Question]:
    if request.operation == "PutEvents":
        for entry in request.parameters.get("Entries", []):
            bus = str(entry.get("EventBusName", "default")).rpartition("/")[2]
            arn = _arn(request, "events", f"event-bus/{bus}")
            yield Question(action="events:PutEvents", resource=arn)


def _lambda(request: Request) -> Iterator[Question]:
    if request.path.endswith("/invocations"):
        name = unquote(request.path.split("/")[-2])
        qualifier = request.query.get("Qualifier")
        arn = name if name.startswith("arn:") else _arn(request, "lambda", f"function:{name}")
        full = f"{arn}:{qualifier}" if qualifier else arn
        yield Question(action="lambda:InvokeFunction", resource=full)


def _arn(request: Request, service: str, resource: str) -> str:
    return f"arn:aws:{service}:{request.region}:{ACCOUNT}:{resource}"


_READERS: dict[str, Callable[[Request], Iterator[Question]]] = {
    "dynamodb": _dynamodb,
    "ssm": _ssm,
    "sqs": _sqs,
    "sns": _sns,
    "states": _states,
    "kms": _kms,
    "events": _events,
    "lambda": _lambda,
}
