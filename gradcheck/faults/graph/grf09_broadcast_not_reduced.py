"""An operand was broadcast, and its gradient is not summed over what it was repeated for.

## Rule
Repeating a value is using it several times, and the uses add up.

    y_nj = x_nj + b_j
    dL/db_j = sum_n dL/dy_nj

## Symptom
The gradient has the shape of the output where the operand has a smaller one: GRD03. In a config
only parameters are broadcast: a bias that is not summed is BIA05, one that is averaged BIA02, one
that takes a single sample BIA06.

## Cause
The operation's rule is right for operands of one shape, and broadcasting was added to the forward
pass alone.

## Fix
Sum over the axes that the operand lacks or has as 1, keeping these.

## Hidden when
Nothing is broadcast.

## Sources
Harris et al., *Array programming with NumPy* (2020), on broadcasting; seen in
https://github.com/deeplearning4j/nd4j/issues/2424,
https://github.com/raskr/rust-autograd/issues/38 and
https://github.com/tracel-ai/burn/issues/181.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="GRF09",
    slug="broadcast-not-reduced",
    title="the gradient of a broadcast operand is not summed over the repetitions",
    family="graph",
    doc=__doc__,
    wrong="db = dy",
    right="db = dy.sum(axis=0)",
)
