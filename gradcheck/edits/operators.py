"""The edits of an expression, by kind."""

import ast
import builtins
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from gradcheck.edits import arithmetic, indexing, matrices, naming, reductions, slopes, written
from gradcheck.edits.material import Material
from gradcheck.edits.place import Place, Proposal, is_module
from gradcheck.edits.rewrite import Rewrite, apply, overlap, source, span, spliced
from gradcheck.record import record

OPERATORS: Mapping[str, Callable[[Place], Iterator[Proposal]]] = {
    "swap-operands": arithmetic.swap_operands,
    "negate": arithmetic.negate,
    "replace-name": naming.replace_name,
    "replace-function": naming.replace_function,
    "drop-call": naming.drop_call,
    "wrap-call": naming.wrap_call,
    "append-derivative": slopes.append_derivative,
    "replace-by-derivative": slopes.replace_by_derivative,
    "divide": arithmetic.divide,
    "other-divisor": arithmetic.other_divisor,
    "multiply": arithmetic.multiply,
    "multiply-name": naming.multiply_name,
    "add-term": arithmetic.add_term,
    "drop-factor": arithmetic.drop_factor,
    "transpose": matrices.transpose,
    "dot-to-product": matrices.dot_to_product,
    "product-to-dot": matrices.product_to_dot,
    "multiply-matrix": matrices.multiply_matrix,
    "reverse": matrices.reverse,
    "spare-first": matrices.spare_first,
    "change-axis": reductions.change_axis,
    "sum-to-mean": reductions.sum_and_mean,
    "sum-up": reductions.sum_up,
    "drop-sum": reductions.drop_sum,
    "leak": slopes.leak,
    "square": slopes.square,
    "drop-square": slopes.drop_square,
    "flip": arithmetic.flip,
    "complement": slopes.complement,
    "other-derivative": written.other_derivative,
    "lower-power": written.by_coefficient,
    "change-index": indexing.change_index,
    "swap-indices": indexing.swap_indices,
    "change-number": arithmetic.change_number,
    "regroup": arithmetic.regroup,
    "other-class": arithmetic.other_class,
    "norm-statistics": reductions.norm_statistics,
    "softmax": slopes.softmax,
}


REPEATED = frozenset(("replace-name", "wrap-call", "square", "transpose"))
"""The edits of a name that may be needed wherever a statement has it."""


TOGETHER = 0.3
"""What it costs to make an edit at several places."""


_NAMES = frozenset(("replace-name", "change-index", "swap-indices", "transpose"))
"""The edits that put one value in another's place."""


SCALING = frozenset(("divide", "multiply", "multiply-name", "append-derivative"))
"""The edits that do the same to a product as to one of its factors."""


@record
class Draft:
    """An edit that is not written down yet: `new` is what a node is to mean, in its own words."""

    node: ast.expr
    new: str
    kind: str
    cost: float
    what: str

    def written(self, text: str) -> Rewrite | None:
        """Return the edit of the text that the node is part of; None where there is none."""
        place = spliced(text, self.node, self.new)
        if place is None or place[2] == text[slice(*place[:2])]:
            return None
        start, end, new = place
        return Rewrite(
            start=start, end=end, new=new, kind=self.kind, cost=self.cost, what=self.what
        )


@record
class Everywhere:
    """The same edit at all the places of a text where the same thing stands."""

    drafts: Sequence[Draft]

    @property
    def kind(self) -> str:
        return self.drafts[0].kind

    @property
    def cost(self) -> float:
        return self.drafts[0].cost + TOGETHER

    def written(self, text: str) -> Rewrite | None:
        """Return the edit of all that is between the first place and the last."""
        own = sorted(filter(None, (d.written(text) for d in self.drafts)), key=lambda r: r.start)
        if len(own) < len(self.drafts) or any(map(overlap, own, own[1:])):
            return None
        start, end = own[0].start, own[-1].end
        moved = [replace(one, start=one.start - start, end=one.end - start) for one in own]
        return Rewrite(
            start=start,
            end=end,
            new=apply(text[start:end], moved),
            kind=self.kind,
            cost=self.cost,
            what=f"{own[0].what} ({len(own)} times)",
        )


def drafts(text: str, root: ast.expr, material: Material) -> Iterator[Draft]:
    """Yield the edits of the expression `root`, a part of `text`, and of its parts, as drafts."""
    seen: set[tuple[int, str]] = set()
    owners, inner, divisors = set(_owners(root)), set(_factors(root)), set(_divisors(root))
    turns, handed = _turns(root, material), set(_handed(root))
    for node in _parts(root):
        if isinstance(node, ast.Tuple):
            continue
        own = turns.get(id(node), material)
        place = Place(
            text=text, node=node, material=own, whole=node is root, handed=id(node) in handed
        )
        for kind, propose in OPERATORS.items():
            if id(node) in owners and kind not in _NAMES:
                continue
            if id(node) in inner and kind in SCALING:
                continue
            if id(node) in divisors and kind == "divide":
                continue
            for new, cost, what in propose(place):
                if (id(node), new) not in seen:
                    seen.add((id(node), new))
                    yield Draft(node=node, new=new, kind=kind, cost=cost, what=what)


