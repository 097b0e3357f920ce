"""What the edits of a statement may be made of: names it sees, derivatives, divisors."""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from string import digits

import numpy as np

from gradcheck.edits import Material
from gradcheck.edits.rewrite import parsed
from gradcheck.paste.repair import products, terms
from gradcheck.paste.repair.coefficients import coefficients, divisors, is_fixed, literal, sizes
from gradcheck.paste.repair.scope import Scope
from gradcheck.paste.repair.softening import softens
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.repair.terms import DERIVATIVE, Style, Uses, is_derivative, own_shapes
from gradcheck.paste.repair.windows import windows
from gradcheck.paste.understanding.sites import words

_MOST_TERMS = 16
_NEAR = 1e-6
_MOST_NAMES = 30
_MOST_PAIRS = 60
_MOST_SLOPES = 24


class Stock:
    """What a program offers to edits: its functions of one argument, and its derivatives."""

    def __init__(
        self, tree: ast.Module, uses: Uses | None = None, updates: Sequence[ast.stmt] = ()
    ) -> None:
        self.functions = tuple(dict.fromkeys(_functions(tree)))
        self._applied = {text: tuple(names) for text, names in _applied(tree).items()}
        self.templates = tuple(dict.fromkeys(_templates(tree)))
        self.numpy = _numpy(tree)
        self._tree = tree
        self._uses = uses or Uses()
        self._divisors = tuple(dict.fromkeys(divisors(tree)))
        self._updates = updates
        self._style = Style.of(tree, self.numpy)
        self._rates = frozenset(text for node in updates for text in coefficients(node))
        named = ast.Name | ast.Attribute | ast.Subscript
        self._texts = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, named)}
        called = {*_called(tree)}
        self._uncalled = [name for name in self.functions if name not in called]
        self._blocks: dict[int, frozenset[str]] = {}
        self._strengths = [c for c in coefficients(tree) if c not in self._rates]
        self._scaling = frozenset(terms.scaling(tree))
        self._leaks = tuple(dict.fromkeys(_leaks(tree)))
        calls = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        self.normalises = not calls.isdisjoint({"var", "std"})
        self._entrywise = _entrywise(tree, self.numpy)
        self.softens = softens(tree)

    def material(self, statement: Statement, scope: Scope, ratios: Sequence[float]) -> Material:
        """Return what may be used at a statement; `ratios` are factors that are off."""
        names = [*scope.arrays, *(n for n in scope.numbers if n in scope.moving | scope.data)]
        own = {ast.unparse(node) for node in ast.walk(statement.node) if isinstance(node, ast.expr)}
        stored = {ast.unparse(target) for target in _targets(statement.node)}
        near = self._near(statement)
        ranked = sorted(
            (name for name in names if name not in stored),
            key=lambda name: (
                name not in own,
                name not in near,
                name not in self._texts,
                len(name),
            ),
        )
        lengths = tuple(sizes(self._divisors, statement.node, scope))
        around = statement.function or self._tree
        found = products.pairs(self._uses, self._style, statement, scope, around)
        pairs = tuple(islice(found, _MOST_PAIRS))
        return Material(
            names=tuple(ranked[:_MOST_NAMES]),
            calls=tuple(dict.fromkeys((*self._calls(statement), *scope.sums))),
            functions=self.functions,
            slopes=tuple(self._slopes(statement, scope))[:_MOST_SLOPES],
            rules=(*self.templates, "{0} * (1 - {0})", "(1 - {0}**2)", "({0} > 0)"),
            indices=tuple(dict.fromkeys(statement.indices)),
            counts=(
                *windows(statement.node, scope.numbers, ratios),
                *counts(scope, ratios),
                *self._shares(scope, ratios),
                *self._forgotten(statement, ratios),
            ),
            sizes=() if ratios else lengths,
            divisors=lengths,
            products=() if ratios else pairs,
            strengths=(
                *(c for c in self._strengths if is_fixed(c, scope)),
                *self._unrated(statement, scope),
            ),
            factors=(
                *terms.lost(self._uses, statement, scope, (*products.multiplied(around), *pairs)),
                *terms.uncalled(self._uncalled, statement),
                *terms.masks(self._scaling, statement, scope),
            ),
            terms=tuple(dict.fromkeys(self._terms(statement, scope, lengths)))[:_MOST_TERMS],
            applied=self._applied,
            normed=tuple(self._normed(statement, scope)),
            leaks=self._leaks,
            chances=scope.chances,
            entrywise=self._entrywise,
            shapes=scope.arrays,
            numpy=self.numpy,
        )

    def _near(self, statement: Statement) -> frozenset[str]:
        """Return what the statements of the same block are made of."""
        key = id(statement.body)
        if key not in self._blocks:
            inner = (n for one in statement.body for n in ast.walk(one) if isinstance(n, ast.expr))
            self._blocks[key] = frozenset(map(ast.unparse, inner))
        return self._blocks[key]

    def _calls(self, statement: Statement) -> Iterator[str]:
        """Yield the calls of functions of one argument that the statements of the block have."""
        nodes = (node for one in statement.body for node in ast.walk(one))
        for node in nodes:
            match node:
                case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]):
                    if name in self.functions and node is not getattr(statement.node, "value", 0):
                        yield ast.unparse(node)

    def _forgotten(self, statement: Statement, ratios: Sequence[float]) -> Iterator[str]:
        """Yield learning rates that are written as numbers, where just that factor is missing."""
        if not self.updates(statement):
            return
        for text in sorted(self._rates):
            value = literal(text)
            if value and any(abs(value * abs(ratio) - 1) < _NEAR for ratio in ratios):
                yield text

    def _shares(self, scope: Scope, ratios: Sequence[float]) -> Iterator[str]:
        """Yield numbers but learning rates that a value lacks as a divisor: `keep` of a dropout."""
        for name, value in scope.numbers.items():
            steady = value != round(value) and name not in scope.moving and name not in self._rates
            if steady and any(abs(value / abs(ratio) - 1) < _NEAR for ratio in ratios if ratio):
                yield name

    def updates(self, statement: Statement) -> bool:
        """Tell whether a statement changes a parameter itself."""
        return any(node is statement.node for node in self._updates)

    def drops_rate(self, old: str, new: str, scope: Scope) -> bool:
        """Tell whether an edit takes the learning rate out of an update."""
        gone = self._rates.intersection(coefficients(parsed(old)))
        gone -= {new, *coefficients(parsed(new))}
        return any(literal(rate) or is_fixed(rate, scope) for rate in gone)

    def penalises(self, statement: Statement) -> bool:
        """Tell whether a statement has a penalty's strength in it, by its name."""
        own = set(coefficients(statement.node)) - self._rates
        return any(map(terms.is_strength, own))

    def _unrated(self, statement: Statement, scope: Scope) -> Iterator[str]:
        """Yield the learning rates of other updates, for one that has none."""
        rates = [r for r in sorted(self._rates) if literal(r) or is_fixed(r, scope)]
        own = set(coefficients(statement.node))
        if self.updates(statement) and own.isdisjoint(rates):
            yield from rates

    def _terms(self, statement: Statement, scope: Scope, sizes: Sequence[str]) -> Iterator[str]:
        """Yield what may have been left out of a sum."""
        shapes = set(own_shapes(statement, scope))
        yield from terms.forgotten(self._uses, statement, scope, shapes, sizes)
        yield from products.products(self._uses, self._style, statement, scope)
        fixed = (c for c in self._strengths if c.isidentifier() and is_fixed(c, scope))
        yield from terms.penalties(self._style, scope, fixed)
        yield from terms.gradients(statement, scope, shapes)

    def _normed(self, statement: Statement, scope: Scope) -> Iterator[str]:
        """Yield what may be a normalised value, where the program normalises something."""
        if self.normalises:
            shapes = set(own_shapes(statement, scope))
            own = {ast.unparse(n) for n in ast.walk(statement.node) if isinstance(n, ast.expr)}
            for name, shape in scope.arrays.items():
                if name in scope.moving and shape in shapes and name not in own:
                    yield name

    def _slopes(self, statement: Statement, scope: Scope) -> Iterator[str]:
        shapes = set(own_shapes(statement, scope))
        fitting = [n for n, shape in scope.arrays.items() if n in scope.moving and shape in shapes]
        fitting += [n for n in scope.numbers if n in scope.moving]
        # No weight is an activation, and no derivative.
        fitting = [
            n for n in fitting if n not in self._uses.kept and not is_derivative(self._uses, n)
        ]
        for total in (text for text, shape in scope.sums.items() if shape in shapes):
            yield from (template.format(total) for template in self.templates)
            yield f"({total} > 0)"
        for name in sorted(fitting, key=lambda name: (name not in self._texts, len(name))):
            for template in self.templates:
                yield template.format(name)
            if self._entrywise is None:
                yield f"{name} * (1 - {name})"
                yield f"(1 - {name}**2)"
            else:
                yield f"{self._entrywise}({name}, 1 - {name})"
                yield f"(1 - {self._entrywise}({name}, {name}))"
            yield f"({name} > 0)"
            if self.softens and self.numpy is not None:
                yield f"(1 / (1 + {self.numpy}{'.' if self.numpy else ''}exp(-{name})))"


