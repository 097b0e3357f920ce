"""An op made of a Python function of the user's, which runs in a process of its own.

Nothing is known of the function but what it gives: it may mix samples, its kinks are not listed,
and complex numbers are trusted only as far as the process has watched them all the way.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.child import wire
from gradcheck.child.loaded import Loaded
from gradcheck.custom.interface import Interface, as_terms, refuse_stretched
from gradcheck.errors import ClaimError, GradcheckError, NotAnalyticError
from gradcheck.formula.arithmetic import foreign
from gradcheck.formula.shapes import bounded
from gradcheck.op import Gradients, Inferred, Inputs, Op, Options, Parameters
from gradcheck.record import record

FORWARD, BACKWARD = "forward", "backward"
"""The roles that the user's functions play."""

CHUNK = 2**21
"""Numbers that are sent to the function's process at once."""

TINY = 2.0**-100
"""The imaginary part, relative to the real one, with which complex numbers are tried."""

AGREEMENT = 1e-9
"""How far the real parts may be from what real numbers give, relatively: beyond, the function does
something else with complex numbers, or computes in single precision."""

Place = Callable[[GradcheckError], GradcheckError]
"""Turns an error of the function into one that says where the config names it."""

Point = tuple[Inputs, Parameters]

GOLDEN = 0.6180339887498949


def make(
    loaded: Loaded, interface: Interface, *, subject: str, shape: Shape | None, place: Place,
    backward: bool,
) -> Op:  # fmt: skip
    """Make an op of the functions that are loaded: the forward pass, and where there is one the
    `backward` pass.

    `shape` is the output's for one sample; without it the function is tried.
    """
    own = _Python(
        loaded=loaded,
        interface=interface,
        subject=subject,
        shape=shape,
        place=place,
        has_backward=backward,
    )
    return Op(
        name="python",
        kind="loss" if interface.loss else "layer",
        doc=f"The Python function {subject}",
        forward=own.forward,
        backward=own.backward,
        infer=own.infer,
        arity=interface.arity,
        together=own.together,
        own=True,
        samplewise=False,
    )


