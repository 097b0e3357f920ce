"""Cases to try every op on: shapes, options and values that suit it, found without naming the op.

Only the domain of a loss's target and options that depend on one another can't be read off an
entry and are looked up by name; a loss that is not in the table gets every kind of target that it
accepts.
"""

import itertools
import zlib
from collections import Counter
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
    1: (((3, 5),), ((2, 5, 3),), ((2, 3, 5, 7),), ((3, 6, 7),), ((2, 6, 5, 3),), ((3, 5, 6),)),
    2: (((3, 5), (3, 7)), ((3, 2, 5), (3, 7, 5)), ((3, 5), (3, 5)), ((2, 5, 3), (2, 5, 3))),
    3: (((3, 2), (3, 5), (3, 7)), ((3, 2, 5), (3, 7, 5), (3, 3, 5)), ((3, 5), (3, 5), (3, 5))),
}
"""Shapes to offer to an op of one, two and three inputs; it gets the first two that it takes."""

SPATIAL = {
    *("conv1d", "conv2d", "conv_transpose2d", "max_pool2d", "avg_pool2d", "global_avg_pool"),
    *("batch_norm", "layer_norm", "group_norm", "instance_norm", "scale_shift"),
}
"""Ops that get the first shape of each number of axes instead."""

ATTENTION_SHAPES: Mapping[int, tuple[tuple[Shape, ...], ...]] = {
    1: (((2, 5, 6),),),
    2: (((2, 5, 6), (2, 7, 3)), ((2, 5, 6), (2, 5))),
    3: (((2, 5, 6), (2, 7, 3), (2, 7)), ((2, 5, 3), (2, 7, 3), (2, 7, 11))),
    4: (((2, 5, 3), (2, 7, 3), (2, 7, 11), (2, 7)),),
}
"""Sequences of different lengths and widths, the last perhaps a key mask: offered as well."""

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


def _weights(rng: np.random.Generator, shape: Shape) -> Array:
    return rng.uniform(0.5, 2, size=shape[:1])


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
    "categorical_hinge": (_classes, _one_hot),
    "cosine_similarity": (_real,),
    "triplet": (_weights,),
    "cross_entropy": (_classes, _one_hot, _soft),
    "negative_log_likelihood": (_classes, _one_hot, _soft),
}
ANY_TARGET: tuple[Maker, ...] = (_real, _signs, _bits, _counts, _classes, _one_hot, _soft)


def _apart(rng: np.random.Generator, shape: Shape) -> Array:
    """Draw numbers of which no two are close, nor equal when they are rounded to eighths."""
    ranks = rng.permutation(int(np.prod(shape))).reshape(shape)
    return ranks / 8 - ranks.size / 16


def _ids(rng: np.random.Generator, shape: Shape) -> Array:
    return rng.integers(5, size=shape)


def _key_mask(rng: np.random.Generator, shape: Shape) -> Array:
    return np.where(rng.uniform(size=shape) < 0.7, 1.0, 0.0)


INPUT: Mapping[str, Maker] = {"max_pool2d": _apart, "embedding": _ids}
"""Inputs of ops other than losses that are not just any real numbers."""

MASKED: Mapping[str, Callable[[Options, int], bool]] = {
    "attention": lambda options, count: count == 4,
    "multi_head_attention": lambda options, count: bool(options["mask"]),
}
"""Whether the last of so many inputs is a key mask."""

PREDICTION: Mapping[str, Maker] = {
    "probabilities": _soft,
    "log_probabilities": lambda rng, shape: np.asarray(np.log(_soft(rng, shape))),
    "rate": lambda rng, shape: rng.uniform(0.5, 3, size=shape),
}
"""Predictions by the value of the loss's option `from`; any other is a real number."""