def _targets(node: ast.stmt) -> Iterable[ast.expr]:
    match node:
        case ast.Assign(targets=targets):
            return targets
        case ast.AnnAssign(target=target):
            return (target,)
    return ()


def counts(scope: Scope, ratios: Sequence[float]) -> Iterator[str]:
    """Yield what has the value of one of the factors, or of its inverse: `m`, `X.shape[0]`.

    A learning rate is one only where just that factor is missing.
    """
    for name, value in scope.numbers.items():
        forgotten = any(abs(value * abs(ratio) - 1) < _NEAR for ratio in ratios)
        if forgotten and value != round(value) and name not in scope.moving:
            yield name
    wanted = [abs(r) for r in ratios] + [1 / abs(r) for r in ratios if r]
    wanted = [w for w in wanted if abs(w - round(w)) < _NEAR * w and round(w) > 2]
    seen = set()
    for name, value in scope.numbers.items():
        if any(abs(value / w - 1) < _NEAR for w in wanted) and name not in scope.moving:
            seen.add(round(value))
            yield name
    for name, shape in sorted(scope.arrays.items(), key=lambda item: len(item[0])):
        for axis, size in enumerate(shape):
            if size not in seen and any(abs(size / w - 1) < _NEAR for w in wanted):
                seen.add(size)
                yield f"{name}.shape[{axis}]"


