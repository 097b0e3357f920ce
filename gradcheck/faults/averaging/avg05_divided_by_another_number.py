"""All gradients have one wrong factor: they are divided by a number that the loss is not.

## Rule
A constant factor of the loss is a factor of its gradient, and no other is.

    L = sum(l over the mini-batch) / m
    dL/dW = sum(dl/dW over the mini-batch) / m

## Symptom
All gradients are off by one positive factor, and are right in every other respect. Where it is
m / N, N is the number by which the gradient was divided.

## Cause
The gradient of a mini-batch of m samples is divided by N, the size of the whole data set or of
an earlier batch; or a constant that belongs to the learning rate stands in it.

## Fix
Divide by the number of samples that were summed over: len(X) of this batch.

## Hidden when
The batch is the whole data set.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 8.1.3; seen, in the loss, in
https://github.com/lipiji/rnn-theano/pull/3.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.op.kind != "loss" or right is None:
        return None
    return site.with_first(right * site.constant)


FAULT = Fault(
    code="AVG05",
    slug="divided-by-another-number",
    title="every gradient is divided by another number than the loss is",
    family="averaging",
    doc=__doc__,
    wrong="delta = (yhat - y) / N             # N samples in all",
    right="delta = (yhat - y) / len(X)       # those of this batch",
    inject=inject,
    constant=0.05,
    repairs=("replace-name", "drop-factor", "multiply"),
)
