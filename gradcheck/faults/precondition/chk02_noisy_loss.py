"""The loss is too noisy for its differences to show the gradient.

## Symptom
`undecided: noise`. Small steps drown in the rounding of the loss and large ones in its curvature,
and no step between them leaves a bar that could tell a right gradient from a wrong one. The gap
between gradient and differences grows like 1/h from the first step.

## Cause
A small change of a large number: a constant that is added to the loss, terms that cancel, or
arithmetic in single precision somewhere on the way:

    loss = 1e12 + np.sum((yhat - y)**2)       # wrong: no digit is left for the sum
    loss = np.sum((yhat - y)**2)              # right: a constant has no gradient

## Fix
Leave constants out, compute in float64, and let the complex step decide (`method: auto`), which
subtracts nothing.

## Hidden when
The complex step decides: it does not feel what is added to the loss.

## Sources
Press et al., *Numerical Recipes* (3rd ed., 2007), section 5.7; Moré and Wild, *Estimating
Computational Noise*, SIAM J. Sci. Comput. 33 (2011).
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK02",
    slug="noisy-loss",
    title="the loss is too noisy to be differentiated",
    family="precondition",
    doc=__doc__,
)
