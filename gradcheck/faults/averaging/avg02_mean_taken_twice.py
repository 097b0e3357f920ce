"""The division by the number of samples is made twice, on the way inwards or from the start.

## Rule
What the loss divides by, its gradient divides by, once.

    L = sum(l) / m
    dZ2 = dl/dZ2 / m
    dW2 = A1.T @ dZ2                  # and not / m again
    dZ1 = (dZ2 @ W2.T) * s'(Z1)       # nor here

## Symptom
From one layer inwards every gradient is too small by the number of samples, and those behind it
are right; where the first delta is divided twice, all of them are.

## Cause
Both the delta and the lines that use it hold 1 / m, or each layer's delta has its own.

## Fix
Divide once: the first delta, or each weight's and bias's gradient, never both.

## Hidden when
A batch of one sample.

## Sources
Ng, *Neural Networks and Deep Learning* (2017), week 3, where 1/m stands in the weights' lines
alone; seen in
https://community.deeplearning.ai/t/course-1-week-3-planar-assignment-4-5-exercise-6-backward-propagation-error-for-dw1-values/63071,
and a warning in
https://community.deeplearning.ai/t/course-1-week-4-1-m-in-backpropagation/89393.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    passed = site.op.kind == "loss" or (site.op.kind == "activation" and site.hidden)
    if not passed or right is None or site.averaged == 1 or site.batch == 1:
        return None
    return site.with_first(right / site.batch)


FAULT = Fault(
    code="AVG02",
    slug="mean-taken-twice",
    title="the gradient is divided by the number of samples twice",
    family="averaging",
    doc=__doc__,
    wrong="dZ1 = dZ2 @ W2.T * sigmoid_prime(Z1) / m",
    right="dZ1 = dZ2 @ W2.T * sigmoid_prime(Z1)",
    inject=inject,
    repairs=("multiply", "drop-factor"),
)
