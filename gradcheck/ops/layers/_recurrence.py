"""What the recurrent layers share: their shapes, options, initial states and projections."""

from collections.abc import Mapping, Sequence

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Inferred, Option, Options, Parameters, ParameterSpec, Response, Site

Shifts = Mapping[str, Array]

OPTIONS: Mapping[str, Option] = {
    "units": Option(
        doc="number of hidden units h", type="integer", required=True, minimum=1, size=True
    ),
    "bias": Option(doc="whether biases are added", type="boolean", default=True),
    "initial": Option(
        doc="the state before the first step: zeros, or parameters",
        type="choice",
        default="zeros",
        choices=("zeros", "learned"),
    ),
}


def output_option(*others: str) -> Option:
    """Return the option that says which hidden states are the output."""
    words = ("steps", "last", *others)
    return Option(
        doc=f"which states to hand on: {' or '.join(words)}",
        type="choice",
        default="steps",
        choices=words,
    )


def inferred(
    shape: Shape, options: Options, gates: int, *, biases: Sequence[str], states: Sequence[str]
) -> Inferred:
    """Infer the output and the parameters of a cell with so many gates, counting a candidate too.

    `states` are the parameters that it may start from, of `units` numbers each.
    """
    n, t, d = _sizes(shape)
    h = options["units"]
    outputs = {"steps": (n, t, h), "last": (n, h), "states": (n, len(states) * h)}
    return Inferred(
        output=outputs[options["output"]],
        parameters=_specs(d, options, gates, biases=biases, states=states),
    )


def _sizes(shape: Shape) -> tuple[int, int, int]:
    """Return the numbers of samples, steps and features of a sequence's shape."""
    if len(shape) != 3 or shape[1] == 0:
        raise ShapeError(
            "a recurrent layer needs an input of shape (n, t, d), t > 0 steps of d features for "
            f"each of n samples, but gets {shape}"
        )
    n, t, d = shape
    return n, t, d


def _specs(
    d: int, options: Options, gates: int, *, biases: Sequence[str], states: Sequence[str]
) -> dict[str, ParameterSpec]:
    h = options["units"]
    found = {
        "weight_input": ParameterSpec(shape=(d, gates * h), fan_in=d, fan_out=h),
        "weight_hidden": ParameterSpec(shape=(h, gates * h), fan_in=h, fan_out=h),
    }
    if options["bias"]:
        bias = ParameterSpec(shape=(gates * h,), fan_in=h, fan_out=h, role="bias")
        found |= dict.fromkeys(biases, bias)
    if options["initial"] == "learned":
        state = ParameterSpec(shape=(h,), fan_in=h, fan_out=h, role="bias")
        found |= dict.fromkeys(states, state)
    return found


def start(name: str, n: int, parameters: Parameters, options: Options, shifts: Shifts) -> Array:
    """Return the state before the first step, (n, h)."""
    state: Array = np.zeros((n, options["units"]))
    if options["initial"] == "learned":
        state = state + parameters[name]
    return state + shifts[name][:, 0] if name in shifts else state


def start_sites(n: int, options: Options, states: Sequence[str]) -> dict[str, Site]:
    """Return the sites of the learned initial states, each named for its parameter."""
    if options["initial"] != "learned":
        return {}
    shape = (n, 1, options["units"])
    return {name: Site(shape=shape, responses={name: Response()}) for name in states}


def site(z: Array, options: Options, bias: str, **weights: Array) -> Site:
    """Return the site of pre-activations z: each weight with what it multiplies, and the bias."""
    responses = {name: Response(coefficients=rows) for name, rows in weights.items()}
    if options["bias"]:
        responses[bias] = Response()
    n, t, columns = z.shape
    return Site(shape=(n, t, columns), responses=responses)


def projected(x: Array, weight: Array, bias: Array | None, shift: Array | None) -> Array:
    """Return x @ weight with a bias and a shift where there are any."""
    z: Array = x @ weight
    z = z if bias is None else z + bias
    return z if shift is None else z + shift


def output(hidden: Sequence[Array], options: Options) -> Array:
    """Return the states that the options ask for, of all, the one before the first step first."""
    return np.stack(hidden[1:], axis=1) if options["output"] == "steps" else hidden[-1]


def parts(z: Array, count: int) -> list[Array]:
    """Cut the last axis into so many equal stretches."""
    h = z.shape[-1] // count
    return [z[..., k * h : (k + 1) * h] for k in range(count)]


def upstream(dy: Array, steps: int, output: str) -> Array:
    """Return the gradient that arrives at the hidden state of each step, (n, t, h)."""
    if output == "steps":
        return dy
    at_steps = np.zeros((len(dy), steps, dy.shape[-1]))
    at_steps[:, -1] = dy
    return at_steps


def weight_gradient(x: Array, dz: Array) -> Array:
    """Sum the outer products of x and dz over samples and steps."""
    gradient: Array = np.tensordot(x, dz, axes=([0, 1], [0, 1]))
    return gradient
