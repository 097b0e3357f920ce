"""The service of the sandbox that understands a pasted program and looks for its repair."""

import ast
import time
from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known
from gradcheck.paste.repair.influence import influences
from gradcheck.paste.repair.material import Stock
from gradcheck.paste.repair.scope import scopes
from gradcheck.paste.repair.search import State, search
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.running.prepare import Options, prepare as prepared
from gradcheck.paste.understanding import understand
from gradcheck.paste.understanding.choice import Choice
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.sites import of

_SECONDS = 8.0

prepare = understand.prepare


def answer(request: Mapping[str, Any], report: Any) -> dict[str, Any]:  # noqa: ARG001
    """Answer the request `{"source": text, "set": {name: expression}, "seconds": number}`."""
    source = request["source"]
    seconds = float(request.get("seconds", _SECONDS))

    def then(inquiry: Inquiry, choice: Choice | None, told: dict[str, Any]) -> Mapping[str, Any]:
        if choice is None:
            return {}
        return {"repair": repair(inquiry, choice, told, source, seconds)}

    return understand.understood(prepared(source, Options(values=request.get("set", {}))), then)


def repair(
    inquiry: Inquiry, choice: Choice, told: Mapping[str, Any], source: str, seconds: float
) -> dict[str, Any] | None:
    """Return the repairs of a step as plain data; None where nothing is wrong."""
    rate = told["rate"]["value"] if told.get("rate") else None
    bench = Bench(inquiry, choice, source, rate)
    shown = bench.tells({})
    if shown is None or not shown.wrong:
        return None
    deadline = time.process_time() + seconds
    seen = scopes(bench)
    known = Known(
        statements=bench.statements,
        scopes=seen,
        influences=influences(bench, frozenset(seen)),
        stock=Stock(bench.machine.tree),
    )
    found = search(bench, known, State(changes={}, shown=shown), deadline)
    return {
        "done": [_state(bench, known, state) for state in found.done[:8]],
        "near": None if found.near is None else _state(bench, known, found.near),
        "tried": found.tried,
        "influences": list(_influences(known)),
    }


def _state(bench: Bench, known: Known, state: State) -> dict[str, Any]:
    return {
        "cost": state.cost,
        "wrong": sorted(str(path) for path in state.shown.wrong),
        "changes": [
            {
                **_place(known.statements[number]),
                "old": known.statements[number].text,
                "new": change.text,
                "before": change.before,
                "after": change.after,
            }
            for number, change in sorted(state.changes.items())
        ],
        "edits": [_edit(bench, known, edit) for edit in state.edits],
    }


def _edit(bench: Bench, known: Known, edit: Edit) -> dict[str, Any]:
    """Describe an edit; `parts` has the characters of each statement's text that it changes."""
    first = known.statements[edit.parts[0].number]
    influences = [known.influences.get(part.number) for part in edit.parts]
    feeds = {path for one in influences if one for path in one.parameters}
    updates = {update.site for update in bench.inquiry.found.updates}
    inside = {of(node) for node in ast.walk(first.node)}
    return {
        "kind": edit.kind,
        "cost": edit.cost,
        "what": edit.what,
        "old": edit.old,
        "new": edit.new,
        "statement": first.text,
        "function": getattr(first.function, "name", ""),
        "feeds": sorted(str(path) for path in feeds),
        "updates": not updates.isdisjoint(inside),
        "parts": [
            {
                **_place(known.statements[number]),
                "start": rewrite.start,
                "end": rewrite.end,
                "new": rewrite.new,
            }
            for number, own in edit.rewrites.items()
            for rewrite in own
        ],
    }


def _place(statement: Statement) -> dict[str, Any]:
    node = statement.node
    return {
        "line": node.lineno,
        "column": node.col_offset,
        "end_line": node.end_lineno,
        "end_column": node.end_col_offset,
    }


def _influences(known: Known) -> Iterator[dict[str, Any]]:
    for number, one in known.influences.items():
        yield {
            "line": known.statements[number].line,
            "forward": one.forward,
            "known": one.known,
            "parameters": sorted(str(path) for path in one.parameters),
        }
