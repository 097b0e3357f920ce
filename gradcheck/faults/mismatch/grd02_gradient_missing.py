"""No gradient is claimed for a parameter that the loss depends on.

## Symptom
The parameter has a value but nothing is claimed as its gradient, so nothing updates it.

## Cause
The backward pass ends too early, returns fewer gradients than there are parameters, or stores one
under another name:

    return {"output.weight": dW2}                             # wrong: the hidden layer is left out
    return {"output.weight": dW2, "hidden.weight": dW1}       # right

## Fix
Return a gradient for every parameter, under the parameter's own name. One that is meant to
stay fixed belongs among the inputs, not the parameters.

## Hidden when
Never: a missing gradient needs no numbers to be seen.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), algorithm 6.4, which gives one for every
weight and bias.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="GRD02",
    slug="gradient-missing",
    title="no gradient is claimed for a parameter",
    family="mismatch",
    doc=__doc__,
)
