"""Cases to try every op on: shapes, options and values that suit it, found without naming the op.

Only the domain of a loss's target can't be read off its entry and is looked up by name; a
loss that is not in the table gets every kind of target that it accepts.
"""

import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pytest

from gradcheck.array import Array, Shape
from gradcheck.catalogues import OPS
from gradcheck.errors import GradcheckError
from gradcheck.op import Inputs, Op, Option, Options, Parameters

SHAPES: Mapping[int, tuple[tuple[Shape, ...], ...]] = {
    1: (((3, 5),), ((2, 5, 3),), ((2, 3, 5, 7),)),
    2: (((3, 5), (3, 7)), ((3, 2, 5), (3, 7, 5)), ((3, 5), (3, 5)), ((2, 5, 3), (2, 5, 3))),
    3: (((3, 2), (3, 5), (3, 7)), ((3, 2, 5), (3, 7, 5), (3, 3, 5)), ((3, 5), (3, 5), (3, 5))),
}
"""Shapes to offer to an op of one, two and three inputs; it gets the first two that it takes."""

PREDICTIONS: tuple[Shape, ...] = ((3, 5), (2, 3, 5))
CLEARANCE = 0.02
"""How far a case keeps from every kink."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One op at one point."""

    op: Op
    inputs: tuple[Array, ...]
    parameters: Mapping[str, Array]
    options: Options

    @property
    def name(self) -> str:
        shapes = "+".join("x".join(map(str, x.shape)) for x in self.inputs)
        options = ",".join(f"{key}={value}" for key, value in self.options.items())
        return f"{self.op.key}({options})-{shapes}"


Maker: TypeAlias = Callable[[np.random.Generator, Shape], Array]


def _real(rng: np.random.Generator, shape: Shape) -> Array:
    return rng.normal(scale=1.5, size=shape)


def _signs(rng: np.random.Generator, shape: Shape) -> Array:
    return rng.choice([-1.0, 1.0], size=shape)


def _shares(rng: np.random.Generator, shape: Shape) -> Array:
    return rng.uniform(size=shape)


def _bits(rng: np.random.Generator, shape: Shape) -> Array:
    return rng.integers(2, size=shape).astype(float)


def _counts(rng: np.random.Generator, shape: Shape) -> Array:
    return rng.integers(7, size=shape).astype(float)


def _classes(rng: np.random.Generator, shape: Shape) -> Array:
    return rng.integers(shape[-1], size=shape[:-1])


def _one_hot(rng: np.random.Generator, shape: Shape) -> Array:
    return np.eye(shape[-1])[_classes(rng, shape)]


def _soft(rng: np.random.Generator, shape: Shape) -> Array:
    weights = rng.uniform(0.1, 1, size=shape)
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


TARGETS: Mapping[str, tuple[Maker, ...]] = {
    "squared_error": (_real,),
    "absolute_error": (_real,),
    "huber": (_real,),
    "log_cosh": (_real,),
    "hinge": (_signs,),
    "squared_hinge": (_signs,),
    "binary_cross_entropy": (_shares, _bits),
    "poisson": (_counts,),
    "kl_divergence": (_soft,),
    "multiclass_hinge": (_classes, _one_hot),
    "cross_entropy": (_classes, _one_hot, _soft),
    "negative_log_likelihood": (_classes, _one_hot, _soft),
}
ANY_TARGET: tuple[Maker, ...] = (_real, _signs, _bits, _counts, _classes, _one_hot, _soft)

PREDICTION: Mapping[str, Maker] = {
    "probabilities": _soft,
    "log_probabilities": lambda rng, shape: np.asarray(np.log(_soft(rng, shape))),
    "rate": lambda rng, shape: rng.uniform(0.5, 3, size=shape),
}
"""Predictions by the value of the loss's option `from`; any other is a real number."""


def cases(op: Op) -> list[Case]:
    """Make the cases of one op, at least one for each way to set its options."""
    return [case for options in _settings(op) for case in _cases(op, options)]


def _settings(op: Op) -> Iterator[dict[str, Any]]:
    """Yield the defaults, and with one option at a time changed in each possible way."""
    required = {name: _alternatives(o)[0] for name, o in op.options.items() if o.required}
    usual = {**op.defaults(), **required}
    yield usual
    for name, option in op.options.items():
        others = _alternatives(option)[1 if option.required else 0 :]
        yield from ({**usual, name: value} for value in others)


