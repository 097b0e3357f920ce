"""The form of a budget: a number of evaluations, or of seconds with an `s`."""

import re

from gradcheck.config.forms import Number, Schema, expected, number
from gradcheck.config.text import Node, Source
from gradcheck.record import record
from gradcheck.settings import AS_BUDGET, SECONDS, Budget

_EVALUATIONS = Number(integer=True, minimum=1)


@record
class BudgetForm:
    """`20000` or `30s`."""

    def read(self, node: Node, source: Source) -> Budget:
        if number(node) is not None:
            return Budget(evaluations=int(_EVALUATIONS.read(node, source)))
        if node.kind != "scalar" or not re.fullmatch(SECONDS, node.text):
            raise expected(source, node, AS_BUDGET)
        return Budget(seconds=float(node.text[:-1]))

    def schema(self) -> Schema:
        return {"anyOf": [_EVALUATIONS.schema(), {"type": "string", "pattern": f"^{SECONDS}$"}]}
