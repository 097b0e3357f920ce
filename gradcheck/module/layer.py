"""Layers as subjects: a forward and a backward pass under a random upstream gradient.

The loss is the sum of the outputs' entries, each times its upstream gradient, so that what the
backward pass makes of these upstream gradients is the gradient of the loss.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.claims.coarse import imprecise
from gradcheck.errors import ClaimError
from gradcheck.module.calling import called, changed
from gradcheck.module.coarse import narrowed, units
from gradcheck.module.harvest import Harvest, flattened
from gradcheck.module.holding import Holder
from gradcheck.module.passes import Back, Passes
from gradcheck.module.plan import packed, planned
from gradcheck.module.subject import UPSTREAM, About, Losses, Moved, Point
from gradcheck.numeric.precision import coarsest
from gradcheck.problem import Claims, Fact


class Layer:
    """A layer as a subject; `seed` is that of the upstream gradient."""

    def __init__(self, passes: Passes, harvest: Harvest, seed: int = 0) -> None:
        self._passes = passes
        self._harvest = harvest
        own, outputs = started(passes, seed)
        if not own.parameters:
            raise ClaimError(_nothing(passes))
        eps, coarse = coarsest(lambda values: passes.output(_at(own, values)), own.parameters)
        self._units = units(lambda values: self._claims(_at(own, values)), own.parameters)
        first, facts = passes.back(own, lambda back: (self._read(back, own), self._spoilt(back)))
        unclaimed = [name for name in passes.moving if name not in first]
        self.about = About(
            name=passes.name,
            own=own,
            claimed=frozenset(own.parameters) - set(unclaimed),
            inputs=passes.moving,
            batch=_samples(outputs[0], own, passes),
            epsilon=eps,
            facts=(*facts, *imprecise(eps, coarse)),
            remarks=(
                *harvest.remarks,
                *([_unclaimed(unclaimed)] if unclaimed else []),
                *([] if passes.plan.takes_upstream else [ALONE]),
                *passes.plan.remarks,
            ),
        )

    def losses(self, point: Point, moved: Moved) -> Losses:
        terms = [self._terms(point, {moved.parameter: value}) for value in moved.values]
        return Losses(
            value=np.asarray([some.sum() for some in terms]),
            magnitude=np.asarray([_magnitude(some) for some in terms]),
        )

    def claims(self, point: Point) -> Claims:
        return narrowed(self._claims(point), self._units)

    def _claims(self, point: Point) -> Claims:
        return self._passes.back(point, lambda back: self._read(back, point))

    def output(self, point: Point) -> Array | None:
        outputs = self._passes.outputs(point)
        return outputs[0] if len(outputs) == 1 else None

    def _terms(self, point: Point, moved: Mapping[str, Array]) -> Array:
        there = Point(parameters={**point.parameters, **moved}, data=point.data)
        is_complex = any(np.iscomplexobj(value) for value in moved.values())
        output = self._passes.complex_output(there) if is_complex else self._passes.output(there)
        upstream = point.data.get(UPSTREAM, np.ones(output.shape))
        if output.shape != upstream.shape:
            raise ClaimError(
                f"{self._passes.name}.forward gives shape {output.shape}, but {upstream.shape} at "
                "the given point"
            )
        return np.asarray(output * upstream)

    def _read(self, back: Back, point: Point) -> dict[str, Array]:
        found = self._harvest.gradients(self._passes.moving, back.returned, point.parameters)
        return {**back.updates, **found}

    def _spoilt(self, back: Back) -> list[Fact]:
        """Tell of arguments that the passes changed in place."""
        return list(_tampered(self._passes, back))


ALONE = "the backward pass takes no upstream gradient, so it was checked for 1"


def fitted(
    name: str,
    functions: tuple[Callable[..., Any], Callable[..., Any]],
    holder: Holder,
    inputs: Mapping[str, Any],
    rate: float | None = None,
) -> Passes:
    """Return a forward and a backward function as passes that fit together."""
    forward, backward = functions
    handed = [x.copy() if isinstance(x, np.ndarray) else x for x in inputs.values()]
    returned = called(f"{name}.forward", forward, *handed)
    holder.hold(holder.values)
    plan = planned(name, functions, [*inputs], returned)
    passes = Passes(
        name=name, forward=forward, backward=backward, holder=holder, inputs=inputs, plan=plan,
        rate=rate,
    )  # fmt: skip
    # One upstream gradient for several outputs: of the first, or a tuple of all.
    whole = replace(passes, plan=packed(plan, returned))
    return whole if plan.left and not _runs(passes) and _runs(whole) else passes


def _runs(passes: Passes) -> bool:
    """Tell whether a backward pass can be run, and returns first what fits the first input.

    One that takes a single array apart into as many as there are outputs wants a tuple of them.
    """
    apart: list[int] = []

    class Upstream(np.ndarray[Any, Any]):
        def __iter__(self) -> Iterator[Any]:
            apart.append(len(self))
            return super().__iter__()

    point, _ = started(passes, 0)
    watched = {n: x.view(Upstream) if n == UPSTREAM else x for n, x in point.data.items()}
    try:
        given = passes.back(
            Point(parameters=point.parameters, data=watched),
            lambda back: flattened(back.returned)[0],
        )
    except ClaimError:
        return False
    finally:
        passes.holder.hold(passes.holder.values)
    if not passes.plan.packed and 1 + len(passes.plan.left) in apart:
        return False
    shapes = [passes.own.parameters[name].shape for name in passes.moving]
    return not given or not shapes or np.shape(given[0]) == shapes[0]


def started(passes: Passes, seed: int) -> tuple[Point, list[Array]]:
    """Return the user's own point, with an upstream gradient if one is taken, and the outputs.

    Raises ClaimError where the backward pass takes none though the output is no single number.
    """
    own, takes = passes.own, passes.plan.takes_upstream
    outputs = passes.outputs(own)
    if not takes and outputs[0].size != 1:
        raise ClaimError(
            f"{passes.name}.backward takes no upstream gradient, but the output has shape "
            f"{outputs[0].shape}; expected backward(upstream), or an output that is the loss"
        )
    shape = outputs[0].shape if len(outputs) == 1 else (sum(x.size for x in outputs),)
    drawn = {UPSTREAM: np.asarray(Chance([seed, 1]).normal(size=shape))} if takes else {}
    data = {**own.data, **drawn}
    return Point(parameters=own.parameters, data=data), outputs


def _tampered(passes: Passes, back: Back) -> Iterator[Fact]:
    own = started(passes, 0)[0]
    pairs = [
        (name, np.asarray(given), handed)
        for name, given, handed in zip(passes.inputs, passes.given(own), back.handed, strict=True)
        if isinstance(handed, np.ndarray)
    ]
    spoilt = changed([a for _, a, _ in pairs], [b for _, _, b in pairs])
    if spoilt:
        evidence = ("compared byte by byte before and after both passes",)
        names = tuple(pairs[k][0] for k in spoilt)
        yield Fact(code="CHK07", parameters=names, evidence=evidence)


def _samples(output: Array, own: Point, passes: Passes) -> int | None:
    """Return the number of samples, by the output or, of a loss, by its first input."""
    if output.ndim:
        return int(output.shape[0])
    shapes = [own.parameters[name].shape for name in passes.moving]
    return shapes[0][0] if shapes and shapes[0] else None


def _magnitude(terms: Array) -> complex:
    """Return the sum of absolute terms, by real and imaginary part."""
    total = float(np.abs(terms.real).sum())
    return total + 1j * float(np.abs(terms.imag).sum()) if np.iscomplexobj(terms) else total


def _at(point: Point, parameters: Mapping[str, Array]) -> Point:
    return Point(parameters=parameters, data=point.data)


def _nothing(passes: Passes) -> str:
    given = ", ".join(f"{name} of type {type(x).__name__}" for name, x in passes.inputs.items())
    return (
        f"there is nothing to differentiate {passes.name} by; expected NumPy arrays of "
        f"floating-point numbers as inputs or attributes, found {given or 'none'}"
    )


def _unclaimed(names: list[str]) -> str:
    return f"no gradient is returned for {', '.join(names)}, so it was not checked"
