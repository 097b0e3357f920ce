"""The loss is the mean of all elements, but its gradient is divided by the number of samples only.

## Rule
The mean of an array of m rows and k columns divides by m k.

    L = mean((yhat - y)**2) = sum((yhat - y)**2) / (m k)
    dL/dyhat = 2 (yhat - y) / (m k)

## Symptom
Every gradient is too large by the number of outputs k; all else is right.

## Cause
np.mean is taken over both axes in the loss, and `/ m` is written in the gradient.

## Fix
Divide by yhat.size, or sum the loss over the outputs before the mean.

## Hidden when
There is one output.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 5.1.4, whose mean squared
error is per sample; seen in https://github.com/oysteijo/simd_neuralnet/issues/1 and
https://github.com/pytorch/pytorch/issues/3924.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right, shape = site.gradients.inputs[0], site.output.shape
    if site.op.kind != "loss" or right is None or shape != right.shape or len(shape) < 2:
        return None
    if shape[-1] == 1 or site.averaged != site.output.size:
        return None
    return site.with_first(right * shape[-1])


FAULT = Fault(
    code="AVG07",
    slug="outputs-not-averaged",
    title="the loss averages over samples and outputs, its gradient over samples only",
    family="averaging",
    doc=__doc__,
    wrong="delta = 2 * (yhat - y) / len(y)       # L = np.mean((yhat - y)**2)",
    right="delta = 2 * (yhat - y) / y.size",
    inject=inject,
    repairs=("divide", "replace-name"),
)
