"""Peers from frameworks that may not be there: torch's and jax's own gradient checks.

Their gradients are their own, from automatic differentiation of the forward pass by hand; planted
errors are put in by a function that returns its argument and spoils its gradient.
"""

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bench_lib.case import Case
from bench_lib.plain_peers import Part
from gradcheck.array import Array

Planted = Mapping[str, Array]
"""Factors by which the gradients of some parameters are wrong."""

Checker = Callable[[Planted], bool]
"""Tells whether a gradient with planted errors passes."""


def installed() -> dict[str, bool]:
    """Tell which of the optional peers are there."""
    return {name: importlib.util.find_spec(name) is not None for name in ("scipy", "torch", "jax")}


def prepare_torch() -> Any:
    """Import torch, as slow as everything else here: on one thread."""
    torch: Any = importlib.import_module("torch")
    torch.set_num_threads(1)
    return torch


def torch_check(case: Case, part: Part | None, *, fast: bool) -> Checker:
    """Return torch's check of some entries, or of all."""
    torch = prepare_torch()
    kind = torch.float32 if case.single else torch.float64
    data = {n: torch.tensor(v, dtype=kind) for n, v in case.data.items()}
    own = {n: torch.tensor(v, dtype=kind) for n, v in case.parameters.items()}
    spoil = _torch_spoiler(torch)
    groups = {n: torch.tensor(places) for n, places in _grouped(part).items()} if part else {}
    starts = [own[n].reshape(-1)[g] for n, g in groups.items()] if part else own.values()

    def check(planted: Planted) -> bool:
        factors = {n: torch.tensor(f, dtype=kind) for n, f in planted.items()}

        def loss(*moved: Any) -> Any:
            values = _scattered(own, groups, moved) if part else dict(zip(own, moved, strict=True))
            values = {n: spoil(v, factors[n]) if n in factors else v for n, v in values.items()}
            return case.forward(torch, values, data)

        leaves = [v.detach().clone().requires_grad_(True) for v in starts]
        return bool(torch.autograd.gradcheck(loss, leaves, fast_mode=fast, raise_exception=False))

    return check


def _grouped(part: Part) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for name, place in part.places():
        groups.setdefault(name, []).append(place)
    return groups


def _scattered(own: Mapping[str, Any], groups: Mapping[str, Any], moved: Any) -> dict[str, Any]:
    values = dict(own)
    for (name, places), entries in zip(groups.items(), moved, strict=True):
        flat = own[name].reshape(-1).index_put((places,), entries)
        values[name] = flat.reshape(own[name].shape)
    return values


def _torch_spoiler(torch: Any) -> Callable[[Any, Any], Any]:
    class Spoiled(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(context: Any, value: Any, factor: Any) -> Any:
            context.factor = factor
            return value.clone()

        @staticmethod
        def backward(context: Any, upstream: Any) -> Any:
            return upstream * context.factor, None

    return Spoiled.apply  # type: ignore[no-any-return]


def jax_check(case: Case) -> Checker:
    """Return jax's check of all entries, along random directions."""
    jax: Any = importlib.import_module("jax")
    check_grads = importlib.import_module("jax.test_util").check_grads
    jax.config.update("jax_enable_x64", True)
    kind = np.float32 if case.single else np.float64
    data = {n: jax.numpy.asarray(v, dtype=kind) for n, v in case.data.items()}
    own = {n: jax.numpy.asarray(v, dtype=kind) for n, v in case.parameters.items()}
    spoil = _jax_spoiler(jax)

    @jax.jit  # type: ignore[untyped-decorator]
    def loss(values: Mapping[str, Any], factors: Mapping[str, Any]) -> Any:
        values = {n: spoil(v, factors[n]) if n in factors else v for n, v in values.items()}
        return case.forward(jax.numpy, values, data)

    def check(planted: Planted) -> bool:
        factors = {n: jax.numpy.asarray(f, dtype=kind) for n, f in planted.items()}
        try:
            check_grads(lambda values: loss(values, factors), (own,), order=1, modes=["rev"])
        except AssertionError:
            return False
        return True

    return check


def _jax_spoiler(jax: Any) -> Callable[[Any, Any], Any]:
    @jax.custom_vjp  # type: ignore[untyped-decorator]
    def spoiled(value: Any, factor: Any) -> Any:
        del factor
        return value

    def forward(value: Any, factor: Any) -> Any:
        return value, factor

    def backward(factor: Any, upstream: Any) -> Any:
        return upstream * factor, None

    spoiled.defvjp(forward, backward)
    return spoiled  # type: ignore[no-any-return]
