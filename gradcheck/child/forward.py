"""The service that calls the user's own forward pass, and the backward pass that belongs to it.

It knows three requests. `load` imports the functions. `run` calls the forward pass at `count`
points: arrays cross as `inputs/NUMBER` and `parameters/NAME`, those that are `stacked` with the
points as first axis, and the `output` goes back with all points. At complex points it goes
back only if the calculation was analytic throughout; if not, the answer says `lost` why. `back`
calls the backward pass with the gradient `dy`, and answers with `inputs/NUMBER` and
`parameters/NAME`.
"""

import inspect
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.child import wire
from gradcheck.child.loading import Place, load
from gradcheck.child.numbers import real
from gradcheck.child.traces import in_users_code, shortened, statement
from gradcheck.child.watched import NotAnalytic, imaginary_kept, is_watched, watch
from gradcheck.child.worker import Handler
from gradcheck.errors import ClaimError

Arguments = tuple[list[Array], dict[str, Array]]


def service() -> Handler:
    """Return a handler that remembers the functions between requests."""
    return _Service()


class _Service:
    def __init__(self) -> None:
        self._folder = str(Path.cwd())
        self._functions: dict[str, tuple[str, Callable[..., Any]]] = {}

    def __call__(self, header: wire.Header, arrays: wire.Arrays) -> wire.Message:
        if header["do"] == "load":
            for role, given in header["places"].items():
                place = Place(**given)
                self._functions[role] = f"{place.source}:{place.name}", load(place)
            return {}, {}
        if header["do"] == "back":
            return {}, self._back(header, arrays)
        points = [_point(header, arrays, k) for k in range(header["count"])]
        try:
            outputs = [self._output(*point) for point in points]
        except NotAnalytic as error:
            return {"lost": f"{self._functions['forward'][0]} uses {error}"}, {}
        if header["twice"]:
            self._demand_equal(outputs[0], self._output(*points[0]))
        return {}, {"output": self._stacked(outputs)}

    def _output(self, inputs: list[Array], parameters: dict[str, Array]) -> Array:
        """Call the forward pass at one point."""
        moved = any(np.iscomplexobj(x) for x in (*inputs, *parameters.values()))
        if not moved:
            return self._real(_first(self._called("forward", inputs, parameters)))
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            try:
                positional = [watch(x.copy()) for x in inputs]
                named = {name: watch(x.copy()) for name, x in parameters.items()}
                returned = _first(self._functions["forward"][1](*positional, **named))
            except NotAnalytic:
                raise
            except Exception as error:
                raise NotAnalytic(f"complex numbers in vain: {statement(error)}") from None
        if not is_watched(returned):
            raise NotAnalytic("what does not keep complex numbers")
        return imaginary_kept(returned)

    def _called(self, role: str, inputs: list[Any], parameters: dict[str, Array]) -> Any:
        """Call a function with copies, and hold against it that it changes them."""
        subject, function = self._functions[role]
        positional = [x.copy() if isinstance(x, np.ndarray) else x for x in inputs]
        named = {name: x.copy() for name, x in parameters.items()}
        try:
            returned = function(*positional, **named)
        except SystemExit as error:
            raise ClaimError(f"{subject} called sys.exit({error.code!r})") from None
        except BaseException as error:
            if not in_users_code(error):
                names = "".join(f", {name}=..." for name in named)
                form = f"f({', '.join('...' for _ in positional)}{names})"
                message = f"{subject} can't be called as {form}: {statement(error)}"
                raise ClaimError(message) from None
            told = f"{subject} raised {statement(error)}\n{shortened(error, self._folder)}"
            raise ClaimError(told) from None
        pairs = [*zip(inputs, positional, strict=True), *((parameters[n], named[n]) for n in named)]
        labels = [*(f"argument {k + 1}" for k in range(len(inputs))), *named]
        for label, (own, handed) in zip(labels, pairs, strict=True):
            if isinstance(own, np.ndarray) and own.tobytes() != handed.tobytes():
                raise ClaimError(
                    f"{subject} changed its {label} in place; it must leave what it is given "
                    "alone: work on a copy"
                )
        return returned

    def _real(self, returned: Any) -> Array:
        subject = self._functions["forward"][0]
        return real(subject, "an output", returned, kinds="iuf").astype(np.float64)

    def _demand_equal(self, first: Array, second: Array) -> None:
        if first.shape != second.shape or first.tobytes() != second.tobytes():
            raise ClaimError(
                f"{self._functions['forward'][0]} returns something else when it is called again "
                "with the same arguments; freeze what is random in it, and keep no state"
            )

    def _stacked(self, outputs: list[Array]) -> Array:
        shapes = {output.shape for output in outputs}
        if len(shapes) > 1:
            raise ClaimError(
                f"{self._functions['forward'][0]} returns another shape for other values: "
                f"{' and '.join(map(str, sorted(shapes)))}"
            )
        return np.stack(outputs)

    def _back(self, header: wire.Header, arrays: wire.Arrays) -> wire.Arrays:
        """Call the backward pass, with the forward pass's cache if that returns one."""
        inputs, parameters = _point(header, arrays, 0)
        forward = self._called("forward", inputs, parameters)
        if isinstance(forward, tuple) and len(forward) == 2:
            returned = self._called("backward", [arrays["dy"], forward[1]], {})
        else:
            returned = self._called("backward", [arrays["dy"], *inputs], parameters)
        own = self._arguments()
        slots = {
            **{f"inputs/{k}": (*own[k : k + 1], *given) for k, given in enumerate(header["names"])},
            **{f"parameters/{name}": (name,) for name in header["parameters"]},
        }
        return _gradients(self._functions["backward"][0], slots, returned)

    def _arguments(self) -> list[str]:
        """Return what the forward pass itself calls its arguments."""
        try:
            return list(inspect.signature(self._functions["forward"][1]).parameters)
        except (TypeError, ValueError):
            return []


