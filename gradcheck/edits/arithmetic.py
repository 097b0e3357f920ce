"""Edits of sums, products and signs."""

import ast
from collections.abc import Iterator
from itertools import permutations

from gradcheck.edits.place import Place, Proposal, factor, is_product_call, multiplied
from gradcheck.edits.rewrite import span

OTHER = 2.3
"""What it costs to divide by another number of samples."""


def swap_operands(place: Place) -> Iterator[Proposal]:
    node = place.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.MatMult | ast.Div):
        sign = {ast.Sub: "-", ast.MatMult: "@", ast.Div: "/"}[type(node.op)]
        left, right = place.term(node.left), place.read(node.right)
        if not isinstance(node.op, ast.Sub):
            left = place.closed(node.left)
        elif isinstance(node.right, ast.BinOp):
            right = place.closed(node.right)
        cost = 1.0 if isinstance(node.op, ast.Sub) else 2.0
        yield f"{right} {sign} {left}", cost, f"swap the operands of {sign}"
    if is_product_call(node) and len(node.args) == 2:
        one, other = map(place.read, node.args)
        yield f"{place.read(node.func)}({other}, {one})", 2.0, "swap the arguments"


def negate(place: Place) -> Iterator[Proposal]:
    node = place.node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield place.read(node.operand), 1.0, "drop the minus"
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        sign = "-" if isinstance(node.op, ast.Add) else "+"
        left, right = place.read(node.left), place.term(node.right)
        yield f"{left} {sign} {right}", 1.5, f"make it {sign}"
        if _is_share(place, node.right):
            yield f"{left} {sign} 2 * {right}", 2.4, f"make it {sign}, and twice as much"
    if not isinstance(node, ast.Constant):
        yield f"-{place.closed(node)}", 1.6, "change the sign"


def _is_share(place: Place, node: ast.expr) -> bool:
    """Tell a strength times something, as the gradient of a penalty is."""
    match node:
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            return _is_share(place, left) or place.read(right) in place.material.strengths
    return place.read(node) in place.material.strengths


def add_term(place: Place) -> Iterator[Proposal]:
    if not isinstance(place.node, ast.Constant):
        for name in place.material.idle:
            yield f"{name} + {place.read(place.node)}", 1.8, f"add {name}"
        for term in place.material.terms:
            yield f"{place.read(place.node)} + {term}", 2.2, f"add {term}"
    for term in place.material.products if place.whole else ():
        yield f"{place.read(place.node)} + {term}", 2.9, f"add {term}"


def drop_factor(place: Place) -> Iterator[Proposal]:
    node = place.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.Add | ast.Sub):
        yield place.read(node.left), 1.8, f"drop {place.read(node.right)}"
        if isinstance(node.op, ast.Mult | ast.Add):
            yield place.read(node.right), 1.8, f"drop {place.read(node.left)}"
    for one, other in permutations(multiplied(node) or (), 2):
        yield place.read(one), 1.8, f"drop {place.read(other)}"
    match node:
        case ast.BinOp(
            left=ast.BinOp(left=rest, op=ast.Mult(), right=one), op=ast.Mult(), right=other
        ):
            slope = f"{place.closed(one)} * {place.closed(other)}"
            yield place.read(rest), 1.9, f"drop {slope}"


def divide(place: Place) -> Iterator[Proposal]:
    if isinstance(place.node, ast.Constant):
        return
    for position, count in enumerate((*place.material.counts, "2")):
        yield f"{factor(place)} / {count}", 2.0 + 0.1 * position, f"divide by {count}"
    for size in place.material.sizes:
        yield f"{factor(place)} / {size}", 2.5, f"divide by {size}"


def other_divisor(place: Place) -> Iterator[Proposal]:
    """Divide by another number of samples."""
    match place.node:
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            own = place.read(right)
            for size in place.material.divisors:
                if size != own:
                    yield f"{place.read(left)} / {size}", OTHER, f"divide by {size}, not {own}"
        case ast.Call(func=ast.Name(id="len")) as length if place.handed:
            own = place.read(length)
            for size in place.material.divisors:
                if size != own:
                    yield size, OTHER, f"hand over {size}, not {own}"


def multiply(place: Place) -> Iterator[Proposal]:
    if isinstance(place.node, ast.Constant):
        return
    for position, count in enumerate(("2", *place.material.counts)):
        yield f"{count} * {place.closed(place.node)}", 2.5 + 0.1 * position, f"multiply by {count}"
    for strength in place.material.strengths:
        for text in (strength, f"2 * {strength}") if strength.isidentifier() else (strength,):
            yield f"{text} * {place.closed(place.node)}", 2.6, f"multiply by {text}"


def regroup(place: Place) -> Iterator[Proposal]:
    """Put parentheses where precedence took an operand away."""
    node = place.node
    match node:
        case ast.Compare(left=ast.BinOp(left=one, op=ast.Mult(), right=two)):
            rest = place.text[span(place.text, two)[1] : span(place.text, node)[1]]
            yield f"{place.closed(one)} * ({place.read(two)}{rest})", 2.0, "compare the factor"
    if not isinstance(node, ast.BinOp):
        return
    signs = {ast.Mult: "*", ast.Div: "/", ast.MatMult: "@"}
    outer = {ast.Add: "+", ast.Sub: "-"}
    if (
        type(node.op) in outer
        and isinstance(node.right, ast.BinOp)
        and type(node.right.op) in signs
    ):
        one, two, three = node.left, node.right.left, node.right.right
        total = f"({place.read(one)} {outer[type(node.op)]} {place.read(two)})"
        new = f"{total} {signs[type(node.right.op)]} {place.read(three)}"
        yield new, 2.0, "put the sum in parentheses"
    if type(node.op) in outer and isinstance(node.left, ast.BinOp) and type(node.left.op) in signs:
        one, two, three = node.left.left, node.left.right, node.right
        total = f"({place.read(two)} {outer[type(node.op)]} {place.read(three)})"
        new = f"{place.read(one)} {signs[type(node.left.op)]} {total}"
        yield new, 2.0, "put the sum in parentheses"


def change_number(place: Place) -> Iterator[Proposal]:
    node = place.node
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        for new in ("1", "2", "0.5", "0"):
            if float(new) != float(node.value):
                yield new, 2.6, f"write {new} for {place.read(node)}"
        if node.value:
            yield f"-{place.read(node)}", 2.2, f"write -{place.read(node)}"
        for strength in place.material.strengths:
            yield strength, 2.5, f"write {strength} for {place.read(node)}"


def flip(place: Place) -> Iterator[Proposal]:
    node = place.node
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = place.read(node.left), place.read(node.comparators[0])
        for sign in ("<", ">", "<=", ">="):
            yield f"{left} {sign} {right}", 1.8, f"compare with {sign}"


def other_class(place: Place) -> Iterator[Proposal]:
    """Add the negative class's share to y / p, half of a cross-entropy's derivative."""
    node = place.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        label, chance = place.read(node.left), place.closed(node.right)
        if isinstance(node.left, ast.Name | ast.Attribute | ast.Subscript):
            new = f"{label} / {chance} - (1 - {label}) / (1 - {chance})"
            yield new, 2.4, "add the term of the negative class"