KERNELS: tuple[Options, ...] = (
    {"kernel": (2, 3)},
    {"kernel": (3, 2), "stride": (2, 1), "padding": (1, 0)},
    {"kernel": (2,), "stride": (3,), "padding": (0, 1)},
)
SETTINGS: Mapping[str, tuple[Options, ...]] = {
    "conv1d": (
        {"channels": 2, "kernel": (2,)},
        {"channels": 5, "kernel": (3,), "stride": (2,), "padding": (1,), "bias": False},
        {"channels": 2, "kernel": (3,), "stride": (3,), "padding": (2,), "dilation": (2,)},
        {"channels": 4, "kernel": (2,), "stride": (2,), "groups": 2},
        {"channels": 10, "kernel": (2,), "groups": 5},
    ),
    "conv2d": (
        {"channels": 2, "kernel": (2, 3)},
        {"channels": 5, "kernel": (3,), "stride": (2,), "padding": (1,)},
        {"channels": 2, "kernel": (2, 3), "stride": (2, 3), "padding": (0, 1), "bias": False},
        {"channels": 2, "kernel": (2, 3), "stride": (1, 2), "padding": (1, 0), "dilation": (3, 2)},
        {"channels": 4, "kernel": (2,), "padding": (1, 0), "groups": 2},
        {"channels": 6, "kernel": (3, 2), "stride": (2,), "groups": 3},
    ),
    "conv_transpose2d": (
        {"channels": 2, "kernel": (2, 3)},
        {"channels": 5, "kernel": (3,), "stride": (2,), "padding": (1,), "output_padding": (1,)},
        {"channels": 2, "kernel": (3, 2), "stride": (2, 3), "padding": (0, 1), "bias": False},
        {"channels": 1, "kernel": (1, 2), "stride": (2, 3), "output_padding": (1, 2)},
    ),
    "max_pool2d": KERNELS,
    "avg_pool2d": (*KERNELS, {**KERNELS[1], "count_include_pad": False}),
    "batch_norm": ({}, {"eps": 0.25, "affine": False}),
    "layer_norm": ({"axes": 1}, {"axes": 2, "eps": 0.25}, {"axes": 2, "affine": False}),
    "group_norm": ({"groups": 1}, {"groups": 3}, {"groups": 2, "affine": False, "eps": 0.25}),
    "instance_norm": ({}, {"eps": 0.25, "affine": True}),
    "embedding": ({"entries": 11, "units": 7}, {"entries": 5, "units": 3, "padding_id": 2}),
    "rnn": (
        {"units": 7},
        {"units": 7, "output": "last"},
        {"units": 2, "bias": False, "initial": "learned"},
    ),
    "lstm": (
        {"units": 7, "initial": "learned"},
        {"units": 2, "output": "last"},
        {"units": 2, "output": "states", "bias": False},
    ),
    "gru": (
        {"units": 7, "initial": "learned"},
        {"units": 2, "output": "last"},
        {"units": 2, "bias": False},
    ),
    "multi_head_attention": (
        {},
        {"heads": 3, "causal": True},
        {"heads": 2, "mask": True},
        {"bias": False, "mask": True, "causal": True},
    ),
    "reshape": ({"shape": (5, -1)}, {"shape": (15,)}, {"shape": (3, 5)}),
    "transpose": ({"axes": (2, 1)}, {"axes": (3, 1, 2)}),
    "slice": (
        {"start": 1},
        {"axis": -1, "step": 2},
        {"axis": 2, "start": -1, "stop": 0, "step": -1},
    ),
    "dropout": ({}, {"rate": 0.25, "seed": 3}),
    "scale_shift": ({}, {"axis": 1}, {"axis": -2, "bias": False}),
}
"""Options of ops for which changing one at a time would miss how they act together."""


def cases(op: Op) -> list[Case]:
    """Make the cases of one op, at least one for each way to set its options."""
    return [case for options in _settings(op) for case in _cases(op, options)]


def _settings(op: Op) -> Iterator[dict[str, Any]]:
    """Yield the defaults, and with one option at a time changed in each possible way.

    For an op in `SETTINGS` they are what the table says.
    """
    if op.key in SETTINGS:
        yield from ({**op.defaults(), **options} for options in SETTINGS[op.key])
        return
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
        if option.required or default is None:
            return [7 if option.required else 2]
        return [default + 1, default - 1, default + 2]
    return [(2, 3)]


def _cases(op: Op, options: Options) -> Iterator[Case]:
    for inputs in _points(op, options):
        specs = op.infer([x.shape for x in inputs], options).parameters
        rng = _generator(op.key, *specs)
        parameters = {
            name: rng.normal(scale=spec.fan_in**-0.5, size=spec.shape)
            for name, spec in specs.items()
        }
        yield Case(op=op, inputs=inputs, parameters=parameters, options=options)


def _points(op: Op, options: Options) -> Iterator[tuple[Array, ...]]:
    """Yield inputs that the op takes, away from its kinks."""
    taken: Counter[int] = Counter()
    for draw in _offers(op, options):
        rng = _generator(op.key, options)
        try:
            inputs = draw(rng)
            op.infer([x.shape for x in inputs], options)
            if op.kind == "loss":
                op.forward(inputs, {}, options)
        except GradcheckError:
            continue
        sort, limit = (inputs[0].ndim, 1) if op.key in SPATIAL else (len(inputs), 2)
        taken[sort] += 1
        if op.kind != "loss" and taken[sort] > limit:
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
        shapes_by_count = ATTENTION_SHAPES if op.key in MASKED else SHAPES
        counts = [n for n in shapes_by_count if least <= n <= (n if most is None else most)]
        for shapes in itertools.chain(*(shapes_by_count[n] for n in counts)):
            yield partial(_draw, makers=_makers(op, options, len(shapes)), shapes=shapes)


def _makers(op: Op, options: Options, count: int) -> list[Maker]:
    """Return how to draw each of so many inputs of an op other than a loss."""
    makers = [INPUT.get(op.key, _real)] * count
    if op.key in MASKED and MASKED[op.key](options, count):
        makers[-1] = _key_mask
    return makers


def _draw(
    rng: np.random.Generator, *, makers: Sequence[Maker], shapes: Sequence[Shape]
) -> tuple[Array, ...]:
    return tuple(make(rng, shape) for make, shape in zip(makers, shapes, strict=True))


def _clear(op: Op, inputs: Inputs, options: Options) -> bool:
    if op.kinks is None or op.kinked is not None:
        return True
    return float(np.min(np.abs(op.kinks(inputs, options)))) > CLEARANCE


def _generator(*parts: object) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(repr(parts).encode()))


CAPABILITIES: Mapping[str, Callable[[Op], bool]] = {
    "kinked": lambda op: op.kinks is not None and op.kinked is None,
    "kinked_inside": lambda op: op.kinked is not None,
    "samplewise": lambda op: op.samplewise and op.kind != "regularizer",
    "complex_safe": lambda op: op.complex_safe,
    "elementwise": lambda op: op.kind == "activation" and op.slope is not None,
    "sited": lambda op: op.sites is not None,
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
