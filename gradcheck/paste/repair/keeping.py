"""Weights kept as they were: a copy made before an update, for what reads them behind it.

It serves where no order of statements does, as in a loop over layers of which each reads weights
that the turn before has changed, or where an object's own method changes what another reads. What a
variable was to keep but is only a view of is copied.
"""

import ast
import re
from collections.abc import Iterable, Iterator

from gradcheck.edits import Rewrite, apply
from gradcheck.edits.rewrite import span
from gradcheck.paste.reading.syntax import names_of
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, text_of, written
from gradcheck.paste.repair.placing import COST, around, child, moved
from gradcheck.paste.repair.statements import Change, Changes, Statement
from gradcheck.record import record

_COPY = "copy-value"
_FUNCTIONS = (ast.FunctionDef, ast.ClassDef)
_COPIES = ("{}.copy()", "[row[:] for row in {}]", "[each.copy() for each in {}]")
_WORD = re.compile(r"[^\W\d]\w*")


@record
class _Keeping:
    """A copy of what an update changes, under a name, and the reader that is given it instead."""

    owner: str
    name: str
    reading: str
    what: str


def kept(
    bench: Bench, changes: Changes, update: Statement, reader: Statement
) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with a reader that is given the weights of before an update."""
    text = text_of(reader, changes)
    if text is None:
        return
    for owner in _owners(update):
        name = _free(bench, f"{_WORD.findall(owner)[-1]}_before")
        spans = [span(text, node) for node in _read(text) if ast.unparse(node) == owner]
        if spans:
            one = _Keeping(owner=owner, name=name, reading=_put(text, spans, name), what=owner)
            yield from _with_copies(bench, changes, update, reader, one)


def copied(changes: Changes, view: Statement) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with a copy of what a variable is only another name for, or a view of."""
    node, number, text = view.node, view.number, view.text
    if not isinstance(node, ast.Assign) or number in changes:
        return
    whole = ast.parse(text).body[0].value  # type: ignore[attr-defined]
    for value in whole.elts if isinstance(whole, ast.Tuple) else (whole,):
        if not isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
            continue
        start, end = span(text, value)
        for copy in _COPIES:
            new = copy.format(text[start:end])
            what = f"copy `{text[start:end]}`, which is changed in place"
            idea = Rewrite(start=start, end=end, new=new, kind=_COPY, cost=COST, what=what)
            edit = written(idea, [number], old=text[start:end], new=new)
            yield edit, {**changes, number: Change(number=number, text=apply(text, [idea]))}


def kept_by_owner(
    bench: Bench, changes: Changes, update: Statement, reader: Statement
) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with an object that keeps what its method changes, for a reader elsewhere.

    The reader has the object by another name, as a neuron that sums over those of the layer above.
    """
    text = text_of(reader, changes)
    if text is None or update.owner is None:
        return
    for owner in _owners(update):
        match ast.parse(owner, mode="eval").body:
            case ast.Attribute(value=ast.Name(id=self), attr=weight):
                name = _free(bench, f"{weight}_before")
            case _:
                continue
        nodes = (node for node in _read(text) if isinstance(node, ast.Attribute))
        ends = [span(text, node)[1] for node in nodes if node.attr == weight]
        if ends:
            reading = _put(text, [(end - len(weight), end) for end in ends], name)
            one = _Keeping(owner=owner, name=f"{self}.{name}", reading=reading, what=weight)
            yield from _with_copies(bench, changes, update, reader, one)


def _with_copies(
    bench: Bench, changes: Changes, update: Statement, reader: Statement, one: _Keeping
) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with each kind of copy, in each block around the update."""
    for copy in _copies(update, one.owner):
        for body, at in _places(update):
            more = around(bench, changes, body, at, (f"{one.name} = {copy}",), behind=False)
            if more is None or (reader.number in more and reader.number not in changes):
                continue
            what = f"read {one.what} as it was before `{update.text}`"
            renamed = Change(number=reader.number, text=one.reading)
            edit = moved(update, reader, what, update.text, one.reading, cost=COST + 1)
            yield edit, {**more, reader.number: renamed}


def _read(text: str) -> Iterator[ast.expr]:
    """Yield the names, attributes and elements that a statement's value is made from."""
    (node,) = ast.parse(text).body
    value = getattr(node, "value", None)
    for inner in ast.walk(value) if value is not None else ():
        if isinstance(inner, ast.Name | ast.Attribute | ast.Subscript):
            yield inner


def _put(text: str, spans: Iterable[tuple[int, int]], name: str) -> str:
    return apply(
        text, [Rewrite(start=a, end=b, new=name, kind="", cost=0.0, what="") for a, b in spans]
    )


def _owners(update: Statement) -> Iterator[str]:
    """Yield what an update changes, and what that is a part of."""
    node = update.node
    target: ast.expr | None = node.target if isinstance(node, ast.AugAssign) else None
    if isinstance(node, ast.Assign):
        target = node.targets[0]
    while isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
        yield ast.unparse(target)
        target = target.value if isinstance(target, ast.Subscript) else None


def _copies(update: Statement, owner: str) -> Iterator[str]:
    """Yield what may make a copy; of what is set anew it takes none."""
    node = update.node
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == owner:
        yield owner
    yield from (copy.format(owner) for copy in _COPIES)


def _places(update: Statement) -> Iterator[tuple[list[ast.stmt], int]]:
    """Yield the blocks around an update, and where it is in them, within its function."""
    for outer in reversed(update.parents):
        for _, body in ast.iter_fields(outer):
            at = child(body, update.node) if isinstance(body, list) else None
            if at is not None:
                yield body, at
        if isinstance(outer, _FUNCTIONS):
            return


def _free(bench: Bench, name: str) -> str:
    tree = bench.machine.tree
    used = names_of(tree) | {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    return name if name not in used else _free(bench, f"{name}_")
