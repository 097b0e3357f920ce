"""The claims are exact gradients, but of another loss than the one that is declared.

## Symptom
All gradients are wrong from the output layer to the input, and yet they are gradients: those of
another standard loss on the same prediction and target.

## Cause
The loss that is computed or declared and the loss that was differentiated are not the same.

    loss = (yhat - y)**2 / 2
    delta = yhat - y                            # wrong, if yhat is a sigmoid: cross-entropy's
    delta = (yhat - y) * yhat * (1 - yhat)      # right

## Fix
Declare the loss that is meant, or differentiate the one that is declared.

## Hidden when
The two losses have the same gradient, as squared error and cross-entropy never have.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), section 5.2, pairs losses with
output activations.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="LOS26",
    slug="gradient-of-another-loss",
    title="the claims are the gradients of another loss than the one declared",
    family="losses",
    doc=__doc__,
)
