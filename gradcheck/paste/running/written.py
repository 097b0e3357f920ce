"""What files that can't be read may hold: prose, or rows of numbers, as the program has it."""

import ast
import random
import re
from collections.abc import Iterator

from gradcheck.paste.running.handing import given

_PROSE = (
    "the quick brown fox jumps over the lazy dog; how vexingly quick daft zebras jump.\n"
    "pack my box with five dozen liquor jugs, and sphinx of black quartz, judge my vow!\n"
) * 3
_ROWS = 40
_COLUMNS = 4
_MOST_COLUMNS = 4000
_MOST_NUMBERS = 10_000
_INPUTS = re.compile(r"(?i)input|feature|^(n|d|dim)_?(in|x)$|^i_?nodes")
_SIZES = re.compile(r"(?i)sizes?|layers?|dims|shape|structure|architecture")
_NUMBERS = ("float", "int")


def written(tree: ast.Module) -> str:
    """Return a text that a program can read, by what it does with the parts of lines.

    Who makes numbers of what a line is split into, reads rows of them; whole ones are labels.
    """
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    splits = [c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr == "split"]
    if not splits or not any(_makes_numbers(call) for call in calls):
        return _PROSE
    separators = [c.args[0].value for c in splits if c.args and isinstance(c.args[0], ast.Constant)]
    given = next((text for text in separators if isinstance(text, str)), "\t")
    whole, broken = ({*_columns(calls, name)} for name in reversed(_NUMBERS))
    count = 1 + max((at for at in whole | broken if at >= 0), default=_COLUMNS - 1)
    count = max(count, 1 + _inputs(tree)) if _parts(tree) else count
    labels = {at % count for at in whole} or ({count - 1} - broken)
    return "".join(f"{given.join(row)}\n" for row in _rows(count, labels))


def _parts(tree: ast.Module) -> bool:
    """Tell a program that takes all of something but its first or last place."""
    for node in ast.walk(tree):
        match node:
            case ast.Slice(lower=ast.Constant(value=1), upper=None):
                return True
            case ast.Slice(lower=None, upper=ast.UnaryOp(operand=ast.Constant(value=1))):
                return True
    return False


def _inputs(tree: ast.Module) -> int:
    """Return how many inputs the program says there are, or any number of them."""
    constants = {
        node.targets[0].id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for name, value in given(tree):
        match constants.get(value.id, value) if isinstance(value, ast.Name) else value:
            case ast.Constant(value=int() as count) if _INPUTS.search(name):
                return min(max(count, 1), _MOST_COLUMNS)
            case ast.List(elts=[ast.Constant(value=int() as count), _, *_]) if _SIZES.search(name):
                return min(max(count, 1), _MOST_COLUMNS)
    return _COLUMNS


def _makes_numbers(call: ast.Call) -> bool:
    """Tell `float(part)`, `map(float, parts)`, and `np.array(parts, dtype=float)`."""
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    return any(isinstance(n, ast.Name) and n.id in _NUMBERS for n in (call.func, *given))


def _columns(calls: list[ast.Call], name: str) -> Iterator[int]:
    """Yield the places in rows of which the program makes such numbers."""
    for call in calls:
        match call:
            case ast.Call(func=ast.Name(id=called), args=[ast.Subscript(slice=place)]) if (
                called == name
            ):
                match place:
                    case ast.Constant(value=int(at)):
                        yield at
                    case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(at))):
                        yield -at


def _rows(columns: int, labels: set[int]) -> Iterator[list[str]]:
    generator = random.Random(1)  # noqa: S311  (no secret)
    for number in range(max(2, min(_ROWS, _MOST_NUMBERS // columns))):
        row = [f"{generator.gauss(0, 1):.4f}" for _ in range(columns)]
        for at in labels:
            row[at] = str(number % 2)
        yield row
