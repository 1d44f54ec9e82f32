"""Definitions of state machines: moto reads them again for each execution.

Reading takes longer than most states. What it makes keeps nothing of an execution, apart from the
names under which retries are counted: those come to be when they are first asked for, by one
execution or by two at once, so that here they come from the component itself.
"""

import threading
from functools import cache
from typing import Any

from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

from localcloud.moto_seams.replacing import replace

_reading = threading.Lock()


def apply() -> None:
    """Read each definition once."""
    EvalComponent.heap_key = property(lambda self: str(id(self)))
    read = cache(AmazonStateLanguageParser.parse)

    @replace(AmazonStateLanguageParser, "parse")
    def parse(_: Any, definition: str) -> Any:
        with _reading:
            return read(definition)
