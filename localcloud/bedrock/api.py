"""The WSGI application that answers as Amazon Bedrock, its runtime and its service quotas."""

import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from botocore.model import OperationModel

from localcloud.bedrock import (
    custom_models,
    deployments,
    foundation_models,
    jobs,
    runtime,
    service_quotas,
    tags,
    throughputs,
)
from localcloud.bedrock.authorization import authorize
from localcloud.bedrock.catalog import load_catalog
from localcloud.bedrock.cloud import Answer, Call, Cloud, Handler
from localcloud.bedrock.constraints import validation_message, violations
from localcloud.bedrock.errors import ServiceError, invalid
from localcloud.bedrock.fault_book import Fault, FaultBook, parse_fault
from localcloud.bedrock.faults import PATH as FAULTS_PATH
from localcloud.bedrock.quota_values import QuotaValues
from localcloud.bedrock.wire import HttpAnswer, HttpRequest, Wire, answer, error_answer

_log = logging.getLogger(__name__)
_FAULT_MESSAGES = {
    "ThrottlingException": "Too many requests, please wait before trying again.",
    "InternalServerException": "The server encountered an internal error.",
    "ServiceUnavailableException": "Bedrock is unable to process your request.",
}
_HANDLERS: Mapping[str, Handler] = {
    "CreateModelCustomizationJob": jobs.create,
    "GetModelCustomizationJob": jobs.get,
    "StopModelCustomizationJob": jobs.stop,
    "ListModelCustomizationJobs": jobs.listed,
    "GetCustomModel": custom_models.get,
    "DeleteCustomModel": custom_models.delete,
    "ListCustomModels": custom_models.listed,
    "CreateProvisionedModelThroughput": throughputs.create,
    "GetProvisionedModelThroughput": throughputs.get,
    "UpdateProvisionedModelThroughput": throughputs.update,
    "DeleteProvisionedModelThroughput": throughputs.delete,
    "ListProvisionedModelThroughputs": throughputs.listed,
    "CreateCustomModelDeployment": deployments.create,
    "GetCustomModelDeployment": deployments.get,
    "UpdateCustomModelDeployment": deployments.update,
    "DeleteCustomModelDeployment": deployments.delete,
    "ListCustomModelDeployments": deployments.listed,
    "GetFoundationModel": foundation_models.get,
    "ListFoundationModels": foundation_models.listed,
    "TagResource": tags.tag,
    "UntagResource": tags.untag,
    "ListTagsForResource": tags.listed,
    "InvokeModel": runtime.invoke,
    "Converse": runtime.converse,
    "GetServiceQuota": service_quotas.get,
    "GetAWSDefaultServiceQuota": service_quotas.get_default,
    "ListServiceQuotas": service_quotas.listed,
}


class BedrockApp:
    """Bedrock in one Python object; `pace` is emulated seconds per real second."""

    def __init__(self, endpoint_url: str, *, keep_retired: bool, pace: float) -> None:
        catalog = load_catalog(keep_retired=keep_retired)
        self.cloud = Cloud(
            endpoint_url=endpoint_url,
            pace=pace,
            catalog=catalog,
            quotas=QuotaValues(catalog),
            faults=FaultBook(),
        )
        self._wire = Wire()

    def __call__(
        self, environ: Mapping[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer one HTTP request."""
        request = _http_request(environ)
        if request.path == FAULTS_PATH:
            reply = self._answer_faults(request)
        else:
            reply = self._answer(request)
        status = HTTPStatus(reply.status)
        length = ("Content-Length", str(len(reply.body)))
        start_response(f"{status.value} {status.phrase}", [*reply.headers.items(), length])
        return [reply.body]

    def close(self) -> None:
        """Let every job's thread end."""
        self.cloud.closing.set()
        for state in self.cloud.states():
            with state.lock:
                for job in state.jobs.values():
                    job.interrupted.set()

    def _answer(self, request: HttpRequest) -> HttpAnswer:
        operation: OperationModel | None = None
        try:
            operation, parameters = self._wire.parse(request)
            return answer(operation, self._result(request, operation, parameters))
        except ServiceError as error:
            return error_answer(operation, error)
        except Exception as error:
            _log.exception("%s %s", request.method, request.path)
            return error_answer(operation, ServiceError("InternalServerException", str(error)))

    def _result(
        self, request: HttpRequest, operation: OperationModel, parameters: Mapping[str, Any]
    ) -> Answer:
        handler = _HANDLERS.get(operation.name)
        if handler is None:
            raise ServiceError(
                "UnknownOperationException",
                f"The embedded cloud does not implement {operation.name}.",
            )
        call = Call(
            cloud=self.cloud,
            state=self.cloud.state(request.region),
            operation=operation.name,
            parameters=parameters,
            access_key=request.access_key,
        )
        self._strike_before(call)
        broken = violations(operation.input_shape, parameters) if operation.input_shape else []
        if broken:
            raise invalid(validation_message(broken))
        authorize(call)
        result = handler(call)
        self._strike_after(call)
        return result

    def _strike_before(self, call: Call) -> None:
        slow = self._take("slow", call)
        if slow is not None:
            time.sleep(slow.delay)
        error = self._take("error", call)
        if error is not None:
            raise _fault_error(error, "ThrottlingException")

    def _strike_after(self, call: Call) -> None:
        lost = self._take("lost_answer", call)
        if lost is not None:
            raise _fault_error(lost, "InternalServerException")

    def _take(self, kind: str, call: Call) -> Fault | None:
        if not self.cloud.faults:
            return None
        text = json.dumps(call.parameters, default=str)
        return self.cloud.faults.take((kind,), operation=call.operation, text=text)

    def _answer_faults(self, request: HttpRequest) -> HttpAnswer:
        try:
            if request.method == "POST":
                self._order(parse_fault(request.body))
            elif request.method == "DELETE":
                self.cloud.faults.clear()
                self.cloud.quotas.reset()
        except ServiceError as error:
            return error_answer(None, error)
        listed = {"faults": self.cloud.faults.left(), "quotas": self.cloud.quotas.changes()}
        headers = {"Content-Type": "application/json"}
        return HttpAnswer(status=200, headers=headers, body=json.dumps(listed).encode())

    def _order(self, fault: Fault) -> None:
        if fault.kind != "quota":
            self.cloud.faults.order(fault)
        elif fault.quota is not None and fault.value is not None:
            self.cloud.quotas.change(fault.quota, fault.value)


def _fault_error(fault: Fault, code: str) -> ServiceError:
    time.sleep(fault.delay)
    code = fault.code or code
    return ServiceError(code, fault.message or _FAULT_MESSAGES.get(code, "Ordered by a fault."))


def _http_request(environ: Mapping[str, Any]) -> HttpRequest:
    headers = {
        name[5:].lower().replace("_", "-"): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    headers |= {"content-type": environ.get("CONTENT_TYPE", "")}
    length = int(environ.get("CONTENT_LENGTH") or 0)
    return HttpRequest(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
        query=parse_qs(environ.get("QUERY_STRING", "")),
        headers=headers,
        body=environ["wsgi.input"].read(length),
    )
