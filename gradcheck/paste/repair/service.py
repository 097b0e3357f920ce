"""The service of the sandbox that understands a pasted program and looks for its repair."""

import ast
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gradcheck.paste.elsewhere.look import elsewhere
from gradcheck.paste.repair.adjoints import Adjoints
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known
from gradcheck.paste.repair.course import repaired
from gradcheck.paste.repair.designs import is_design
from gradcheck.paste.repair.entries import entries
from gradcheck.paste.repair.evidence import Evidence
from gradcheck.paste.repair.foresight import Foresight
from gradcheck.paste.repair.influence import influences
from gradcheck.paste.repair.judging import Shown
from gradcheck.paste.repair.locating import likeliest
from gradcheck.paste.repair.material import Stock
from gradcheck.paste.repair.scope import scopes
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.repair.states import Late, State
from gradcheck.paste.repair.targets import Targets
from gradcheck.paste.repair.terms import uses
from gradcheck.paste.running.prepare import options
from gradcheck.paste.running.prepare import prepare as prepared
from gradcheck.paste.sandbox.limits import BUSY
from gradcheck.paste.understanding import understand
from gradcheck.paste.understanding.choice import Choice
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.sites import of
from gradcheck.paste.understanding.wishes import wishes

_SECONDS = 17.0
_NEAR = 1e-5
_TOLD = 8
"""So many repairs are told of."""

prepare = understand.prepare


def answer(request: Mapping[str, Any], report: Any) -> dict[str, Any]:
    """Answer the request `{"source": text, "set": {name: expression}, "seconds": number}`.

    It may have the wishes that `understand` knows, too, and with `pictures` single entries of what
    is wrong are measured. The seconds are the processor's. What is
    understood of each step is reported at once, as the search for repairs may take too long.
    """
    source = request["source"]
    seconds = float(request.get("seconds", _SECONDS))
    over = _lateness(seconds)

    program = prepared(source, options(request))

    def then(inquiry: Inquiry, choice: Choice | None, told: dict[str, Any]) -> Mapping[str, Any]:
        report({"step": told})
        if choice is None:
            return {}
        notes = elsewhere(inquiry, choice, told, program)
        late = _lateness(seconds / 2, over)
        found = {"elsewhere": notes, "repair": repair(inquiry, choice, told, source, late, report)}
        if request.get("pictures"):
            found["entries"] = [*entries(inquiry, choice, told, over)]
        return found

    return understand.understood(program, then, wanted=wishes(request))


def _lateness(seconds: float, over: Late | None = None) -> Late:
    """Return a clock that tells when time is up: the processor's, the wall's, or another one's.

    A search is to find the same on a busy machine as on an idle one: the wall's is but a backstop.
    """
    end, last = time.process_time() + seconds, time.perf_counter() + BUSY * seconds
    return lambda: (
        time.process_time() > end or time.perf_counter() > last or (over is not None and over())
    )


def repair(
    inquiry: Inquiry,
    choice: Choice,
    told: Mapping[str, Any],
    source: str,
    late: Late,
    report: Callable[[dict[str, Any]], None],
) -> dict[str, Any] | None:
    """Return the repairs of a step as plain data; None where nothing is wrong.

    Where the mistake must be is reported at once.
    """
    rate = told["rate"]["value"] if told.get("rate") else None
    overwritten = [entry["name"] for entry in told["neglected"] if entry["overwritten"]]
    bench = Bench(inquiry, choice, source, rate, overwritten)
    shown = bench.tells({})
    if shown is None or not shown.wrong:
        return None
    known, adjoints = _known(bench)
    foresight = Foresight(bench, known, Targets(bench, known.influences))
    first = _first(known, foresight, shown)
    report({"first": first})
    found = repaired(bench, known, State(changes={}, shown=shown), foresight, late)
    done = found.done[:_TOLD]
    # Where neither a loss is written nor any gradient fits the usual one, it may be another.
    if done and bench.inferred and len(shown.wrong) == len(bench.parameters):
        done = () if is_design(bench, done[0]) else done
    evidence = Evidence(bench, known, [edit for state in done for edit in state.edits])

    def told_of(state: State) -> dict[str, Any]:
        edits = ({**_edit(bench, known, adjoints, e), **evidence.of(e)} for e in state.edits)
        return {**_state(bench, state), "edits": [*edits]}

    return {
        "done": [told_of(state) for state in done],
        "near": None if found.near is None else told_of(found.near),
        "tried": found.tried,
        "biases": evidence.biases,
        "influences": list(_influences(known)),
        "first": first,
    }


