"""Reads synthesized templates: resources by type, functions by state, statements by role."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Resource = dict[str, Any]


@dataclass(frozen=True)
class Synthesized:
    """One template."""

    template: dict[str, Any]

    @classmethod
    def read(cls, directory: Path, stack: str) -> "Synthesized":
        return cls(json.loads((directory / f"{stack}.template.json").read_text()))

    def of_type(self, type_: str) -> dict[str, Resource]:
        resources = self.template["Resources"].items()
        return {id_: r for id_, r in resources if r["Type"] == type_}

    def only(self, type_: str, prefix: str = "") -> Resource:
        """The one resource of a type whose logical id begins like this."""
        found = [r for id_, r in self.of_type(type_).items() if id_.startswith(prefix)]
        assert len(found) == 1, f"{len(found)} of {type_} begin with {prefix}"
        return found[0]

    def functions(self) -> dict[str, Resource]:
        """The functions by the names of their states."""
        functions = self.of_type("AWS::Lambda::Function").values()
        return {f["Properties"]["Description"].removeprefix("Tunedrop: "): f for f in functions}

    def statements(self, role: str) -> list[dict[str, Any]]:
        """What the role may do whose logical id begins like this."""
        role_id = next(id_ for id_ in self.of_type("AWS::IAM::Role") if id_.startswith(role))
        return [s for holder, s in self.all_statements() if role_id in holder]

    def all_statements(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every statement with the logical ids (as text) of the principals that it is given to."""
        for policy in self.of_type("AWS::IAM::Policy").values():
            properties = policy["Properties"]
            holders = json.dumps([properties.get("Roles"), properties.get("Users")])
            for statement in properties["PolicyDocument"]["Statement"]:
                yield holders, statement

    def may(self, role: str, action: str) -> list[dict[str, Any]]:
        """The statements that let the role do this."""
        return [s for s in self.statements(role) if action in listed(s["Action"])]

    def definition(self, prefix: str) -> dict[str, Any]:
        """The state machine's definition as written, and its substitutions."""
        machine = self.only("AWS::StepFunctions::StateMachine", prefix)["Properties"]
        return {
            "definition": json.loads(machine["DefinitionString"]),
            "substitutions": machine["DefinitionSubstitutions"],
        }


def listed(value: Any) -> list[Any]:
    """IAM writes one thing without a list."""
    return value if isinstance(value, list) else [value]


def flat(value: Any) -> str:
    """A reference or a joined ARN as text that can be searched."""
    return json.dumps(value)
