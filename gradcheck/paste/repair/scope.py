"""What can be named at a statement, with the values that it has there."""

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field, replace
from itertools import islice
from types import FrameType
from typing import Any, TypeAlias

import numpy as np

from gradcheck.paste.reading.syntax import names_of
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.purity import Purity
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.understanding.values import frozen, is_number
from gradcheck.record import record

_MOST = 60
_MOST_SUMS = 12
_ITEMS = 24
_ONE = 1e-9

Used: TypeAlias = dict[str, str]
"""The subscripts that a function has, and their indices."""


@record
class Scope:
    """The names that a statement can see, when it runs for the first time.

    `arrays` holds expressions whose values are arrays, `numbers` those that are single numbers,
    both nearest first.
    """

    arrays: Mapping[str, tuple[int, ...]]
    numbers: Mapping[str, float]
    moving: frozenset[str]
    """Those of them that depend on the parameters."""
    made: frozenset[tuple[int, ...]] = frozenset()
    """The shapes of what the statement computes."""
    data: frozenset[str] = frozenset()
    """The numbers that loops around the statement take from data: `x` and `row[i]`, but not `i`."""
    sums: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """What functions on the way to the loss are applied to, and has no name: `x @ w + b`."""
    chances: Mapping[str, int | None] = field(default_factory=dict)
    """The axes along which arrays that depend on the parameters add up to 1, as a softmax does;
    None where all entries do."""


def scopes(bench: Bench) -> Mapping[int, Scope]:
    """Return the scope of every statement that the step runs, by the statement's number."""
    unnamed = [*islice(dict.fromkeys(_unnamed(bench)), _MOST_SUMS)]
    first = _visited(bench, 0, unnamed)
    second = _visited(bench, 1, unnamed) if len(bench.points) > 1 else {}
    shapes: dict[int, set[tuple[int, ...]]] = {}
    for event in bench.inquiry.base.events:
        shapes.setdefault(event.site, set()).add(np.shape(event.value))
    found = {}
    for number, seen in first.items():
        sites = bench.statements[number].sites
        made: frozenset[tuple[int, ...]] = frozenset().union(*(shapes.get(s, ()) for s in sites))
        around = dict(_given(bench.statements[number]))
        own = _scope({**around, **seen}, {**around, **second.get(number, {})})
        data = frozenset(_data(bench.statements[number], own))
        arrays, sums = _parted(own.arrays, unnamed)
        found[number] = replace(own, made=made, data=data, arrays=arrays, sums=sums)
    return found


def _parted(
    arrays: Mapping[str, tuple[int, ...]], unnamed: Collection[str]
) -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    """Part what has a name from what has none."""
    named = {text: shape for text, shape in arrays.items() if text not in unnamed}
    return named, {text: shape for text, shape in arrays.items() if text in unnamed}


def _unnamed(bench: Bench) -> Iterator[str]:
    """Yield the sums that functions of one argument are applied to."""
    pure = Purity(bench.machine.tree).pure
    for node in ast.walk(bench.machine.tree):
        match node:
            case ast.Call(args=[ast.BinOp(op=ast.Add()) as total], keywords=[]) if pure(total):
                yield ast.unparse(total)


def _given(statement: Statement) -> Iterator[tuple[str, float]]:
    """Yield the numbers that functions around a statement's own are given by default."""
    for node in statement.parents:
        if isinstance(node, ast.FunctionDef) and node is not statement.function:
            names = node.args.args[len(node.args.args) - len(node.args.defaults) :]
            for argument, default in zip(names, node.args.defaults, strict=True):
                if isinstance(default, ast.Constant) and isinstance(default.value, int | float):
                    yield argument.arg, float(default.value)


def _data(statement: Statement, scope: Scope) -> Iterator[str]:
    """Yield the numbers that are others in every turn of a loop, and no indices."""
    loops = [node for node in statement.parents if isinstance(node, ast.For | ast.While)]
    turning = names_of(*(loop.target for loop in loops if isinstance(loop, ast.For)))
    turning |= {name for loop in loops for name in _drawn(loop)}
    indices = {
        name.id
        for loop in loops
        for node in ast.walk(loop)
        if isinstance(node, ast.Subscript)
        for name in ast.walk(node.slice)
        if isinstance(name, ast.Name)
    }
    for text in scope.numbers:
        names = names_of(ast.parse(text, mode="eval"))
        if not turning.isdisjoint(names) and text not in indices:
            yield text


def _drawn(loop: ast.For | ast.While) -> Iterator[str]:
    """Yield what a loop makes to pick entries by, `k = randrange(n)`, and what it picks."""
    nodes = [node for node in ast.walk(loop) if isinstance(node, ast.Assign)]
    picking = {
        name.id
        for node in ast.walk(loop)
        if isinstance(node, ast.Subscript)
        for name in ast.walk(node.slice)
        if isinstance(name, ast.Name)
    }
    for node in nodes:
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        names = [n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)]
        if isinstance(node.value, ast.Call):
            yield from picking.intersection(names)
        elif all(isinstance(value, ast.Subscript) for value in values):
            yield from names


def _scope(seen: Mapping[str, Any], other: Mapping[str, Any]) -> Scope:
    arrays, numbers, moving = {}, {}, set()
    for name, value in seen.items():
        if np.ndim(value):
            arrays[name] = np.shape(value)
        elif np.isfinite(value):
            numbers[name] = float(value)
        if name in other and not np.array_equal(value, other[name], equal_nan=True):
            moving.add(name)
    found = {name: axis for name in arrays if name in moving for axis in summing(seen[name])}
    return Scope(arrays=arrays, numbers=numbers, moving=frozenset(moving), chances=found)


