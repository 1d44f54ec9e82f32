"""Rules about the order of turns."""

from collections.abc import Iterator, Sequence

from tunedrop.dataset.findings import Fault
from tunedrop.dataset.records import Role, Turn


def turn_faults(turns: Sequence[Turn], shift: int, last: Role) -> Iterator[Fault]:
    """Every rule that the roles break; `shift` messages stand before the first turn.

    A dialogue ends with the assistant's turn, a prompt with the user's.
    """
    if not turns:
        yield Fault(code="no-turns", message="the record has no turns", field="messages")
        return
    if turns[0].role != "user":
        message = f'the first turn has role "{turns[0].role}"; a record must begin with a user turn'
        yield Fault(code="first-turn-not-user", message=message, field=f"messages[{shift}].role")
    for index in range(1, len(turns)):
        if turns[index].role == turns[index - 1].role:
            message = f'two turns in a row have role "{turns[index].role}"; roles must alternate'
            field = f"messages[{index + shift}].role"
            yield Fault(code="turns-do-not-alternate", message=message, field=field)
    if turns[-1].role != last:
        ending = "an assistant" if last == "assistant" else "a user"
        message = f'the last turn has role "{turns[-1].role}"; a record must end with {ending} turn'
        code = "last-turn-not-assistant" if last == "assistant" else "last-turn-not-user"
        yield Fault(code=code, message=message, field=f"messages[{len(turns) - 1 + shift}].role")