@record
class _Python:
    """The pure functions of one op."""

    loaded: Loaded
    interface: Interface
    subject: str
    shape: Shape | None
    place: Place
    has_backward: bool

    def infer(self, shapes: Sequence[Shape], options: Options) -> Inferred:  # noqa: ARG002
        if self.interface.loss:
            refuse_stretched(shapes)
        if self.shape is not None:
            return self.interface.inferred((shapes[0][0], *self.shape), shapes, samplewise=False)
        inputs = [fractions(shape) for shape in shapes]
        own = {name: fractions(shape) for name, shape in self.interface.parameters.items()}
        try:
            (output,) = self._outputs([(inputs, own)], twice=True)
        except ClaimError as error:
            spare = "" if self.interface.loss else "; `shape: [...]` of its output spares the trial"
            tried = f"tried with numbers between 0 and 1{spare}: {error}"
            raise self.place(ClaimError(tried)) from None
        inferred = self.interface.inferred(output.shape, shapes, samplewise=False)
        return replace(inferred, complex_safe=self._analytic(inputs, own, output))

    def _analytic(self, inputs: Inputs, parameters: Parameters, output: Array) -> bool:
        """Tell whether complex numbers come through, and leave the real parts as they are."""
        moved = [x * (1 + 1j * TINY) for x in inputs]
        try:
            (found,) = self._outputs([(moved, parameters)])
        except NotAnalyticError:
            return False
        scale = float(np.max(np.abs(output), initial=0.0))
        return found.shape == output.shape and bool(
            (np.abs(found.real - output) <= AGREEMENT * scale).all()
        )

    def forward(
        self,
        inputs: Inputs,
        parameters: Parameters,
        options: Options,  # noqa: ARG002
    ) -> tuple[Array, Any]:
        (output,) = self._all([(inputs, parameters)])
        return self._settled(output, len(inputs[0])), (inputs, parameters, output.shape)

    def together(self, points: Sequence[Point], options: Options) -> list[Array]:  # noqa: ARG002
        return [self._settled(output, len(points[0][0][0])) for output in self._all(points)]

    def _all(self, points: Sequence[Point]) -> list[Array]:
        """Run the function at all points, as many at once as is good for memory."""
        for inputs, parameters in points:
            if any(foreign(value) for value in (*inputs, *parameters.values())):
                raise TypeError(f"{self.subject} takes NumPy's arrays alone")
        size = sum(value.size for value in (*points[0][0], *points[0][1].values()))
        step = max(1, CHUNK // max(size, 1))
        outputs = []
        for first in range(0, len(points), step):
            outputs += self._outputs(points[first : first + step])
        return outputs

    def _settled(self, output: Array, batch: int) -> Array:
        """Return an output as the network knows it; raises ClaimError if its shape is another."""
        if self.interface.loss and output.shape == ():
            return as_terms(output, batch)
        wanted = None if self.shape is None else (batch, *self.shape)
        if wanted is not None and output.shape != wanted:
            raise ClaimError(
                f"{self.subject} gives shape {output.shape}, but {wanted} is declared, the batch "
                f"of {batch} first"
            )
        return output

    def _outputs(self, points: Sequence[Point], *, twice: bool = False) -> list[Array]:
        """Run the function at some points, sending only once what they have in common."""
        arrays, stacked = _packed(points)
        header = {"do": "run", "count": len(points), "stacked": stacked, "twice": twice}
        answer, found = self._request(header, arrays, len(points) + twice)
        if "lost" in answer:
            raise NotAnalyticError(str(answer["lost"]))
        return list(found["output"])

    def _request(
        self, header: wire.Header, arrays: dict[str, Array], times: int = 1
    ) -> wire.Message:
        interface = self.interface
        shapes = {"inputs": len(interface.inputs), "parameters": [*interface.parameters]}
        return self.loaded.request({**header, **shapes}, arrays, times)

    def backward(self, dy: Array, cache: Any) -> Gradients:
        inputs, parameters, shape = cache
        if not self.has_backward:
            raise self.place(
                ClaimError(
                    f"{self.subject} has no backward pass; name it beside the function, backward: "
                    "FILE.py:NAME, or claim the gradients themselves"
                )
            )
        names = [names[0] for names in self.interface.inputs]
        arrays, _ = _packed([(inputs, parameters)])
        header = {"do": "back", "stacked": [], "names": [[*some] for some in self.interface.inputs]}
        upstream = dy[0] if shape == () else dy
        _, found = self._request(header, {**arrays, "dy": np.asarray(upstream)})
        return Gradients(
            inputs=tuple(
                self._fitting(found.get(f"inputs/{k}"), x, names[k]) for k, x in enumerate(inputs)
            ),
            parameters={
                name: gradient
                for name, x in parameters.items()
                if (gradient := self._fitting(found.get(f"parameters/{name}"), x, name)) is not None
            },
        )

    def _fitting(self, gradient: Array | None, value: Array, name: str) -> Array | None:
        if gradient is not None and gradient.shape != value.shape:
            raise ClaimError(
                f"the backward pass of {self.subject} gives a gradient of shape {gradient.shape} "
                f"by {name!r}, which has shape {value.shape}"
            )
        return gradient


def fractions(shape: Shape) -> Array:
    """Return different numbers between 0 and 1: whole numbers, read from them, are 0.

    Raises MisfitError where they would be too many.
    """
    count = np.arange(1, prod(bounded(shape)) + 1)
    return np.asarray((count * GOLDEN) % 1.0).reshape(shape)


def _packed(points: Sequence[Point]) -> tuple[dict[str, Array], list[str]]:
    """Return the arrays of some points under one name each, and the names of those that differ.

    Arrays that differ between points are stacked, along a new first axis.
    """
    rows = [
        {
            **{f"inputs/{k}": x for k, x in enumerate(inputs)},
            **{f"parameters/{name}": x for name, x in parameters.items()},
        }
        for inputs, parameters in points
    ]
    stacked = [key for key, x in rows[0].items() if any(row[key] is not x for row in rows)]
    return {
        key: np.stack([row[key] for row in rows]) if key in stacked else np.asarray(x)
        for key, x in rows[0].items()
    }, stacked
