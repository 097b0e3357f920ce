"""JAX: functions with a derivative rule of their own, `jax.custom_vjp`.

They are checked in all their floating-point arguments, in double precision whatever the session's
setting; arguments may be trees of arrays.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np

from gradcheck.array import Array
from gradcheck.module.frameworks.pullback import Function, Pullback


def is_target(target: Any) -> bool:
    """Tell whether this is a function with a derivative rule of its own."""
    return isinstance(target, jax.custom_vjp)


def arguments(target: Any) -> list[str]:
    """Name the arguments of a function."""
    code = getattr(getattr(target, "fun", target), "__code__", None)
    return list(code.co_varnames[: code.co_argcount]) if code else []


def sizes(target: Any) -> Sequence[int]:  # noqa: ARG001
    """Return nothing: a function has no parameters of its own."""
    return ()


def subject(target: Any, inputs: Any, seed: int = 0) -> Pullback:
    """Make a subject of a function of JAX's and its arguments."""
    given = inputs if isinstance(inputs, tuple) else (inputs,)
    run = _Runner(target, given)
    own = run.values()
    moving = tuple(name for name, value in own.items() if value.dtype.kind == "f")
    return Pullback(
        Function(
            name=getattr(target, "__name__", "function"),
            values={name: own[name].astype(np.float64) for name in moving},
            inputs=moving,
            data={name: value for name, value in own.items() if name not in moving},
            forward=run.forward,
            pull=run.pull,
        ),
        seed,
    )


class _Runner:
    """Runs a function on arrays by the names of their places among the arguments."""

    def __init__(self, function: Any, given: tuple[Any, ...]) -> None:
        self._function = function
        pairs, self._tree = jax.tree_util.tree_flatten_with_path(given)
        names = arguments(function)
        self._leaves = {_named(path, names): leaf for path, leaf in pairs}

    def values(self) -> dict[str, Array]:
        return {name: np.asarray(leaf) for name, leaf in self._leaves.items()}

    def forward(self, values: Mapping[str, Array]) -> Array:
        with _double():
            leaves = jax.tree_util.tree_leaves(self._called(values))
            arrays = [np.asarray(leaf, dtype=np.float64) for leaf in leaves]
        return arrays[0] if len(arrays) == 1 else np.concatenate([a.ravel() for a in arrays])

    def pull(self, values: Mapping[str, Array], upstream: Array) -> dict[str, Array]:
        with _double():
            output, pullback = jax.vjp(self._called, dict(values))
            leaves, tree = jax.tree_util.tree_flatten(output)
            parts, flat = [], upstream.ravel()
            for leaf in leaves:
                parts.append(jax.numpy.asarray(flat[: leaf.size].reshape(leaf.shape), leaf.dtype))
                flat = flat[leaf.size :]
            (found,) = pullback(jax.tree_util.tree_unflatten(tree, parts))
            return {name: np.asarray(gradient) for name, gradient in found.items()}

    def _called(self, values: Mapping[str, Any]) -> Any:
        leaves = [values.get(name, leaf) for name, leaf in self._leaves.items()]
        return self._function(*jax.tree_util.tree_unflatten(self._tree, leaves))


def _double() -> Any:
    """Return a context in which JAX computes in double precision."""
    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)
    from jax.experimental import enable_x64

    return enable_x64()


def _named(path: Any, names: list[str]) -> str:
    """Name a place in the arguments: by the argument, and the way on from there."""
    first = path[0].idx
    argument = names[first] if first < len(names) else f"argument {first + 1}"
    return f"{argument}{jax.tree_util.keystr(path[1:])}"
