"""What the edits of a statement may be made of: names it sees, derivatives, divisors."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from gradcheck.edits import Material
from gradcheck.edits.rewrite import parsed
from gradcheck.paste.repair import products, repertoire, terms
from gradcheck.paste.repair.coefficients import coefficients, divisors, is_fixed, literal, sizes
from gradcheck.paste.repair.scope import Scope
from gradcheck.paste.repair.softening import softens
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.repair.terms import Style, Uses, is_derivative, own_shapes
from gradcheck.paste.repair.windows import windows

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
        self.functions = tuple(dict.fromkeys(repertoire.functions(tree)))
        self._applied = {text: tuple(names) for text, names in repertoire.applied(tree).items()}
        self.templates = tuple(dict.fromkeys(repertoire.templates(tree)))
        self.numpy = repertoire.numpy_alias(tree)
        self._tree = tree
        self._uses = uses or Uses()
        self._divisors = tuple(dict.fromkeys(divisors(tree)))
        self._updates = updates
        self._style = Style.of(tree, self.numpy)
        self._rates = frozenset(text for node in updates for text in coefficients(node))
        named = ast.Name | ast.Attribute | ast.Subscript
        self._texts = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, named)}
        called = {*repertoire.called(tree)}
        self._uncalled = [name for name in self.functions if name not in called]
        self._blocks: dict[int, frozenset[str]] = {}
        self._strengths = [c for c in coefficients(tree) if c not in self._rates]
        self._scaling = frozenset(terms.scaling(tree))
        self._leaks = tuple(dict.fromkeys(repertoire.leaks(tree)))
        calls = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        self.normalises = not calls.isdisjoint({"var", "std"})
        self._entrywise = repertoire.entrywise(tree, self.numpy)
        self._rules = (*self.templates, *_rules(self._entrywise))
        self.softens = softens(tree)

    def material(self, statement: Statement, scope: Scope, ratios: Sequence[float]) -> Material:
        """Return what may be used at a statement; `ratios` are factors that are off."""
        lengths = tuple(sizes(self._divisors, statement.node, scope))
        around = statement.function or self._tree
        found = products.pairs(self._uses, self._style, statement, scope, around)
        pairs = tuple(islice(found, _MOST_PAIRS))
        return Material(
            names=tuple(self._ranked(statement, scope)[:_MOST_NAMES]),
            calls=tuple(dict.fromkeys((*self._calls(statement), *scope.sums))),
            functions=self.functions,
            slopes=tuple(self._slopes(statement, scope))[:_MOST_SLOPES],
            rules=self._rules,
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

    def _ranked(self, statement: Statement, scope: Scope) -> list[str]:
        """Return the names that a statement sees, those first that it or its block has."""
        names = [*scope.arrays, *(n for n in scope.numbers if n in scope.moving | scope.data)]
        own = {ast.unparse(node) for node in ast.walk(statement.node) if isinstance(node, ast.expr)}
        stored = {ast.unparse(target) for target in _targets(statement.node)}
        near = self._near(statement)

        def rank(name: str) -> tuple[bool, bool, bool, int]:
            return name not in own, name not in near, name not in self._texts, len(name)

        return sorted((name for name in names if name not in stored), key=rank)

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
            for rule in self._rules:
                yield rule.format(name)
            if self.softens and self.numpy is not None:
                yield f"(1 / (1 + {self.numpy}{'.' if self.numpy else ''}exp(-{name})))"


def _rules(entrywise: str | None) -> tuple[str, ...]:
    """Return how a sigmoid's derivative, a tanh's and a ReLU's are written of a value `{0}`."""
    if entrywise is None:
        return "{0} * (1 - {0})", "(1 - {0}**2)", "({0} > 0)"
    return f"{entrywise}({{0}}, 1 - {{0}})", f"(1 - {entrywise}({{0}}, {{0}}))", "({0} > 0)"


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