def summing(value: Any) -> Iterator[int | None]:
    """Yield the axis along which positive entries add up to 1, if there is one."""
    array = np.asarray(value)
    if array.size < 2 or array.dtype.kind != "f" or not np.all(array > 0):
        return
    axes: list[int | None] = [None, *reversed(range(array.ndim))]
    yield from islice((a for a in axes if np.allclose(array.sum(axis=a), 1, atol=_ONE)), 1)


def _visited(bench: Bench, point: int, unnamed: Iterable[str]) -> dict[int, dict[str, Any]]:
    """Run the step with a stop before every statement, and look around at each."""
    seen: dict[int, dict[str, Any]] = {}
    used, lasting = _subscripts(bench), _lasting(bench.machine.tree)

    def look(number: int, execution: int, frame: FrameType) -> None:
        if not execution:
            seen[number] = _visible(frame, used.get(number, {}), lasting)
            seen[number] |= _parts(frame, unnamed)

    bench.watch({}, bench.statements, look, point)
    return seen


def visible(bench: Bench, number: int, frame: FrameType) -> Mapping[str, Any]:
    """Return the values of what a statement can name, in a frame that it runs in."""
    return _visible(frame, _subscripts(bench)[number], frozenset())


def _visible(frame: FrameType, used: Used, lasting: frozenset[str]) -> dict[str, Any]:
    return {**_around(frame, used, lasting), **dict(_parts(frame, list(used)[:_MOST]))}


def _lasting(tree: ast.Module) -> frozenset[str]:
    """Return the variables that a program sets once and for all, outside of functions and loops."""
    stored = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _is_stored(n)]
    once = {name for name, count in Counter(stored).items() if count == 1}
    plain = [node for node in tree.body if isinstance(node, ast.Assign)]
    return frozenset(
        n.id for node in plain for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in once
    )


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _subscripts(bench: Bench) -> Mapping[int, Used]:
    """Return, for every statement, the subscripts that its function uses: of what, and where."""
    by_function: dict[int, Used] = {}
    for statement in bench.statements.values():
        found = by_function.setdefault(id(statement.function), {})
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Subscript) and _is_pure(node):
                found[ast.unparse(node)] = ast.unparse(node.slice)
    return {n: by_function[id(statement.function)] for n, statement in bench.statements.items()}


def _is_pure(node: ast.AST) -> bool:
    return not any(isinstance(inner, ast.Call | ast.NamedExpr) for inner in ast.walk(node))


def _parts(frame: FrameType, used: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Yield the parts of arrays and lists that the function itself uses, as `x[n, i:i + 3]`."""
    for text in used:
        value = frozen(evaluated(text, frame))
        if value is not None:
            yield text, value


def evaluated(text: str, frame: FrameType) -> Any:
    """Return what an expression is worth in a frame; None where it fails."""
    try:
        return eval(text, frame.f_globals, frame.f_locals)  # noqa: S307  (the program's own)
    except Exception:  # (of the program's own kind)
        return None


def _around(frame: FrameType, used: Used, lasting: frozenset[str]) -> dict[str, Any]:
    """Return what expressions of at most two steps from a name lead to."""
    indices = tuple(dict.fromkeys(index for index in used.values() if ":" not in index))
    names = {**_globals(frame, lasting), **frame.f_locals}
    seen = (
        pair
        for name, thing in names.items()
        if name.isidentifier() and not name.startswith("__")
        for pair in _leading(name, thing, indices, frame)
    )
    return dict(islice(seen, _MOST * 4))


def _globals(frame: FrameType, lasting: frozenset[str]) -> dict[str, Any]:
    """Return the globals that the frame's code mentions, and numbers that stay as they are."""
    if frame.f_locals is frame.f_globals:
        return {}
    mentioned = set(frame.f_code.co_names)
    return {
        name: value
        for name, value in frame.f_globals.items()
        if name in mentioned or (name in lasting and is_number(value))
    }


def _leading(
    name: str, thing: Any, indices: tuple[str, ...], frame: FrameType, depth: int = 2
) -> Iterator[tuple[str, Any]]:
    value = None if isinstance(thing, list) and len(thing) > _ITEMS else _numeric(thing)
    if value is not None:
        yield name, value
        if not isinstance(thing, list):
            return
    if depth == 0:
        return
    for text, inner in _inside(name, thing, indices, frame):
        yield from _leading(text, inner, indices, frame, depth - 1)


def _numeric(thing: Any) -> Any:
    """Return what is numeric, masks too: to arithmetic they are zeros and ones."""
    is_mask = isinstance(thing, np.ndarray) and thing.dtype.kind == "b"
    return frozen(thing.astype(float) if is_mask else thing)


def _inside(
    name: str, thing: Any, indices: tuple[str, ...], frame: FrameType
) -> Iterator[tuple[str, Any]]:
    """Yield what is one step further: attributes, keys, and items at the program's own indices."""
    if isinstance(thing, dict):
        items = list(thing.items())[:_ITEMS]
        yield from ((f"{name}[{key!r}]", inner) for key, inner in items if isinstance(key, str))
    if isinstance(thing, dict | list | tuple):
        yield from _indexed(name, thing, indices, frame)
    elif not isinstance(thing, type) and getattr(type(thing), "__module__", "") in (
        "__main__",
        "types",
    ):
        own = list(getattr(thing, "__dict__", {}).items())[: 2 * _ITEMS]
        yield from ((f"{name}.{key}", inner) for key, inner in own if not key.startswith("_"))


def _indexed(
    name: str, thing: Any, indices: tuple[str, ...], frame: FrameType
) -> Iterator[tuple[str, Any]]:
    for index in indices:
        key = evaluated(index, frame)
        try:
            inner = thing[key]
        except Exception:  # noqa: S112  (of the program's own kind)
            continue
        yield f"{name}[{index}]", inner
