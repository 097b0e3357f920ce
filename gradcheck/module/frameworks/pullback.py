"""Functions with a pullback as subjects, whatever framework makes them.

The referee moves arguments and parameters in double precision and sees outputs; the claim is what
the framework hands back for a random upstream gradient, by way of the hand-written backward pass.
"""

from collections.abc import Callable, Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.errors import ClaimError, NotAnalyticError
from gradcheck.module.calling import called
from gradcheck.module.subject import UPSTREAM, About, Losses, Moved, Point
from gradcheck.problem import Claims
from gradcheck.record import record

Forward = Callable[[Mapping[str, Array]], Array]
Pull = Callable[[Mapping[str, Array], Array], Mapping[str, Array]]


@record
class Function:
    """A differentiable function: where it is evaluated first, and how it and its pullback are run.

    `values` are its arguments and parameters, in the order of the arguments; `inputs` names the
    arguments. `data` are arguments that are whole numbers.
    """

    name: str
    values: Mapping[str, Array]
    inputs: tuple[str, ...]
    data: Mapping[str, Array]
    forward: Forward
    pull: Pull


class Pullback:
    """A differentiable function as a subject."""

    def __init__(self, function: Function, seed: int = 0) -> None:
        if not function.values:
            raise ClaimError(
                f"{function.name} was given nothing to be differentiated by; expected arrays of "
                "floating-point numbers"
            )
        self._function = function
        output = self._forward(function.values)
        drawn = np.asarray(Chance([seed, 1]).normal(size=output.shape))
        own = Point(parameters=function.values, data={**function.data, UPSTREAM: drawn})
        first = self.claims(own)
        left = [name for name in function.values if name not in first]
        self.about = About(
            name=function.name,
            own=own,
            claimed=frozenset(first),
            inputs=function.inputs,
            batch=output.shape[0] if output.ndim else None,
            remarks=(f"no gradient is returned for {', '.join(left)}, so it was not checked",)
            if left
            else (),
        )

    def losses(self, point: Point, moved: Moved) -> Losses:
        if np.iscomplexobj(moved.values):
            raise NotAnalyticError("nobody watches complex numbers inside the framework")
        upstream = point.data[UPSTREAM]
        terms = [
            self._forward({**point.parameters, moved.parameter: value}) * upstream
            for value in moved.values
        ]
        return Losses(
            value=np.asarray([some.sum() for some in terms]),
            magnitude=np.asarray([np.abs(some).sum() for some in terms]),
        )

    def claims(self, point: Point) -> Claims:
        name = f"the pullback of {self._function.name}"
        values, upstream = dict(point.parameters), point.data[UPSTREAM]
        return dict(called(name, self._function.pull, values, upstream))

    def output(self, point: Point) -> Array | None:
        return self._forward(point.parameters)

    def _forward(self, values: Mapping[str, Array]) -> Array:
        found = called(self._function.name, self._function.forward, dict(values))
        return np.asarray(found, dtype=np.float64)
