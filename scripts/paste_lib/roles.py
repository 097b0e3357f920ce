"""The service of the sandbox that tells which lines of a program its loss does not feel.

Those of a training step that run behind the forward pass: where a mistake in a gradient can be.
"""

from collections.abc import Mapping
from typing import Any

from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.influence import influences
from gradcheck.paste.repair.scope import scopes
from gradcheck.paste.running.prepare import prepare as prepared
from gradcheck.paste.understanding import understand
from gradcheck.paste.understanding.choice import Choice
from gradcheck.paste.understanding.inquiry import Inquiry

prepare = understand.prepare


def answer(request: Mapping[str, Any], report: Any) -> dict[str, Any]:  # noqa: ARG001
    """Answer the request `{"source": text}` with `{"lines": numbers}`."""
    source = request["source"]
    lines: set[int] = set()

    def then(inquiry: Inquiry, choice: Choice | None, told: dict[str, Any]) -> dict[str, Any]:
        if choice is not None:
            rate = told["rate"]["value"] if told.get("rate") else None
            bench = Bench(inquiry, choice, source, rate)
            roles = influences(bench, frozenset(scopes(bench)))
            lines.update(bench.statements[n].line for n, one in roles.items() if one.parameters)
        return {}

    understand.understood(prepared(source), then)
    return {"lines": sorted(lines)}
