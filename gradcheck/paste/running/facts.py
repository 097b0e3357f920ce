"""What a program says about the sizes of data that it does not show."""

import ast
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any

import numpy as np

from gradcheck.paste.running.handing import given
from gradcheck.paste.running.names import Use
from gradcheck.paste.running.pairing import paired
from gradcheck.paste.running.shrinking import shaping
from gradcheck.paste.running.stated import NOTHING, Stated
from gradcheck.record import record

_SAMPLES = 11
_MOST_SAMPLES = 3000
_DEPTH = 3
_LOOKED_AT = 20
_LARGEST = 100_000

STEPS = r"(?i)seq\w*(len|length|size)$|(time|seq)_?steps|^t_?steps$"
"""Names of how many steps a sequence has."""


@record
class Facts:
    """What the program says about sizes: those that arrays have, and how many samples it needs.

    Where it picks one thing at a time it `picks`: other data are likely of a single one, too. What
    is `plain` reckons with numbers one by one, without arrays.
    `numbers` are the whole ones that have a name, `rates` what may scale an update, `steps` is a
    name of how many steps a sequence has; `said` is what the text states of shapes. `pairs` are
    the names of lists of pairs, `ends` the first and last of several sizes in a row, `batch` is the
    largest number that is called a batch, or 1.
    """

    sizes: tuple[int, ...]
    samples: tuple[int, ...]
    picks: bool = False
    plain: bool = False
    numbers: Mapping[str, int] = field(default_factory=dict)
    rates: frozenset[str] = frozenset()
    steps: str = ""
    said: Stated = NOTHING
    pairs: frozenset[str] = frozenset()
    ends: tuple[tuple[int, int], ...] = ()
    batch: int = 1


def facts(
    tree: ast.Module, namespace: Mapping[str, Any], uses: Iterable[Use], said: Stated = NOTHING
) -> Facts:
    """Collect sizes from the arrays and lists in the namespace, then from the program's numbers."""
    seen: dict[int, None] = {}
    for value in namespace.values():
        _sizes(value, seen, _DEPTH)
    for size in (*shaping(tree), *_handed(tree), *_numbers(tree)):
        if 1 < size < _LARGEST:
            seen.setdefault(size)
    used = list(uses)
    numbers = {name: value for name, value in namespace.items() if type(value) is int and value > 0}
    return Facts(
        sizes=tuple(seen),
        samples=samples(tree),
        picks=any(use.picks for use in used),
        plain=not _has_arrays(tree),
        numbers=numbers,
        rates=frozenset(use.name for use in used if use.scales),
        steps=next((use.name for use in used if re.search(STEPS, use.name)), ""),
        said=said,
        pairs=paired(tree),
        ends=tuple(dict.fromkeys(_ends(tree))),
        batch=max((1, *_batches(tree))),
    )


def _has_arrays(tree: ast.Module) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id in ("np", "numpy"))
        or (isinstance(node, ast.Attribute) and node.attr in ("T", "dot", "shape"))
        or isinstance(node, ast.MatMult)
        for node in ast.walk(tree)
    )


def _sizes(value: object, seen: dict[int, None], depth: int) -> None:
    if isinstance(value, int) and not isinstance(value, bool) and 1 < value < _LARGEST:
        seen.setdefault(value)
    elif isinstance(value, np.ndarray):
        for size in value.shape:
            if size > 1:
                seen.setdefault(size)
    elif depth:
        for part in _parts(value)[:_LOOKED_AT]:
            _sizes(part, seen, depth - 1)


def _parts(value: object) -> list[object]:
    match value:
        case dict():
            return list(value.values())
        case list() | tuple():
            return list(value)
        case _ if type(value).__module__ == "__main__":
            return list(getattr(value, "__dict__", {}).values())
    return []


def _handed(tree: ast.Module) -> Iterator[int]:
    """Yield the numbers that the program hands to functions of its own."""
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in defined:
            yield from _constants(*node.args)


def _batches(tree: ast.Module) -> Iterator[int]:
    for name, value in given(tree):
        if "batch" in name.lower():
            yield from (size for size in _constants(value) if size <= _MOST_SAMPLES)


def _ends(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """Yield the sizes of inputs and outputs, as far as layers or sizes are listed."""
    for node in ast.walk(tree):
        match node:
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Call(args=parts):
                first = itertools.takewhile(_constants, parts)
                sizes = [size for part in first for size in _constants(part)]
                if len(sizes) > 1 and min(sizes) > 0:
                    yield sizes[0], sizes[-1]


def _numbers(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(
                left=ast.Constant(value=int(a)), op=ast.Mult(), right=ast.Constant(value=int(b))
            ):
                yield a * b
            case ast.Constant(value=int(value)) if (
                not isinstance(value, bool) and 1 < value < _LARGEST
            ):
                yield value


def samples(tree: ast.Module) -> tuple[int, ...]:
    """Return primes beyond what the program slices off, draws from, or calls a batch."""
    needed = [0]
    for node in ast.walk(tree):
        match node:
            case ast.Slice(lower=lower, upper=upper):
                needed += _constants(lower, upper)
            case ast.Call(func=ast.Attribute(attr="randint" | "choice" | "permutation"), args=args):
                needed += _constants(*args[:2])
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if "batch" in name.lower():
                needed += [2 * size + 1 for size in _constants(value)]
            case ast.keyword(arg=str(name), value=value) if "batch" in name.lower():
                needed += [2 * size + 1 for size in _constants(value)]
    most = max(size for size in needed if size <= _MOST_SAMPLES)
    return (_SAMPLES,) if most < _SAMPLES else (_prime_after(most), _SAMPLES)


def _constants(*nodes: ast.expr | None) -> list[int]:
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, int)
    ]


def _prime_after(bound: int) -> int:
    candidate = bound + 1
    while any(candidate % divisor == 0 for divisor in range(2, int(candidate**0.5) + 1)):
        candidate += 1
    return candidate
