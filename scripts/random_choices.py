"""What random networks are made of: ops, and values of options, targets and inputs that suit."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from gradcheck.array import Shape
from gradcheck.catalogues import OPS
from gradcheck.op import Op

DEEPEST = 6
WIDEST = 80
"""Numbers that one sample may become in a layer."""

HEAVIEST = 160
"""Numbers in the parameters of one layer."""

VALUES: Mapping[str, Sequence[Any]] = {
    "alpha": (0.5, 2.0),
    "axes": ((1,), (2, 1), (1, 3, 2), (3, 1, 2), (2, 3, 1), 1, 2),
    "axis": (1, -1, 2, -2),
    "channels": (2, 3, 4, 5),
    "delta": (0.5, 2.0),
    "dilation": ((1,), (2,)),
    "entries": (7,),
    "eps": (1e-5, 1e-3, 0.1),
    "factor": (0.5, 3.0),
    "groups": (1, 2, 3),
    "heads": (1, 2, 3, 5),
    "ignore": (0,),
    "kernel": ((1,), (2,), (3,), (2, 3), (1, 2), (3, 1)),
    "label_smoothing": (0.1,),
    "margin": (0.5, 2.0),
    "negative_slope": (0.2, -0.5),
    "output_padding": ((0,), (1,)),
    "padding": ((0,), (1,), (0, 1)),
    "padding_id": (0, 3),
    "rate": (0.25, 0.5),
    "seed": (0, 1, 2),
    "shape": ((-1,), (1, -1), (-1, 1), (2, -1), (3, -1), (-1, 5), (1, 2, -1), (1, -1, 3)),
    "start": (0, 1, -2),
    "step": (1, 2, -1),
    "stop": (-1, 3),
    "stride": ((1,), (2,), (1, 2)),
    "units": (1, 2, 3, 5, 7),
}
"""Values to try for options by name; not all need suit the op."""

BOUNDED = {"tanh", "sigmoid", "softmax", "softsign", "sin", "hard_tanh", "hard_sigmoid", "input"}
"""What may be exponentiated without growing out of all bounds."""

ONCE = {"exp", "square", "multiply", "conv_transpose2d", "multi_head_attention"}
"""Ops of which one in a network is enough: values or costs would explode."""

HEADS: Mapping[str, Sequence[str]] = {
    "probabilities": ("tanh", "softmax"),
    "log_probabilities": ("tanh", "log_softmax"),
    "log_rate": ("tanh",),
    "rate": ("tanh", "softplus"),
}
"""Layers that make predictions what the loss's option `from` says that they are."""

TARGETS: Mapping[str, Sequence[str]] = {
    "absolute_error": ("real", "zeros"),
    "binary_cross_entropy": ("shares", "bits"),
    "categorical_hinge": ("classes", "one_hot"),
    "cosine_similarity": ("real",),
    "cross_entropy": ("classes", "one_hot", "probabilities"),
    "hinge": ("signs",),
    "huber": ("real", "zeros"),
    "kl_divergence": ("probabilities", "one_hot"),
    "log_cosh": ("real",),
    "multiclass_hinge": ("classes", "one_hot"),
    "negative_log_likelihood": ("classes", "one_hot", "probabilities"),
    "poisson": ("counts",),
    "squared_error": ("real", "zeros"),
    "squared_hinge": ("signs",),
    "triplet": ("weights",),
}

SOURCES: Mapping[str, Any] = {
    "real": {"normal": [0, 1]},
    "shares": {"uniform": [0, 1]},
    "bits": {"bernoulli": 0.5},
    "counts": {"integers": [0, 6]},
    "one_hot": "one_hot",
    "probabilities": "probabilities",
    "zeros": "zeros",
}

SAMPLES: Sequence[tuple[str, Sequence[Shape]]] = (
    ("vector", ((1,), (2,), (3,), (5,), (7,))),
    ("sequence", ((2, 3), (3, 5), (5, 2), (1, 3), (3, 4))),
    ("image", ((1, 5, 3), (2, 3, 5), (3, 4, 4), (1, 5, 7))),
    ("ids", ((3,), (5,))),
)
"""Kinds of inputs with the shapes that one sample may have."""


@cache
def ops(kind: str) -> tuple[Op, ...]:
    """Return the ops of a kind."""
    return tuple(op for op in OPS.all().values() if op.kind == kind)


@cache
def named(name: str) -> Op:
    """Return the op of a name."""
    op = OPS.find(name)
    assert op is not None, name
    return op