def _point(header: wire.Header, arrays: wire.Arrays, k: int) -> Arguments:
    """Return the arguments of one of the points."""

    def part(key: str) -> Array:
        return arrays[key][k] if key in header["stacked"] else arrays[key]

    return (
        [part(f"inputs/{number}") for number in range(header["inputs"])],
        {name: part(f"parameters/{name}") for name in header["parameters"]},
    )


def _first(returned: Any) -> Any:
    """Return the output alone where a cache comes with it."""
    return returned[0] if isinstance(returned, tuple) and len(returned) == 2 else returned


def _gradients(subject: str, slots: Mapping[str, tuple[str, ...]], returned: Any) -> wire.Arrays:
    """Read what a backward pass returned: by name, or in the order of inputs and parameters."""
    names = [known[0] for known in slots.values()]
    if isinstance(returned, dict):
        known = set().union(*slots.values())
        unknown = [name for name in returned if name not in known]
        if unknown:
            raise ClaimError(
                f"{subject} returned a gradient by {unknown[0]!r}; expected {', '.join(names)}"
            )
        given = [next((returned[name] for name in some if name in returned), None)
                 for some in slots.values()]  # fmt: skip
    else:
        given = list(returned) if isinstance(returned, tuple | list) else [returned]
        if len(given) != len(slots):
            raise ClaimError(
                f"{subject} returned {len(given)} gradients; expected {len(slots)}: by "
                f"{', '.join(names)}"
            )
    triples = zip(slots, names, given, strict=True)
    return {key: _gradient(subject, name, g) for key, name, g in triples if g is not None}


def _gradient(subject: str, name: str, value: Any) -> Array:
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        raise ClaimError(
            f"{subject} returned a gradient by {name!r} with elements of type {array.dtype}; "
            "expected real numbers"
        )
    return array.astype(np.float64)
