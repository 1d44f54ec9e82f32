"""Asks IAM about the requests that roles sign, so that a missing grant fails here as on AWS.

Requests of the developer's own keys are not asked about.
"""

import json
import logging
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

from localcloud.bedrock.policy import Decision, Question, decide
from localcloud.bedrock.principals import Caller, Document, caller_of, role_documents
from localcloud.dispatcher import App, Environ
from localcloud.iam.object_permissions import bucket_policy, object_questions
from localcloud.iam.service_permissions import service_questions
from localcloud.iam.signed_request import Request, read_request
from localcloud.place import ACCOUNT

_log = logging.getLogger(__name__)
_CODES = {"sns": "AuthorizationError", "s3": "AccessDenied", "sqs": "AccessDenied"}
_XML = ("s3", "sns")


class Authorization:
    """A WSGI application that passes on what is allowed."""

    def __init__(self, app: App) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        request = read_request(environ)
        caller = caller_of(request.access_key) if request.access_key else None
        refusal = _refusal(request, caller) if caller else None
        if refusal:
            _log.warning("refused: %s", refusal)
            return _denied(request.service, refusal, start_response)
        return self._app(environ, start_response)


def _refusal(request: Request, caller: Caller) -> str | None:
    """Why the caller may not do what the request asks for, in AWS's words; None if it may."""
    documents = role_documents(caller.role_arn)
    for question in _questions(request):
        asked = _asked_by(caller, question)
        decision = decide([*documents, *_resource_documents(asked)], asked)
        if decision is not Decision.ALLOWED:
            return _words(asked, caller, decision)
    return None


def _questions(request: Request) -> Iterator[Question]:
    yield from object_questions(request) if request.service == "s3" else service_questions(request)


def _asked_by(caller: Caller, question: Question) -> Question:
    context = {
        "aws:PrincipalArn": caller.role_arn,
        "aws:PrincipalAccount": ACCOUNT,
        "aws:ResourceAccount": ACCOUNT,
        "aws:SecureTransport": "true",
        **question.context,
    }
    principals = frozenset({("AWS", caller.role_arn), ("AWS", caller.arn)})
    return replace(question, context=context, principals=principals)


def _resource_documents(question: Question) -> list[Document]:
    policy = bucket_policy(question.resource) if question.action.startswith("s3:") else None
    return [policy] if policy else []


def _words(question: Question, caller: Caller, decision: Decision) -> str:
    why = (
        "with an explicit deny in a policy"
        if decision is Decision.EXPLICITLY_DENIED
        else f"because no identity-based policy allows the {question.action} action"
    )
    return (
        f"User: {caller.arn} is not authorized to perform: {question.action} on resource: "
        f"{question.resource} {why}"
    )


def _denied(service: str, message: str, start_response: Any) -> Iterable[bytes]:
    code = _CODES.get(service, "AccessDeniedException")
    body = _body(service, code, message).encode()
    kind = "application/xml" if service in _XML else "application/x-amz-json-1.0"
    status = "403 Forbidden" if service in (*_XML, "lambda") else "400 Bad Request"
    headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
    answer = [("x-amzn-errortype", code), ("x-amzn-RequestId", str(uuid.uuid4()))]
    start_response(status, [*headers, *answer])
    return [body]


def _body(service: str, code: str, message: str) -> str:
    if service not in _XML:
        return json.dumps({"__type": code, "message": message, "Message": message})
    error = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if service == "s3":
        return f"<Error>{error}</Error>"
    return f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>"
