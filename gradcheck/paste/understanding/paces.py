"""Learning rates of their own: where each parameter is updated at another one.

They are factors like any other; but who writes one in each update, by another name or as another
number below one, means the updates to be of different size.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence

from gradcheck.paste.understanding.machine import Machine
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.steps import Trial
from gradcheck.paste.understanding.updates import Update
from gradcheck.paste.understanding.values import is_number
from gradcheck.paste.understanding.words import RATES, says

_RATES = RATES - {"a"}


def paces(machine: Machine, base: Trial, updates: Sequence[Update]) -> Mapping[Path, float]:
    """Return each parameter's rate in units of the first one's; none where all have the same."""
    found: dict[Path, set[str]] = {}
    for update in updates:
        node = machine.nodes.get(update.site)
        rate = None if node is None else _rate(_amount(node, left=update.left))
        if rate is None:
            return {}
        found.setdefault(update.path, set()).add(rate)
    if any(len(texts) > 1 for texts in found.values()) or len({*map(min, found.values())}) < 2:
        return {}
    after = base.after.values
    lasting = {p: n for p, n in base.before.things.items() if is_number(n) and after.get(p) == n}
    numbers = {str(p): float(n) for p, n in lasting.items()}
    values = {path: _value(texts.pop(), numbers) for path, texts in found.items()}
    first = next(iter(values.values()))
    return {p: v / first for p, v in values.items() if v} if first and all(values.values()) else {}


def _value(text: str, numbers: Mapping[str, float]) -> float | None:
    try:
        return float(text)
    except ValueError:
        ends = text.rpartition(".")[2]
        same = {n for name, n in numbers.items() if name.rpartition(".")[2] == ends and n > 0}
        return same.pop() if len(same) == 1 else None


def _amount(node: ast.AST, *, left: bool) -> ast.expr | None:
    """Return what an update adds or takes off."""
    match node:
        case ast.AugAssign(value=value):
            return value
        case ast.BinOp(left=one, right=other):
            return one if left else other
    return None


def _rate(amount: ast.expr | None) -> str | None:
    """Return the one factor that is a learning rate: by its name, or a number below one."""
    factors = [] if amount is None else [*_factors(amount)]
    named = [ast.unparse(f) for f in factors if _is_rate(f)]
    small = [ast.unparse(f) for f in factors if _is_small(f)]
    found = named or small
    return found[0] if len(found) == 1 else None


def _factors(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield from _factors(left)
            yield from _factors(right)
        case ast.BinOp(left=left, op=ast.Div()):
            yield from _factors(left)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield from _factors(operand)
        case _:
            yield node


def _is_rate(node: ast.expr) -> bool:
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return isinstance(node, ast.Name | ast.Attribute) and says(name, _RATES)


def _is_small(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value < 1