def _turns(root: ast.expr, material: Material) -> Mapping[int, Material]:
    """Return what may be used in turns of a comprehension, by the nodes that they compute.

    What the turns take from the data for nothing is likely to be missing in a product or a sum.
    """
    found: dict[int, Material] = {}
    for node in ast.walk(root):
        if not isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            continue
        outer = found.get(id(node), material)
        targets = [n for g in node.generators for n in ast.walk(g.target)]
        bound = [n.id for n in targets if isinstance(n, ast.Name)]
        used = {n.id for n in ast.walk(node.elt) if isinstance(n, ast.Name)}
        idle = tuple(name for name in bound if name not in used)
        picking = [n.id for n in _indices(node.elt) if n.id in bound]
        own = _turning(node.elt, {*bound} - {*picking}, {*picking})
        slopes = tuple(rule.format(text) for text in own for rule in outer.rules)
        more = replace(
            outer,
            names=(*bound, *outer.names),
            factors=(*idle, *outer.factors),
            slopes=(*slopes, *outer.slopes),
            idle=idle,
            indices=tuple(dict.fromkeys((*picking, *outer.indices))),
        )
        found |= {id(inner): more for inner in ast.walk(node.elt)}
    return found


def _turning(
    root: ast.expr, bound: Collection[str], picking: Collection[str]
) -> Mapping[str, None]:
    """Return the values in a turn's expression that are others in every turn, by their texts."""
    found: dict[str, None] = {}
    for node in ast.walk(root):
        match node:
            case ast.Name(id=name) if name in bound:
                found[name] = None
            case ast.Subscript(slice=index):
                names = {n.id for n in ast.walk(index) if isinstance(n, ast.Name)}
                if not names.isdisjoint(picking):
                    found[ast.unparse(node)] = None
    return found


def _owners(root: ast.expr) -> Iterator[int]:
    """Yield what is only named for its rows, or to be turned: edits of it would be odd there.

    An array whose method is called is as good as an argument: `delta.sum(0)`.
    """
    called = {id(node.func) for node in ast.walk(root) if isinstance(node, ast.Call)}
    for node in ast.walk(root):
        if (
            isinstance(node, ast.Attribute)
            and id(node) in called
            and hasattr(np.ndarray, node.attr)
        ):
            continue
        match node:
            case ast.Subscript(value=value) | ast.Attribute(value=value):
                if isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
                    yield id(value)


def _factors(root: ast.expr) -> Iterator[int]:
    """Yield the parts of products, and what has a sign."""
    for node in ast.walk(root):
        match node:
            case ast.BinOp(op=ast.Mult(), left=left, right=right):
                yield from (id(left), id(right))
            case ast.BinOp(op=ast.Div(), left=left):
                yield id(left)
            case ast.UnaryOp(operand=operand):
                yield id(operand)


def _divisors(root: ast.expr) -> Iterator[int]:
    """Yield what something is divided by: to divide that is to multiply in an odd way."""
    for node in ast.walk(root):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield id(node.right)


def _handed(root: ast.expr) -> Iterator[int]:
    """Yield what functions are given that are not Python's, nor a module's."""
    for node in ast.walk(root):
        match node:
            case ast.Call(func=ast.Name(id=name)) if hasattr(builtins, name):
                pass
            case ast.Call(func=ast.Attribute(value=owner)) if is_module(owner):
                pass
            case ast.Call(args=args, keywords=keywords):
                yield from map(id, (*args, *(keyword.value for keyword in keywords)))


def exchanges(text: str, root: ast.expr) -> Iterator[Draft]:
    """Yield an expression with two of the values in it exchanged, as drafts."""
    start, end = span(text, root)
    for alike in (_parts(root), _indices(root)):
        for new, what in naming.exchanged(text, alike):
            inner = new[start : end + len(new) - len(text)]
            yield Draft(node=root, new=inner, kind="swap-names", cost=2.3, what=what)


def _indices(root: ast.expr) -> Iterator[ast.Name]:
    """Yield the names that are indices by themselves."""
    for node in ast.walk(root):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name):
            yield node.slice


def rewrites(
    text: str, root: ast.expr, material: Material, likely: Sequence[str] = ()
) -> Iterator[Rewrite]:
    """Yield every edit of the expression `root`, a part of `text`, and of its parts.

    The likeliest come first, as by `rank`. Each is written down when its turn comes, for
    that takes longer than to think of it.
    """
    seen: set[tuple[int, int, str]] = set()
    single = [*drafts(text, root, material)]
    every: Iterable[Draft | Everywhere] = chain(
        single, _everywhere(text, single), exchanges(text, root)
    )
    for draft in sorted(every, key=lambda draft: rank(draft, likely)):
        rewrite = draft.written(text)
        if rewrite is not None and (key := (rewrite.start, rewrite.end, rewrite.new)) not in seen:
            seen.add(key)
            yield rewrite


def _everywhere(text: str, single: Iterable[Draft]) -> Iterator[Everywhere]:
    """Yield the edits of names that stand more than once in a text, made at all of their places."""
    groups: dict[tuple[str, str, str], list[Draft]] = defaultdict(list)
    for draft in single:
        if draft.kind in REPEATED and isinstance(draft.node, ast.Name | ast.Attribute):
            groups[draft.kind, source(text, draft.node), draft.new].append(draft)
    yield from (Everywhere(drafts=own) for own in groups.values() if len(own) > 1)


def rank(edit: Draft | Everywhere | Rewrite, likely: Sequence[str]) -> float:
    """Return how unlikely an edit is; kinds that are `likely` are so by 1 less."""
    return edit.cost - (edit.kind in likely)


def _parts(root: ast.expr) -> Iterator[ast.expr]:
    """Yield an expression and its parts, but no function's name and nothing inside an index."""
    yield root
    for child in ast.iter_child_nodes(root):
        if isinstance(root, ast.Call) and child is root.func:
            if isinstance(child, ast.Attribute) and not is_module(child.value):
                yield from _parts(child.value)
            continue
        if isinstance(child, ast.keyword) or (
            isinstance(root, ast.Subscript) and child is root.slice
        ):
            continue
        if isinstance(child, ast.expr):
            own = isinstance(root, ast.Attribute) and root.attr != "T"
            if own and isinstance(child, ast.Name | ast.Attribute):
                continue
            yield from _parts(child)