def _functions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node in tree.body and _takes_one(node.args):
            yield node.name
    yield from _held(tree)


def _leaks(tree: ast.Module) -> Iterator[str]:
    """Yield what units that are off multiply by: the c of `where(z > 0, z, c * z)` and its kin."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=func, args=[ast.Compare(), on, off]) if _ends(func, "where"):
                pair = on, off
            case ast.Call(func=func, args=[on, off]) if _ends(func, "maximum", "max"):
                pair = on, off
            case ast.IfExp(test=ast.Compare(), body=on, orelse=off):
                pair = on, off
            case _:
                continue
        for whole, part in (pair, pair[::-1]):
            match part:
                case ast.BinOp(op=ast.Mult(), left=left, right=right):
                    for one, other in ((left, right), (right, left)):
                        if ast.dump(one) == ast.dump(whole):
                            yield ast.unparse(other)


def _ends(func: ast.expr, *names: str) -> bool:
    return ast.unparse(func).rpartition(".")[2] in names


def _held(tree: ast.Module) -> Iterator[str]:
    """Yield the variables that functions of one argument are kept in, and their numbered kin."""
    nodes = [*ast.walk(tree)]
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    called = set()
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]) if name in stored:
                called.add(name.rstrip(digits))
    yield from sorted(name for name in stored if name.rstrip(digits) in called)


def _applied(tree: ast.Module) -> Mapping[str, dict[str, None]]:
    """Return what NumPy's functions of single numbers are applied to, by its text."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name) as func,
                args=[ast.Name() | ast.Attribute() | ast.Subscript() as inner],
                keywords=[],
            ):
                known = getattr(np, name, None)
                if isinstance(known, np.ufunc) and known.nin == 1:
                    found[ast.unparse(inner)][ast.unparse(func)] = None
    return found


def _called(tree: ast.Module) -> Iterator[str]:
    """Yield the functions that are called by name."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                yield name


def _takes_one(arguments: ast.arguments, skipped: int = 0) -> bool:
    needed = len(arguments.args) - len(arguments.defaults) - skipped
    return needed == 1 and not arguments.vararg


def _templates(tree: ast.Module) -> Iterator[str]:
    """Yield derivatives as the program writes them, with a place for what they are taken at."""
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} | {*_held(tree)}
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=func, args=[_, *rest], keywords=keywords) if _is_own(func) and (
                _derives(_name(func), own) or _has_flag(rest, keywords)
            ):
                tail = [ast.unparse(a) for a in rest]
                tail += [f"{k.arg}={ast.unparse(k.value)}" for k in keywords if k.arg]
                yield f"{_braces(ast.unparse(func))}({', '.join(['{0}', *map(_braces, tail)])})"
            case ast.FunctionDef(name=name, args=arguments) if node in tree.body:
                if _derives(name, own) and _takes_one(arguments):
                    yield f"{name}({{0}})"


def _braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _is_own(func: ast.expr) -> bool:
    match func:
        case ast.Name():
            return True
        case ast.Attribute(value=ast.Name(id="self")):
            return True
    return False


def _name(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else str(getattr(func, "attr", ""))


def _derives(name: str, own: Collection[str]) -> bool:
    """Tell a derivative by its name: one of the words for it, or `df` where there is an `f`."""
    if not DERIVATIVE.isdisjoint(words(name)):
        return True
    inner = name[1:].lstrip("_")
    return name[:1] == "d" and (inner in own or isinstance(getattr(np, inner, None), np.ufunc))


def _has_flag(rest: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> bool:
    return any(
        isinstance(value, ast.Constant) and value.value is True
        for value in [*rest, *(keyword.value for keyword in keywords)]
    )


def _entrywise(tree: ast.Module, numpy: str | None) -> str | None:
    """Return what multiplies entry by entry where `*` is the product of matrices."""
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    if not any(call.rpartition(".")[2] in ("matrix", "mat", "asmatrix") for call in calls):
        return None
    own = (call for call in calls if call.rpartition(".")[2] == "multiply")
    return next(own, f"{numpy}.multiply" if numpy else "multiply")


def _numpy(tree: ast.Module) -> str | None:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    if alias.name == "numpy":
                        return alias.asname or "numpy"
            case ast.ImportFrom(module="numpy", names=names):
                if any(alias.name == "*" for alias in names):
                    return ""
    used = {
        n.value.id
        for n in ast.walk(tree)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)
    }
    return "np" if "np" in used else None