def _known(bench: Bench) -> tuple[Known, Adjoints]:
    """Learn what edits are made from: each statement's part, scope and derivatives."""
    seen = scopes(bench)
    roles = influences(bench, frozenset(seen))
    adjoints = Adjoints(bench, roles)
    updating = bench.updating
    parts = uses(
        bench.statements,
        roles,
        adjoints.matches,
        [statement.number for statement in updating],
        map(str, bench.parameters),
    )
    stock = Stock(bench.machine.tree, parts, updates=[statement.node for statement in updating])
    known = Known(
        statements=bench.statements,
        scopes=seen,
        influences=roles,
        matches=adjoints.matches,
        stock=stock,
    )
    return known, adjoints


def _state(bench: Bench, state: State) -> dict[str, Any]:
    return {
        "cost": state.cost,
        "wrong": sorted(str(path) for path in state.shown.wrong),
        "changes": [
            {
                **_place(_at(bench, number)),
                "old": _at(bench, number).text,
                "new": change.text,
                "before": change.before,
                "after": change.after,
            }
            for number, change in sorted(state.changes.items())
        ],
    }


def _at(bench: Bench, number: int) -> Statement:
    return bench.statements.get(number) or bench.blocks[number]


def _edit(bench: Bench, known: Known, adjoints: Adjoints, edit: Edit) -> dict[str, Any]:
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
        "facts": _facts(known, adjoints, edit),
        "updates": not updates.isdisjoint(inside),
        "parts": [
            {
                **_place(_at(bench, number)),
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


def _first(known: Known, foresight: Foresight, shown: Shown) -> dict[str, Any] | None:
    """Return the first statement that seems wrong, and a fact about it."""
    origin = foresight.origin(shown.wrong)
    if origin is not None:
        text, factor = origin.statement.text, origin.factor
        own = None if factor is None else f"`{text}` puts the factor {factor:.6g} in"
        return {**_whole(origin.statement), "fact": own or _no_derivative(text)}
    found = likeliest(known.statements, known.influences, shown)
    return None if found is None else {**_whole(found), "fact": None}


def _whole(statement: Statement) -> dict[str, Any]:
    return {**_place(statement), "start": 0, "end": len(statement.text)}


def _facts(known: Known, adjoints: Adjoints, edit: Edit) -> list[str]:
    """Return what an edited statement is made from, as far as that is known to be right."""
    number = edit.parts[0].number
    text, found = known.statements[number].text, []
    for other, match in known.matches.items():
        statement = known.statements[other]
        target = (
            ast.unparse(statement.node.targets[0]) if isinstance(statement.node, ast.Assign) else ""
        )
        if other == number or (target and target in text):
            name = target or statement.text
            found.append(
                f"{name} is {_factor(match.factor)}the derivative of the loss by {match.by}"
            )
    if number not in known.matches and adjoints.comparable(known.statements[number]):
        found.append(_no_derivative(text))
    return list(dict.fromkeys(found))[:3]


def _no_derivative(text: str) -> str:
    return f"`{text}` makes no derivative of the loss: by no value, and times no factor"


def _factor(factor: float) -> str:
    if abs(factor - 1) < _NEAR:
        return ""
    return "minus " if abs(factor + 1) < _NEAR else f"{factor:.6g} times "


def _influences(known: Known) -> Iterator[dict[str, Any]]:
    for number, one in known.influences.items():
        yield {
            "line": known.statements[number].line,
            "forward": one.forward,
            "known": one.known,
            "parameters": sorted(str(path) for path in one.parameters),
        }
