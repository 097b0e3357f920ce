"""What users are told of ops of their own: the entries beside those of the catalogues."""

from collections.abc import Mapping

from gradcheck.record import record


@record
class Topic:
    """One way to bring an op of one's own, explained like an op of the catalogue."""

    key: str
    doc: str
    kind: str = "own"

    @property
    def title(self) -> str:
        return self.doc.partition("\n")[0].rstrip(".")


_EXPRESSION = """\
A layer, activation or loss of your own, written as a formula.

## In a config
    - act: {expression: z * sigmoid(beta * z), parameters: {beta: [5]}}
    - gated: {expression: a * tanh(b), inputs: [a, b]}
    loss: {expression: (yhat - y)**2 + 0.1 * abs(yhat), reduction: sum}

Inputs go by their names; if there is one, `z` means it too. Parameters have the shapes that
`parameters` gives, and are called `act.beta` elsewhere. A loss speaks of `yhat` and of the target
by its name, `y`; it gives terms, the batch first, which `reduction` sums or averages, or one
number. Formulas know NumPy's arithmetic, its usual functions, and the activations that
`gradcheck list ops` shows.

## Backward
Where our own backprop is checked, or faults are planted, the derivative is made in reverse along
the formula. In `gradients: {backward: ...}` the name of an activation of your own is also that of
a function: `act(z)`, and `act_prime(z)` for its derivative at `z`.

## Kinks
Where `abs`, `sign`, `maximum`, `minimum`, `clip`, `where`, `max`, `min`, a comparison or an
activation has a corner, any value between both sides' derivatives is right. At a corner that only
parameters or a second input move, differences decide in place of the complex step.
"""

_PYTHON = """\
A layer or loss of your own, as a Python function beside the config.

## In a config
    - mine:
        python: my_layer.py:forward
        backward: my_layer.py:backward
        parameters: {W: [5, 3], b: [3]}
    loss: {python: my_loss.py:loss}

## Forward
`forward(x, W=..., b=...)` is called with the inputs in order, the batch first, then the parameters
by name, all arrays of float64, and returns its output, or `(output, cache)`. A loss is called with
the prediction and the target and returns terms, the batch first, or one number. It runs in a
process of its own, with `--timeout`, and not at all with `--no-python`; it must leave its arguments
alone and give the same when called again. Its output's shape is found by a trial with numbers
between 0 and 1; `shape: [3]`, that of one sample, spares it.

## Backward
`backward(dy, cache)` gets the gradient at the output and the cache; without a cache it is
`backward(dy, x, W=..., b=...)`. It returns the gradients of the inputs and parameters in this
order, or by name; None stands for an input that has none. That is the claim: it is checked within
our own backprop, by the parameters of the layer and of those before it, and by inputs with
`check: {inputs: x}`. Without it, claim gradients as for any other network: by formulas, a file, or
a function of the whole, `gradients: {python: ...}`.

## Kinks
Nothing is known of a function's corners: where both sides' derivatives differ, what lies between
is right, and what does not is undecided. The complex step decides only where NumPy was watched to
keep complex numbers all the way; `abs`, `norm` or `var` within, for example, leave it to
differences.
"""

TOPICS: Mapping[str, Topic] = {
    "expression": Topic(key="expression", doc=_EXPRESSION),
    "python": Topic(key="python", doc=_PYTHON),
}
