"""The loss is a mean, but its gradient is not divided by the number of samples.

## Rule
A constant factor of the loss is a factor of its gradient.

    L = sum((yhat - y)**2) / (2 * m)
    dL/dyhat = 2 * (yhat - y) / (2 * m)
             = (yhat - y) / m

## Symptom
Every gradient is too large by one and the same factor: the number that the loss divides by, which
is that of the samples, m, or of all terms. The directions are right, so training works with a
smaller learning rate, which has to change with the size of the batch.

## Cause
The 1/m stands in the loss and nowhere in the backward pass.

## Fix
Divide once, and only once: either the first delta, or each weight and bias gradient. Or drop
the mean from the loss.

## Hidden when
The loss divides by 1: a batch of one sample, or a sum.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 8.1.3; seen in
https://github.com/hunkim/DeepLearningZeroToAll/issues/173 and
https://github.com/heyxhh/nnet-numpy/issues/1.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    prediction, *others = site.gradients.inputs
    if site.op.kind != "loss" or prediction is None or site.averaged == 1:
        return None
    return site.with_inputs(prediction * site.averaged, *others)


FAULT = Fault(
    code="AVG01",
    slug="mean-forgotten",
    title="the gradient of a mean loss is not divided by the number of samples",
    family="averaging",
    doc=__doc__,
    wrong="delta = yhat - y",
    right="delta = (yhat - y) / m",
    inject=inject,
    repairs=("divide",),
)