def _alternatives(option: Option) -> list[Any]:
    """Return values other than the default; not all need suit the op."""
    default, least = option.default, option.minimum if option.minimum is not None else option.above
    if option.type == "boolean":
        return [not default]
    if option.type == "choice":
        return [choice for choice in option.choices if choice != default]
    if option.type == "number":
        return [(default or least or 0) + 0.375]
    if option.type == "integer":
        return [7] if option.required else [default + 1, default - 1, default + 2]
    return [(2, 3)]


def _cases(op: Op, options: Options) -> Iterator[Case]:
    limit = None if op.kind == "loss" else 2
    by_arity = itertools.groupby(_points(op, options), key=len)
    for inputs in (point for _, group in by_arity for point in itertools.islice(group, limit)):
        specs = op.infer([x.shape for x in inputs], options).parameters
        rng = _generator(op.key, *specs)
        parameters = {name: rng.normal(size=spec.shape) for name, spec in specs.items()}
        yield Case(op=op, inputs=inputs, parameters=parameters, options=options)


def _points(op: Op, options: Options) -> Iterator[tuple[Array, ...]]:
    """Yield inputs that the op takes, away from its kinks."""
    for draw in _offers(op, options):
        rng = _generator(op.key, options)
        try:
            inputs = draw(rng)
            op.infer([x.shape for x in inputs], options)
            if op.kind == "loss":
                op.forward(inputs, {}, options)
        except GradcheckError:
            continue
        tries = (draw(rng) for _ in range(999))
        yield next(inputs for inputs in tries if _clear(op, inputs, options))


Draw: TypeAlias = Callable[[np.random.Generator], tuple[Array, ...]]


def _offers(op: Op, options: Options) -> Iterator[Draw]:
    """Yield ways to draw inputs that the op may or may not take."""
    if op.kind == "loss":
        predict = PREDICTION.get(options.get("from", ""), _real)
        for shape, target in itertools.product(PREDICTIONS, TARGETS.get(op.key, ANY_TARGET)):
            yield partial(_draw, makers=(predict, target), shapes=(shape, shape))
    else:
        least, most = op.arity
        counts = [n for n in SHAPES if least <= n <= (n if most is None else most)]
        for shapes in itertools.chain(*(SHAPES[n] for n in counts)):
            yield partial(_draw, makers=[_real] * len(shapes), shapes=shapes)


def _draw(
    rng: np.random.Generator, *, makers: Sequence[Maker], shapes: Sequence[Shape]
) -> tuple[Array, ...]:
    return tuple(make(rng, shape) for make, shape in zip(makers, shapes, strict=True))


def _clear(op: Op, inputs: Inputs, options: Options) -> bool:
    return op.kinks is None or float(np.min(np.abs(op.kinks(inputs, options)))) > CLEARANCE


def _generator(*parts: object) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(repr(parts).encode()))


CAPABILITIES: Mapping[str, Callable[[Op], bool]] = {
    "kinked": lambda op: op.kinks is not None,
    "samplewise": lambda op: op.samplewise and op.kind != "regularizer",
    "complex_safe": lambda op: op.complex_safe,
    "elementwise": lambda op: op.kind == "activation" and op.slope is not None,
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "ops(capability): run for the ops that have it")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marks = [mark.args[0] for mark in metafunc.definition.iter_markers("ops")]
    chosen = [op for op in OPS.all().values() if all(CAPABILITIES[mark](op) for mark in marks)]
    if "case" in metafunc.fixturenames:
        made = [case for op in chosen for case in cases(op)]
        metafunc.parametrize("case", made, ids=lambda case: case.name)
    if "entry" in metafunc.fixturenames:
        metafunc.parametrize("entry", chosen, ids=lambda op: op.key)


@pytest.fixture
def op(case: Case) -> Op:
    return case.op


@pytest.fixture
def inputs(case: Case) -> Inputs:
    return case.inputs


@pytest.fixture
def parameters(case: Case) -> Parameters:
    return case.parameters


@pytest.fixture
def options(case: Case) -> Options:
    return case.options


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    return _generator(request.node.name)


@pytest.fixture
def dy(op: Op, inputs: Inputs, options: Options, rng: np.random.Generator) -> Array:
    """Return a random upstream gradient."""
    return rng.normal(size=op.infer([x.shape for x in inputs], options).output)


@pytest.fixture
def count_cases() -> Callable[[Op], int]:
    return lambda op: len(cases(op))


@pytest.fixture
def find() -> Callable[[str], Op]:
    """Look up an op that must exist."""

    def look_up(name: str) -> Op:
        op = OPS.find(name)
        assert op is not None, name
        return op

    return look_up
