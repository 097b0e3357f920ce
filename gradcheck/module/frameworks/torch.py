"""PyTorch: functions with a backward of their own, and modules that use such.

A `torch.autograd.Function` is checked in its floating-point arguments, a module in its parameters
as well; the module is copied and widened to double precision, so nothing of the user's changes.
"""

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from gradcheck.array import Array
from gradcheck.module.frameworks.pullback import Function, Pullback

SEED = 1
"""The seed of what is drawn in every pass, so that a mask is the same one each time."""


def is_target(target: Any) -> bool:
    """Tell whether this is a module or a function of PyTorch's."""
    if isinstance(target, type):
        return issubclass(target, torch.autograd.Function)
    return isinstance(target, torch.nn.Module)


def arguments(target: Any) -> list[str]:
    """Name the arguments of a function or a module."""
    names = [*inspect.signature(target.forward).parameters]
    return names[1:] if isinstance(target, type) and names[:1] == ["ctx"] else names


def sizes(target: Any) -> Sequence[int]:
    """Return the sizes of a module's parameters; a function has none."""
    if isinstance(target, type):
        return ()
    return [size for parameter in target.parameters() for size in parameter.shape]


def subject(target: Any, inputs: Any, seed: int = 0) -> Pullback:
    """Make a subject of a module or of a function with a backward of its own."""
    given = list(inputs) if isinstance(inputs, tuple) else [inputs]
    if isinstance(target, type):
        apply = target.apply  # type: ignore[attr-defined]
        return _made(target.__name__, apply, None, arguments(target), given, seed)
    module = copy.deepcopy(target).double()
    return _made(type(target).__name__, module, module, arguments(target), given, seed)


def _made(
    name: str,
    function: Callable[..., Any],
    module: Any,
    names: Sequence[str],
    given: Sequence[Any],
    seed: int,
) -> Pullback:
    arguments = {
        (names[k] if k < len(names) else f"argument {k + 1}"): value
        for k, value in enumerate(given)
    }
    moving = {n: _array(v) for n, v in arguments.items() if _moves(v)}
    run = _Runner(function, module, arguments, tuple(moving))
    return Pullback(
        Function(
            name=name,
            values={**run.parameters(), **moving},
            inputs=tuple(moving),
            data={n: _array(v) for n, v in arguments.items()
                  if n not in moving and isinstance(v, torch.Tensor | np.ndarray)},
            forward=run.forward,
            pull=run.pull,
        ),
        seed,
    )  # fmt: skip


class _Runner:
    """Runs a function on tensors made of arrays, from the same state each time."""

    def __init__(
        self,
        function: Callable[..., Any],
        module: Any,
        arguments: Mapping[str, Any],
        moving: tuple[str, ...],
    ) -> None:
        self._function, self._module = function, module
        self._arguments, self._moving = arguments, moving
        self._chance = torch.Generator().manual_seed(SEED).get_state()
        buffers = {} if module is None else dict(module.named_buffers())
        self._buffers = [(buffer, buffer.clone()) for buffer in buffers.values()]

    def parameters(self) -> dict[str, Array]:
        return {name: _array(p) for name, p in self._parameters().items()}

    def forward(self, values: Mapping[str, Array]) -> Array:
        with torch.no_grad():
            return np.concatenate(parts) if len(parts := self._flat(values)) > 1 else parts[0]

    def pull(self, values: Mapping[str, Array], upstream: Array) -> dict[str, Array]:
        outputs, tensors = self._run(values)
        moved = self._parameters()
        wanted = {**moved, **tensors}
        found = torch.autograd.grad(
            outputs, [*wanted.values()], _parted(upstream, outputs), allow_unused=True
        )
        # Of a parameter that nothing has used there is no gradient, which is to say zero.
        return {
            name: np.zeros(values[name].shape) if gradient is None else _array(gradient)
            for name, gradient in zip(wanted, found, strict=True)
            if gradient is not None or name in moved
        }

    def _flat(self, values: Mapping[str, Array]) -> list[Array]:
        outputs, _ = self._run(values)
        arrays = [_array(output) for output in outputs]
        return arrays if len(arrays) == 1 else [array.ravel() for array in arrays]

    def _run(self, values: Mapping[str, Array]) -> tuple[list[Any], dict[str, Any]]:
        """Return the floating-point outputs, and the tensors made of the arguments."""
        tensors = {
            name: torch.tensor(values[name], dtype=torch.float64, requires_grad=True)
            for name in self._moving
        }
        self._restore(values)
        drawn = torch.get_rng_state()
        torch.set_rng_state(self._chance)
        try:
            returned = self._function(*(tensors.get(n, v) for n, v in self._tensors().items()))
        finally:
            torch.set_rng_state(drawn)
        outputs = list(returned) if isinstance(returned, tuple | list) else [returned]
        return [o for o in outputs if _moves(o)], tensors

    def _restore(self, values: Mapping[str, Array]) -> None:
        """Put the module's buffers back, and its parameters to other values."""
        with torch.no_grad():
            for buffer, kept in self._buffers:
                buffer.copy_(kept)
            for name, parameter in self._parameters().items():
                parameter.copy_(torch.from_numpy(np.array(values[name])))
                parameter.requires_grad_(True)

    def _parameters(self) -> dict[str, Any]:
        return {} if self._module is None else dict(self._module.named_parameters())

    def _tensors(self) -> dict[str, Any]:
        return {
            name: torch.as_tensor(value) if isinstance(value, np.ndarray) else value
            for name, value in self._arguments.items()
        }


def _parted(upstream: Array, outputs: Sequence[Any]) -> list[Any]:
    """Return the upstream gradient as tensors of the outputs' shapes and precisions."""
    flat, parts = torch.tensor(upstream).reshape(-1), []
    for output in outputs:
        parts.append(flat[: output.numel()].reshape(output.shape).to(output.dtype))
        flat = flat[output.numel() :]
    return parts


def _moves(value: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return bool(value.is_floating_point())
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _array(value: Any) -> Array:
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
    array = np.array(value)
    return array.astype(np.float64) if array.dtype.kind == "f" else array
