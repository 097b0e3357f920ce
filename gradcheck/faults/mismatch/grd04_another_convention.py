"""The claims follow another convention than the config's, and are right in it.

## Symptom
A note, never an error: the claims are the negative gradient, all weights are transposed, or every
claim is the same positive multiple of the gradient, and the config says or shows that this
is meant.

## Cause
Conventions differ. The residual may be written `y - yhat` where the update adds:

    W += rate * x.T @ (y - yhat)      # right: the negative gradient is added
    W -= rate * x.T @ (yhat - y)      # right: the gradient is subtracted
    W -= rate * x.T @ (y - yhat)      # wrong: the negative gradient is subtracted

Weights may be stored as (out, in) rather than (in, out), and a factor common to all
parameters, such as 1/m, may be left to the learning rate.

## Fix
None is needed. To be held to the gradient itself, leave out `update: "+="`, `layout: out_in` or
`scale: free`.

## Hidden when
The config says nothing of it: then a reversed sign or a factor is an error like any other.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 4.3, on the step along the
negative gradient; PyTorch stores the weight of `Linear` as (out, in).
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="GRD04",
    slug="another-convention",
    title="the claims follow another convention and are right in it",
    family="mismatch",
    doc=__doc__,
)
