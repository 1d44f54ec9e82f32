"""Serves `tunedrop approve` and `decline`: answers a run in the name of its verified caller."""

from typing import Any

from msgspec import Struct

from lambdas.runtime import dump, logger, parse, services


class AnswerApprovalInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer, and the signed request by which STS says whose it is.

    `commitment` is the term that is approved, where one is.
    """

    run_id: str
    approved: bool
    proof: str
    commitment: str = ""


class AnswerApprovalOutput(Struct, frozen=True, kw_only=True):
    """Who answered, by AWS's word."""

    answered_by: str


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer the run's question; the same answer again is taken for the first, another is not."""
    given = parse(event, AnswerApprovalInput)
    by = services().approval_desk.answer(
        given.run_id,
        given.proof,
        services().now(),
        approved=given.approved,
        commitment=given.commitment,
    )
    return dump(AnswerApprovalOutput(answered_by=by))
