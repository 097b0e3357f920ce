"""Names: how hand-written layers call the gradient of a parameter.

`W` and `dW`, `weights` and `grad_weights`, `w` and `w_grad`, `params['W']` and `grads['W']` or
`grads['dW']`, `params[0]` and `grads[0]`, `weight.value` and `weight.grad`.
"""

import re
from collections.abc import Collection

Names = tuple[str | int, ...]
"""The names on the way to an array."""

_MARKS = ("gradientof", "gradient", "gradof", "grad", "dloss", "dld", "dl", "delta", "nabla", "d",
          "g")  # fmt: skip
_WHOLE = frozenset({"grad", "gradient", "grads", "g", "d", "diff", "delta"})
_VALUES = frozenset({"value", "data", "val", "v", "w", "x", "array", "tensor", "param"})
_PARAMETERS = frozenset({"params", "parameters", "param", "weights", "variables", "vars", "p",
                         "values", "theta", "trainable"})  # fmt: skip
_GRADIENTS = frozenset({"grads", "gradients", "grad", "gradient", "dparams", "gradparams", "g",
                        "derivatives", "diffs"})  # fmt: skip
_TARGETS = frozenset({"y", "t", "target", "targets", "label", "labels", "ytrue", "truth", "true"})
_ORDINARY = r"(?!data|deca|degree|den(om|s)|deriv|diag|dilat|dim|dist|dots?$|drop|dt$)"
"""What begins like a gradient's name and is none."""

_UPSTREAM = re.compile(
    _ORDINARY + r"d|grad|delta|upstream|err|output_?(grad|err|delta)|g$|eps$|next"
)
_RATES = frozenset({"lr", "learningrate", "rate", "eta", "stepsize", "alpha", "learnrate"})
_SAME = {"weights": "w", "weight": "w", "wt": "w", "kernel": "w", "biases": "b", "bias": "b"}


def partner(parameter: Names, candidates: Collection[Names]) -> Names | None:
    """Return which of the candidates names the gradient of a parameter; the most alike first."""
    for rule in (_alike, _abbreviated, _beside):
        for candidate in candidates:
            if candidate != parameter and rule(parameter, candidate):
                return candidate
    return None


def is_gradient_of(parameter: str, name: str) -> bool:
    """Tell whether `name` is what a gradient of `parameter` would be called."""
    return _marked(parameter, name) or _short(parameter, name)


def _plain(name: str | int) -> str:
    return re.sub(r"[^0-9a-z]", "", str(name).lower())


def _marked(parameter: str | int, name: str | int) -> bool:
    """Tell whether `name` is the parameter's with a mark before or behind it."""
    if isinstance(parameter, int) or isinstance(name, int):
        return False
    own, other = _plain(parameter), _plain(name)
    return other in [*(f"{mark}{own}" for mark in _MARKS), *(f"{own}{mark}" for mark in _MARKS)]


def _group(parameter: str | int, name: str | int) -> bool:
    """Tell whether a name is that of a collection of gradients, the other one of parameters."""
    return _plain(parameter) in _PARAMETERS and _plain(name) in _GRADIENTS


def _alike(parameter: Names, name: Names) -> bool:
    """Tell whether names differ in a mark, or in what their collections are called."""
    if len(parameter) == len(name):
        apart = [(a, b) for a, b in zip(parameter, name, strict=True) if a != b]
        if len(apart) == 1:
            return _marked(*apart[0]) or (len(name) > 1 and _group(*apart[0]))
        return len(apart) == 2 and _group(*apart[0]) and _marked(*apart[1])
    if len(name) == len(parameter) + 1 and name[: len(parameter) - 1] == parameter[:-1]:
        own, last = parameter[-1], name[-1]
        return _plain(name[-2]) in _GRADIENTS and (own == last or _marked(own, last))
    return False


def _abbreviated(parameter: Names, name: Names) -> bool:
    """Tell whether names are alike once `weights` is `w` and `bias` is `b`."""
    if len(parameter) != len(name) or parameter[:-1] != name[:-1]:
        return False
    own, last = parameter[-1], name[-1]
    return isinstance(own, str) and isinstance(last, str) and _short(own, last)


def _beside(parameter: Names, name: Names) -> bool:
    """Tell whether both belong to one object, as `weight.value` and `weight.grad` do."""
    if len(parameter) != len(name) or len(name) < 2 or parameter[:-1] != name[:-1]:
        return False
    return _plain(parameter[-1]) in _VALUES and _plain(name[-1]) in _WHOLE


def _short(parameter: str, name: str) -> bool:
    own, number = _cut(_plain(parameter))
    for mark in _MARKS:
        if _plain(name).startswith(mark):
            other, behind = _cut(_plain(name).removeprefix(mark))
            if (other, behind) == (own, number):
                return True
    return False


def _cut(name: str) -> tuple[str, str]:
    """Return a name in its short form, and the number behind it."""
    stem = name.rstrip("0123456789")
    return _SAME.get(stem, stem), name[len(stem) :]


def is_rate(name: str) -> bool:
    """Tell whether an argument or an attribute is called like a learning rate."""
    return _plain(name) in _RATES


def is_target(name: str) -> bool:
    """Tell whether an argument is called like the targets of a loss."""
    return _plain(name) in _TARGETS


def is_upstream(name: str) -> bool:
    """Tell whether an argument is called like a gradient that arrives from above."""
    return bool(_UPSTREAM.match(name.lower().strip("_")))


def is_cache(name: str) -> bool:
    """Tell whether an argument is called like what a forward pass keeps for the backward one."""
    return any(part in name.lower() for part in ("cache", "ctx", "context", "saved", "memory"))
